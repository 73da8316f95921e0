"""The same promise with many histories, and with what HTTP cannot time: a withdrawal between the reading of a consent and the
writing under it, a stream that delivers late, twice, and in any order. The steps of `track` and `derive` are the Lambdas' own;
the tables are in memory, with the conditions that the real ones are written under.
"""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.adapters.links import LinkEntry, LinkTable
from functions.adapters.profile import Profile
from functions.adapters.recipients import Recipient
from functions.adapters.replies import Request
from functions.derive.step import learn
from functions.domain.consent import (
    Ceiling,
    ConsentAnswer,
    Consents,
    Links,
    Pixel,
    Purpose,
    Selection,
    changes,
    fold,
    mail_settings,
)
from functions.domain.event import Event
from functions.domain.interest import InterestTag, parse
from functions.domain.tokens import Key, Keyring, MessageRef, sign_message
from functions.track.step import Desk, follow, opened
from tests.builders import a_taxonomy
from tests.functions.readers import BROWSER

RING = Keyring((Key(1, b"k" * 32),))
TOKEN = sign_message(RING, "send0001", 0, "person01")
TABLE = LinkTable(tuple(f"https://party.example/{n}" for n in range(3)), (0, 1, 2), tuple(LinkEntry((c,), 0.05) for c in "abc"))
START = 1_790_000_000_000
OPTIONAL = [p for p in Purpose if p is not Purpose.NEWSLETTER]

answers = st.dictionaries(st.sampled_from(OPTIONAL), st.booleans(), min_size=1)
meanwhile = st.one_of(st.none(), answers)
steps = st.one_of(
    st.tuples(st.just("answer"), answers),
    st.tuples(st.just("answer_without_cleaning"), answers),
    st.tuples(st.just("click"), meanwhile),
    st.tuples(st.just("click"), meanwhile),
    st.tuples(st.just("open"), meanwhile),
    st.tuples(st.just("ceiling"), st.sampled_from(Ceiling)),
    st.tuples(st.just("stream"), st.tuples(st.integers(0, 20), meanwhile)),
)


class People:
    """One supporter's `supporters`, `consents` and `events`, with their conditions: what `track` and `derive` ask for."""

    def __init__(self) -> None:
        self.consents, self.since = Consents(), dict[str, int]()  # since: grant -> when
        self.clicks, self.tags = frozenset[str](), tuple[InterestTag, ...]()
        self.opened: int | None = None
        self.events, self.stream = dict[str, Event](), list[Event]()
        self.now, self._ids, self.ceiling = START, count(), Ceiling.OBSERVED
        self.between: Callable[[], None] = lambda: None  # what others do between a reading and the writing after it
        self.read: Consents = self.consents

    # what supporters do

    def answer(self, given: dict[Purpose, bool], *, clean: bool = True) -> None:
        self.now += 1000
        said = [ConsentAnswer(purpose, yes, "choices-1", "0" * 64) for purpose, yes in given.items()]
        person: dict[str, Any] = {"supporter": "person01", "at": self.now, "language": "nl", "source": "test", "actor": "supporter"}
        records = changes(self.consents, said, new_id=lambda: f"grant{next(self._ids)}", **person)
        self.consents = fold(records, self.consents)
        self.since |= {record.id: record.at for record in records}
        if any(r.purpose is Purpose.OBSERVED_INTEREST and r.id not in self.standing() for r in records):
            self.clicks, self.tags = frozenset(), ()  # in the transaction of the withdrawal
        if any(r.purpose is Purpose.OPEN_PIXEL and r.id not in self.standing() for r in records):
            self.opened = None
        if clean:
            self.forget()

    def forget(self) -> None:
        self.events = {key: e for key, e in self.events.items() if self.standing() & set(e.grants.values())}

    def standing(self) -> frozenset[str]:
        return frozenset(self.consents.grants.values())

    # track

    def edition(self, send: str) -> tuple[str, str] | None:
        return "edition1", "v1"

    def recipient(self, ref: MessageRef) -> Recipient:
        self.read = self.consents
        self._others()
        return Recipient(self.read, "0e.1e.2e", START - 3_600_000)

    def record(self, event: Event) -> bool:
        self.events[event.key] = event
        self.stream.append(event)
        return True

    # derive

    def allowed(self, supporter: str) -> tuple[frozenset[str], frozenset[str]]:
        return self.standing(), frozenset()

    def add_click(self, supporter: str, topic: str, token: str, grant: str) -> Profile | None:
        if not self._holds(grant):
            return None
        self.clicks |= {token}
        found = Profile(self.clicks, self.tags)
        self._others()
        return found

    def forget_clicks(self, supporter: str, tokens: Iterable[str], grant: str) -> None:
        if self._holds(grant):
            self.clicks -= frozenset(tokens)

    def note_open(self, supporter: str, at: int, grant: str) -> bool:
        self._others()
        if self.consents.grants.get(Purpose.OPEN_PIXEL) != grant or (self.opened or 0) >= at:
            return False
        self.opened = at
        return True

    def store_tags(self, supporter: str, tags: tuple[InterestTag, ...], grant: str) -> bool:
        if held := self._holds(grant):
            self.tags = tags
        return held

    def delete(self, event: Event) -> None:
        self.events.pop(event.key, None)

    def _holds(self, grant: str) -> bool:
        return self.consents.grants.get(Purpose.OBSERVED_INTEREST) == grant

    def _others(self) -> None:
        between, self.between = self.between, lambda: None
        between()


