"""How the demonstration's simulated readers behave: pure functions of a reader's hidden taste, a mail and a seed.

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

from local.demo.supporters import Inclination, Reader, Taste
from local.ses.outcome import Outcome

# How likely a block is looked at, by its place in the mail, relative to the first.
POSITION = (1.0, 0.78, 0.62, 0.52, 0.45, 0.40, 0.36, 0.33)
# Clicks of an average reader in an opened mail that fits them as it fits everybody. Life: about a tenth of this.
CLICKS = 2.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


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


def regrets_after(taste: Taste, seed: int) -> int | None:
    """The number of the edition after which this reader takes back every yes: about one in fifteen of those who gave all."""
    chance = random.Random(f"{seed}|regret|{taste.address}")
    return chance.randint(3, 6) if taste.inclination is Inclination.ALL and chance.random() < 0.07 else None


_FATES = (
    *((1, Outcome.BOUNCED), (2, Outcome.BOUNCED), (1, Outcome.DELAYED), (3, Outcome.DELAYED), (5, Outcome.DELAYED)),
    *((2, Outcome.COMPLAINED), (6, Outcome.COMPLAINED), (4, Outcome.MAILBOX_FULL), (3, Outcome.OUT_OF_OFFICE)),
)


def fate(address: str, seed: int) -> tuple[int, Outcome] | None:
    """The number of the edition whose mail does not simply arrive at this address, and what becomes of it. Few have one."""
    chance = random.Random(f"{seed}|fate|{address.lower()}")
    return chance.choice(_FATES) if chance.random() < 0.035 else None


@dataclass(frozen=True)
class Seen:
    """A block as it stands in a mail: its place (0 first), topics, the URLs of its links, and how well it is made (1: as most)."""

    slot: int
    topics: tuple[str, ...]
    links: tuple[str, ...]
    pull: float = 1.0


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


def acts(taste: Taste, letter: Letter, seed: int, *, chosen: bool = False) -> list[Act]:
    """Everything that happens around one mail in one mailbox, in order of time. Who has `chosen` before does not do so again."""
    chance = random.Random(f"{seed}|{taste.address}|{letter.edition}")
    done = [*_machines(taste, letter, chance)]
    later = letter.delivered + chance.uniform(6, 30) * HOUR
    if chance.random() < opens(taste):
        done += _person(taste, letter, chance, chosen)
    if chosen and regrets_after(taste, seed) == letter.edition:
        done.append(_act(taste, Doing.REGRET, later, letter.choices, _BROWSERS[0]))
    if taste.leaves_after == letter.edition:
        done.append(_act(taste, Doing.LEAVE, later, letter.unsubscribe, "", "POST"))
    return sorted(done, key=lambda act: act.at)


def opens(taste: Taste) -> float:
    """The chance that a mail is opened: who says yes to everything also reads more, and gives it a second look."""
    return 1 - (1 - taste.opens) ** 2 if taste.inclination is Inclination.ALL else taste.opens


def _machines(taste: Taste, letter: Letter, chance: random.Random) -> Iterator[Act]:
    if taste.reader is Reader.SCANNER:
        # A browser's user agent, as such gateways pretend; some ask with HEAD first, which gives them away at once.
        at, agent, polite = letter.delivered + chance.uniform(20, 50), chance.choice(_BROWSERS), chance.random() < 0.3
        for url in letter.everything:
            at += chance.uniform(0.05, 0.5)
            yield _act(taste, Doing.SCAN, at, url, agent, "HEAD" if polite else "GET")
    if taste.reader is Reader.PREFETCH and letter.pixel:
        yield _act(taste, Doing.PREFETCH, letter.delivered + chance.uniform(2, 40) * MINUTE, letter.pixel, APPLE_PROXY)


def _person(taste: Taste, letter: Letter, chance: random.Random, chosen: bool) -> Iterator[Act]:
    agent = chance.choice(_BROWSERS)
    at = letter.delivered + _moment(chance)
    if letter.pixel and taste.reader is Reader.IMAGE_PROXY:
        yield _act(taste, Doing.PROXIED_OPEN, at, letter.pixel, GMAIL_PROXY)
    elif letter.pixel and taste.reader is not Reader.PREFETCH:
        yield _act(taste, Doing.OPEN, at, letter.pixel, agent)
    for block in letter.blocks:
        at += chance.uniform(8, 45)  # reading on
        if chance.random() < click_chance(taste, block):
            yield _act(taste, Doing.CLICK, at, chance.choice(block.links), agent)
            at += chance.uniform(20, 180)  # on the page it led to
    if not chosen and visits_choices(taste, letter.edition, chance):
        yield _act(taste, Doing.CHOOSE, at + chance.uniform(10, 60), letter.choices, agent)


def _moment(chance: random.Random) -> float:
    """Seconds from delivery to opening: half within three hours, nobody within two minutes, at the quarters of an hour.

    Many at a time, because then many requests can be under way while the clock hardly moves.
    """
    quarter = 15 * MINUTE
    delay = min(5 * DAY, chance.lognormvariate(math.log(3 * HOUR), 1.4))
    return round(delay / quarter) * quarter + chance.uniform(2, 4) * MINUTE


def click_chance(taste: Taste, block: Seen) -> float:
    """The chance that this reader clicks this block in a mail they opened."""
    if not block.links:
        return 0.0
    position = POSITION[min(block.slot, len(POSITION) - 1)] / sum(POSITION)
    return 1 - math.exp(-CLICKS * taste.activity * position * block.pull * taste.liking(block.topics))


def visits_choices(taste: Taste, edition: int, chance: random.Random) -> bool:
    """Most who ever answer do so in the first mail they open; the rest come later, every second time.

    Of those who allow nothing, half never visit the page.
    """
    if taste.inclination is Inclination.NOTHING and random.Random(f"{taste.address}|silent").random() < 0.5:
        return False
    return chance.random() < (0.85 if edition == 1 else 0.5)


_YES: Mapping[Inclination, frozenset[str]] = {
    Inclination.ALL: frozenset({"declared_topics", "observed_interest", "click_measurement", "open_pixel"}),
    Inclination.TOPICS: frozenset({"declared_topics"}),
    Inclination.MEASUREMENT: frozenset({"click_measurement", "open_pixel"}),
    Inclination.NOTHING: frozenset(),
}


def answers(taste: Taste, questions: Sequence[str], topics: Sequence[str]) -> dict[str, str | list[str]]:
    """What this reader fills in: yes or no per question that is asked, and what they tick of the topics offered."""
    yes = _YES[taste.inclination] - (frozenset() if ticks(taste) else frozenset({"declared_topics"}))
    given: dict[str, str | list[str]] = {q: "yes" if q in yes else "no" for q in questions}
    if given.get("declared_topics") == "yes":
        given["topics"] = [t for t in topics if t in taste.ticks]
    return given


def ticks(taste: Taste) -> bool:
    """Whether they tick topics: of those who say yes to everything, three in ten leave that to their clicks."""
    return taste.inclination is not Inclination.ALL or random.Random(f"{taste.address}|ticks").random() < 0.7


def _act(taste: Taste, doing: Doing, at: float, url: str, agent: str, method: str = "GET") -> Act:
    return Act(at, taste.address, doing, url, agent, method)
