"""Assembly per mail, against the naive path, side by side in one run: `python -m benchmarks.assembly`.

A mail of about 50 KB, 8 blocks out of 40, 29 places for links, HTML and plain text. Both ways give the same bytes
(the tests prove it; the run checks it again). Ratios are medians of rounds in which both took turns; absolute times
only mean something on a quiet machine.
"""

import hmac
import random
import statistics
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks import figures
from functions.adapters import templates
from functions.adapters.mail_source import Ingredients
from functions.adapters.renderer import compile_edition
from functions.domain.assembly import Slots, assemble, fill
from functions.domain.click import click_token, encode_shown
from functions.domain.consent import Ceiling, Consents, Purpose, Selection
from functions.domain.edition import Block, BlockKind, Edition, Entry, MailingList
from functions.domain.filling import Filling
from functions.domain.ids import from_bytes
from functions.domain.letter import Rules, rules_of, write_recipe
from functions.domain.supporter import FormOfAddress, Supporter, greeting
from functions.domain.theme import Theme
from functions.domain.tokens import Key, Keyring, MessageSigner, PageSigner, Power
from functions.domain.topic import Taxonomy
from tests.builders import PUBLIC_URL, a_block, a_mailing_list, a_taxonomy, an_edition
from tests.naive import Naive

CANDIDATES, SHOWN, LINK_PLACES = 40, 8, 29
ROUNDS, OURS_PER_ROUND, NAIVE_PER_ROUND = 75, 1000, 20
TARGETS = {"naive signs each link": 100, "both sign one token": 90}
_WORDS = (  # noqa: SIM905
    "Wij willen dat er over vier jaar in elke wijk weer iemand is die luistert en tijd heeft voor een gesprek met wie dat nodig "
    "heeft ook als het niet in een formulier past en ook als het buiten kantooruren is want zo werkt een buurt al heel lang"
).split()


@dataclass(frozen=True)
class Recipient:
    supporter: str
    greeting: str
    picks: tuple[int, ...]


def _blocks(chance: random.Random) -> list[Block]:
    def paragraph() -> str:
        return " ".join(chance.choices(_WORDS, k=50)).capitalize() + "."

    return [
        a_block(
            f"block-{place}",
            BlockKind.ARTICLE if place % 5 else BlockKind.APPEAL,
            (chance.choice(("care", "climate", "housing")),),
            picture=f"picture{place:09}",
            title=f"Voorstel {place} voor een wijk waarin iedereen meedoet",
            text=f"{paragraph()}\n\n{paragraph()}",
            button="Lees het hele voorstel",
            url=f"https://www.partijvoormorgen.example/voorstellen/{place}",
        )
        for place in range(CANDIDATES)
    ]


def _recipients(chance: random.Random) -> list[Recipient]:
    names = ("Jan", "Fatima el Amrani", "Zoë", "Sjoerd O'Brien", "", "M. de Vries")
    return [
        Recipient(
            from_bytes(chance.randbytes(6)),
            greeting("nl", FormOfAddress.INFORMAL, chance.choice(names)),
            tuple(chance.sample(range(CANDIDATES), SHOWN)),
        )
        for _ in range(OURS_PER_ROUND)
    ]


class Contest:
    """The same edition, the same recipients, each way of making their mails."""

    def __init__(self) -> None:
        chance = random.Random(48)
        blocks = _blocks(chance)
        edition = an_edition(
            [block.id for block in blocks],
            opening={
                "nl": "Deze week [ons plan](https://www.partijvoormorgen.example/plan) voor de wijk, en [wat {jij|u} kunt doen](https://www.partijvoormorgen.example/doe-mee)."
            },
        )
        rest = a_mailing_list(portrait="portrait00000000"), a_taxonomy(), templates.theme(), PUBLIC_URL
        self._edition, self._rest = edition, rest
        self.compiled = compile_edition(*self.of(blocks))
        self.language = self.compiled.languages["nl"]
        self.naive = Naive(Ingredients(edition, blocks, *rest, layout=templates.layout("newsletter")), "nl")
        self.recipients = _recipients(chance)
        self.keyring = Keyring((Key(1, b"benchmark secret, 32 bytes long!"),))
        self.signer = MessageSigner(self.keyring, "c2VuZDAw")
        self.pages = [PageSigner(self.keyring, p, "bGlzdDAw", "c2VuZDAw") for p in (Power.UNSUBSCRIBE, Power.CHOICES)]

    def of(self, blocks: Sequence[Block]) -> tuple[Edition, dict[str, Block], MailingList, Taxonomy, Theme, str]:
        """What `compile_edition` takes, for the same edition with other blocks."""
        edition = replace(
            self._edition, entries=tuple(Entry(block.id) for block in blocks), show=min(self._edition.show, len(blocks))
        )
        return edition, {block.id: block for block in blocks}, *self._rest

    def slots(self, to: Recipient) -> Slots:
        """One signed token in every link, as the prototype's mail: what is compared is assembly."""
        token = self.signer.sign(12, to.supporter)
        u, s, o = f"{PUBLIC_URL}/u/{token}", f"{PUBLIC_URL}/s/{token}", f"{PUBLIC_URL}/o/{token}"
        return Slots(f"{PUBLIC_URL}/c/{token}", "informal", to.greeting, u, s, o)

    def ours(self, to: Recipient) -> object:
        return assemble(self.language, to.picks, self.slots(to))

    def ours_page_tokens(self, to: Recipient) -> object:
        return assemble(self.language, to.picks, self._page_slots(to))

    def ours_filled(self, to: Recipient) -> Filling:
        """As bulk calls take it."""
        return fill(self.language, to.picks, self._page_slots(to))

    def _page_slots(self, to: Recipient) -> Slots:
        slots = self.slots(to)
        unsubscribe, choices = (page.sign(to.supporter) for page in self.pages)
        return slots._replace(unsubscribe_url=f"{PUBLIC_URL}/u/{unsubscribe}", choices_url=f"{PUBLIC_URL}/s/{choices}")

    def naive_one_token(self, to: Recipient) -> object:
        return self.naive.assemble(to.picks, self.slots(to))

    def naive_each_link(self, to: Recipient) -> object:
        """An HMAC per link of the HTML; the plain text is let off with one token."""

        def link(n: object) -> str:
            payload = f"c2VuZDAw{to.supporter}{n}".encode()
            return f"{PUBLIC_URL}/c/{urlsafe_b64encode(payload + hmac.digest(b'secret' * 5, payload, 'sha256')[:16]).decode()}"

        slots = Slots(link(0), "informal", to.greeting, link("u"), link("s"), link("o"))
        return self.naive.html(to.picks, slots, lambda n: f"{link(n)}/{n}"), self.naive.text(to.picks, slots)