class Tables:
    """Links and totals: nothing about a person."""

    def version(self, edition: str, version: str) -> LinkTable:
        return TABLE

    def leads(self, edition: str, table: LinkTable, n: int) -> str:
        return table.urls[n]

    def count_personal(self, *_: Any) -> None: ...


def failed(what: str, error: Exception) -> None:
    raise AssertionError(what) from error


class History:
    """Steps in any order over one supporter. `check` after each; `settle` at the end."""

    def __init__(self) -> None:
        self.people, self._requests = People(), count()
        self._delivered, self._killed = set[str](), False

    def step(self, what: str, with_: Any) -> None:
        self.people.now += 7000
        getattr(self, what)(with_)
        self.check()

    def answer(self, given: dict[Purpose, bool]) -> None:
        self.people.answer(given)
        self._killed = False

    def answer_without_cleaning(self, given: dict[Purpose, bool]) -> None:
        """The Lambda was killed after the transaction, before it deleted events."""
        self.people.answer(given, clean=False)
        self._killed = True

    def ceiling(self, ceiling: Ceiling) -> None:
        self.people.ceiling = ceiling

    def click(self, others: dict[Purpose, bool] | None) -> None:
        self._visit(follow, others)

    def open(self, others: dict[Purpose, bool] | None) -> None:
        self._visit(opened, others)

    def stream(self, which: tuple[int, dict[Purpose, bool] | None]) -> None:
        """The stream delivers one record, perhaps for the second time, while others are at it."""
        number, others = which
        if records := self.people.stream:
            self._between(others)
            self._derive(records[number % len(records)])

    def check(self) -> None:
        """At every moment: nothing was recorded under what was not granted when it was read; no profile without consent."""
        p = self.people
        for event in p.events.values():
            kinds = mail_settings(Consents(grants=event.grants), Ceiling.OBSERVED)
            assert event.grants
            assert (kinds.links is Links.PERSONAL) != (kinds.pixel is Pixel.PERSONAL)  # each under its own purposes
            assert all(p.since[grant] <= event.at for grant in event.grants.values())
        since = p.since.get(p.consents.grants.get(Purpose.OBSERVED_INTEREST, ""))
        assert since is not None or not (p.clicks or p.tags)
        clicks = [parse(token) for token in p.clicks]
        assert all(c and since is not None and c.at_s >= since // 1000 for c in clicks)
        asked = p.since.get(p.consents.grants.get(Purpose.OPEN_PIXEL, ""))
        assert p.opened is None or (asked is not None and p.opened >= asked)
        self._check_mail()

    def settle(self) -> None:
        """Every record of the stream has come at least once: what no consent covers is gone."""
        for event in self.people.stream:
            if event.key not in self._delivered:
                self._derive(event)
        if self._killed:  # the next post on any of their pages mends that
            self.people.forget()
        standing = self.people.standing()
        assert all(standing & set(event.grants.values()) for event in self.people.events.values())

    def _check_mail(self) -> None:
        held, ceiling = self.people.consents.grants, self.people.ceiling
        made = mail_settings(self.people.consents, ceiling)
        nothing = ceiling is Ceiling.EDITORIAL
        assert made.pixel is Pixel.NONE or (Purpose.OPEN_PIXEL in held and not nothing)
        assert made.links is Links.SHARED or ({Purpose.CLICK_MEASUREMENT, Purpose.OBSERVED_INTEREST} & held.keys() and not nothing)
        assert made.selection is not Selection.OBSERVED or (Purpose.OBSERVED_INTEREST in held and ceiling is Ceiling.OBSERVED)
        assert made.selection is not Selection.DECLARED or (Purpose.DECLARED_TOPICS in held and not nothing)

    def _visit(self, page: Callable[[Desk, Request], Any], others: dict[Purpose, bool] | None) -> None:
        number, p, tables = next(self._requests), self.people, Tables()
        unlinked: Any = tables
        desk = Desk(unlinked, p, p, unlinked, RING, p.ceiling, failed)
        request = Request(f"r{number}", p.now, "GET", {"token": TOKEN, "n": str(number % 3)}, {}, {"user-agent": BROWSER})
        before = len(p.stream)
        self._between(others)
        answered = page(desk, request)
        assert answered["statusCode"] in (200, 302)
        p.between = lambda: None
        for event in p.stream[before:]:
            assert set(event.grants.values()) <= set(p.read.grants.values())
            assert p.ceiling is not Ceiling.EDITORIAL
            assert Purpose.OBSERVED_INTEREST not in event.grants or p.ceiling is Ceiling.OBSERVED

    def _between(self, others: dict[Purpose, bool] | None) -> None:
        if others is not None:
            self.people.between = lambda: self.people.answer(others)

    def _derive(self, event: Event) -> None:
        self._delivered.add(event.key)
        now_s = self.people.now / 1000
        learn(self.people, self.people, a_taxonomy(), self.people.ceiling, event, now_s)
        self.people.between = lambda: None


@settings(max_examples=400, deadline=None)
@given(st.lists(steps, max_size=30))
def test_nothing_is_kept_that_was_not_covered_and_nothing_survives_a_withdrawal(history: list[tuple[str, Any]]) -> None:
    life = History()
    life.people.answer(dict.fromkeys(OPTIONAL, True))
    for what, with_ in history:
        life.step(what, with_)
    life.settle()
    life.step("answer", dict.fromkeys(OPTIONAL, False))
    life.settle()
    assert (life.people.events, life.people.clicks, life.people.tags, life.people.opened) == ({}, frozenset(), (), None)
