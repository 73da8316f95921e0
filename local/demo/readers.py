"""How the demonstration's simulated readers behave: pure functions of a reader's nature, a mail and a seed.

They stand in for people, so whatever they do is labelled *simulated*. They click several times as often as people do
(about 1 click per mail; life gives 0.03 to 0.3), because eight weeks must show what takes a year. Delays, proxies and
scanners follow what was measured elsewhere: a security gateway clicks every link 20 to 60 s after delivery, Apple
fetches pictures unasked, Gmail fetches them through its own proxy when the mail is opened.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# How likely a block is looked at, by its place in the mail, relative to the first.
POSITION = (1.0, 0.78, 0.62, 0.52, 0.45, 0.40, 0.36, 0.33)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Inclination(StrEnum):
    """What a reader says on the page of choices."""

    EVERYTHING = "everything"  # yes to all four questions
    INTEREST = "interest"  # yes to learning from clicks alone
    TOPICS = "topics"  # yes to chosen topics, ticks their own, no to the rest
    STATISTICS = "statistics"  # yes to counting, no to choosing
    NOTHING = "nothing"  # says no to every question
    SILENT = "silent"  # never visits the page


class Program(StrEnum):
    """What fetches the pictures in a mail."""

    PLAIN = "plain"  # the reader's own program, when they open it
    GMAIL = "gmail"  # a proxy, when they open it
    APPLE = "apple"  # a proxy, unasked, soon after delivery


class Doing(StrEnum):
    """What really happens: the truth that the platform's verdicts are held against."""

    CLICK = "click"
    OPEN = "open"
    PROXIED_OPEN = "proxied open"
    PREFETCH = "prefetch"
    SCAN = "scan"
    CHOOSE = "choose"
    REGRET = "regret"  # takes back every yes
    LEAVE = "leave"


@dataclass(frozen=True)
class Nature:
    """One simulated reader. The platform knows nothing of this.

    `tastes` is how much more or less than an average reader they click on a topic (1 = as anybody); `activity` the clicks
    they give an opened mail that fits them as it fits an average reader; `opens` the chance that they open a mail;
    `regrets` and `leaves` the numbers of the editions after which they take back every yes, and unsubscribe.
    """

    address: str = field(repr=False)
    tastes: Mapping[str, float]
    activity: float = 1.0
    opens: float = 0.8
    inclination: Inclination = Inclination.SILENT
    program: Program = Program.PLAIN
    scanned: bool = False
    regrets: int | None = None
    leaves: int | None = None

    @property
    def favourites(self) -> frozenset[str]:
        """The topics they like at least twice as much as others do."""
        return frozenset(topic for topic, taste in self.tastes.items() if taste >= 2)


@dataclass(frozen=True)
class Seen:
    """A block as it stands in a mail: its place (0 first), topics, the URLs of its links, and how good a block it is."""

    slot: int
    topics: tuple[str, ...]
    links: tuple[str, ...]
    quality: float = 1.0


@dataclass(frozen=True)
class Letter:
    """What a reader finds: when it came (epoch s), the blocks, and the other URLs. `everything` is each link a machine finds."""

    edition: int
    delivered: float
    blocks: tuple[Seen, ...]
    everything: tuple[str, ...]
    pixel: str | None
    choices: str
    unsubscribe: str


@dataclass(frozen=True)
class Act:
    """One HTTP request (choose: the page and its form) of one reader at one simulated moment."""

    at: float
    reader: str = field(repr=False)
    doing: Doing
    url: str
    agent: str
    method: str = "GET"


_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
)
GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
APPLE_PROXY = "Mozilla/5.0"


def quality(block: str, order: int) -> float:
    """How good a block is for an average reader: staff's order says something about it, but not all."""
    return math.exp(random.Random(f"{block}|quality").gauss(0, 0.35)) / (1 + 0.03 * order)