def timed(way: Callable[[Recipient], object], recipients: list[Recipient]) -> float:
    """Microseconds of CPU per mail."""
    start = time.process_time_ns()
    for recipient in recipients:
        way(recipient)
    return (time.process_time_ns() - start) / 1000 / len(recipients)


def _selections(contest: Contest, rounds: int) -> dict[str, float]:
    """Microseconds of deciding what a mail holds, which comes before assembly: 8 of 40, by each kind of selection."""
    now = 1_780_000_000
    rules = rules_of(contest.compiled, a_taxonomy(), Ceiling.OBSERVED, "c2VuZDAw", now)
    codes = list(rules.codes.values())
    clicks = frozenset(
        click_token(
            f"send{n:04d}", n % SHOWN, encode_shown((codes[i % len(codes)], 0.05) for i in range(SHOWN)), (now - n * 604_800) * 1000
        )
        for n in range(1, 25)
    )
    granted = {
        Selection.EDITORIAL: {},
        Selection.DECLARED: {Purpose.DECLARED_TOPICS: "grant001"},
        Selection.OBSERVED: {Purpose.OBSERVED_INTEREST: "grant002"},
    }
    found: dict[str, float] = {}
    for selection, grants in granted.items():
        consents = Consents({}, grants)
        people = [
            Supporter(to.supporter, "x@example.org", "nl", "Jan", consents=consents, topics=frozenset(["care"]), clicks=clicks)
            for to in contest.recipients[:100]
        ]
        assert write_recipe(rules, people[0]).settings.selection is selection
        times = [_decided(rules, people) for _ in range(max(1, rounds // 5))]
        found[f"{selection}, {len(clicks)} clicks" if selection is Selection.OBSERVED else str(selection)] = round(
            statistics.median(times), 1
        )
    return found


def _decided(rules: Rules, people: list[Supporter]) -> float:
    start = time.process_time_ns()
    for person in people:
        write_recipe(rules, person)
    return (time.process_time_ns() - start) / 1000 / len(people)


def run(rounds: int = ROUNDS) -> dict[str, object]:
    """The figures as written to bench.json. AssertionError when the two ways differ in a byte."""
    contest = Contest()
    mail = contest.naive.assemble(contest.recipients[0].picks, contest.slots(contest.recipients[0]))
    assert all(contest.ours(to) == contest.naive_one_token(to) for to in contest.recipients[:50])
    places = mail.html.count(PUBLIC_URL.encode()) - mail.html.count(f"{PUBLIC_URL}/pictures".encode())
    assert places == LINK_PLACES, places
    ways: dict[str, tuple[Callable[[Recipient], object], int]] = {
        "joined, one token": (contest.ours, OURS_PER_ROUND),
        "joined, one token and two page tokens": (contest.ours_page_tokens, OURS_PER_ROUND),
        "naive, one token": (contest.naive_one_token, NAIVE_PER_ROUND),
        "naive, an HMAC per link": (contest.naive_each_link, NAIVE_PER_ROUND),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (way, count) in ways.items():
            times[name].append(timed(way, contest.recipients[:count]))
    pairs = {
        "naive signs each link": ("naive, an HMAC per link", "joined, one token"),
        "both sign one token": ("naive, one token", "joined, one token"),
        "naive signs each link, ours also two page tokens": ("naive, an HMAC per link", "joined, one token and two page tokens"),
    }
    chosen = _selections(contest, rounds)
    return {
        "mail": {
            "html_bytes": len(mail.html),
            "text_bytes": len(mail.text),
            "blocks": SHOWN,
            "candidates": CANDIDATES,
            "links": places,
        },
        "rounds": rounds,
        "microseconds_of_selection": chosen,
        "microseconds_per_mail": {name: round(statistics.median(found), 2) for name, found in times.items()},
        "ratios": {name: figures.ratio(times[slow], times[fast], TARGETS.get(name)) for name, (slow, fast) in pairs.items()},
    }


def main() -> None:
    found: dict[str, Any] = run()
    figures.keep("assembly", found)
    print(f"one mail: {found['mail']}")
    print("\nmicroseconds of CPU per mail, HTML and plain text (median)")
    for name, microseconds in found["microseconds_per_mail"].items():
        print(f"  {name:50} {microseconds:9.2f}")
    print("\nmicroseconds of CPU per mail for selection before it, 8 of 40 (median; no part of the ratios)")
    for name, microseconds in found["microseconds_of_selection"].items():
        print(f"  {name:50} {microseconds:9.2f}")
    figures.print_ratios(found["ratios"])
    print(f"\nwritten to {figures.OUT}")


if __name__ == "__main__":
    main()