def acts(nature: Nature, letter: Letter, seed: int, *, chosen: bool = False) -> list[Act]:
    """Everything that happens around one mail in one mailbox, in order of time. Who has `chosen` before does not do so again."""
    chance = random.Random(f"{seed}|{nature.address}|{letter.edition}")
    done = [*_machines(nature, letter, chance)]
    later = letter.delivered + chance.uniform(6, 30) * HOUR
    if chance.random() < nature.opens:
        done += _person(nature, letter, chance, chosen)
    if nature.regrets == letter.edition:
        done.append(_act(nature, Doing.REGRET, later, letter.choices, _BROWSERS[0]))
    if nature.leaves == letter.edition:
        done.append(_act(nature, Doing.LEAVE, later, letter.unsubscribe, "", "POST"))
    return sorted(done, key=lambda act: act.at)


def _machines(nature: Nature, letter: Letter, chance: random.Random) -> Iterator[Act]:
    if nature.scanned:
        # A browser's user agent, as such gateways pretend; some ask with HEAD first, which gives them away at once.
        at, agent, polite = letter.delivered + chance.uniform(20, 50), chance.choice(_BROWSERS), chance.random() < 0.3
        for url in letter.everything:
            at += chance.uniform(0.05, 0.5)
            yield _act(nature, Doing.SCAN, at, url, agent, "HEAD" if polite else "GET")
    if nature.program is Program.APPLE and letter.pixel:
        yield _act(nature, Doing.PREFETCH, letter.delivered + chance.uniform(2, 40) * MINUTE, letter.pixel, APPLE_PROXY)


def _person(nature: Nature, letter: Letter, chance: random.Random, chosen: bool) -> Iterator[Act]:
    agent = chance.choice(_BROWSERS)
    at = letter.delivered + min(5 * DAY, max(2 * MINUTE, chance.lognormvariate(math.log(3 * HOUR), 1.4)))
    if letter.pixel and nature.program is not Program.APPLE:
        by_proxy = nature.program is Program.GMAIL
        doing = Doing.PROXIED_OPEN if by_proxy else Doing.OPEN
        yield _act(nature, doing, at, letter.pixel, GMAIL_PROXY if by_proxy else agent)
    for block in letter.blocks:
        at += chance.uniform(8, 45)  # reading on
        if chance.random() < click_chance(nature, block):
            yield _act(nature, Doing.CLICK, at, chance.choice(block.links), agent)
            at += chance.uniform(20, 180)  # on the page it led to
    if not chosen and visits_choices(nature, letter.edition, chance):
        yield _act(nature, Doing.CHOOSE, at + chance.uniform(10, 60), letter.choices, agent)


def click_chance(nature: Nature, block: Seen) -> float:
    """The chance that this reader clicks this block in a mail they opened."""
    if not block.links:
        return 0.0
    position = POSITION[min(block.slot, len(POSITION) - 1)] / sum(POSITION)
    liking = sum(nature.tastes.get(t, 1.0) for t in block.topics) / len(block.topics) if block.topics else 1.0
    return 1 - math.exp(-nature.activity * position * block.quality * liking)


def visits_choices(nature: Nature, edition: int, chance: random.Random) -> bool:
    """Most who ever answer do so in the first mail they open; the rest come later, one in three per mail."""
    if nature.inclination is Inclination.SILENT:
        return False
    return chance.random() < (0.8 if edition == 1 else 0.33)


_YES: Mapping[Inclination, frozenset[str]] = {
    Inclination.EVERYTHING: frozenset({"declared_topics", "observed_interest", "click_measurement", "open_pixel"}),
    Inclination.INTEREST: frozenset({"observed_interest"}),
    Inclination.TOPICS: frozenset({"declared_topics"}),
    Inclination.STATISTICS: frozenset({"click_measurement", "open_pixel"}),
    Inclination.NOTHING: frozenset(),
}


def answers(nature: Nature, questions: Sequence[str], topics: Sequence[str]) -> dict[str, str | list[str]]:
    """What this reader fills in: yes or no per question that is asked, and their favourites among the topics offered."""
    yes = _YES.get(nature.inclination, frozenset())
    given: dict[str, str | list[str]] = {q: "yes" if q in yes else "no" for q in questions}
    ticked = [t for t in topics if t in nature.favourites]
    if given.get("declared_topics") == "yes":
        if ticked:
            given["topics"] = ticked
        else:
            given["declared_topics"] = "no"  # likes everything alike, so there is nothing to tick
    return given


def _act(nature: Nature, doing: Doing, at: float, url: str, agent: str, method: str = "GET") -> Act:
    return Act(at, nature.address, doing, url, agent, method)
