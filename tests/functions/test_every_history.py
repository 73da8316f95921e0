"""Any history of mails, answers, clicks, opens and switches: nothing is kept that was not covered, nothing survives a withdrawal.

Twice: through the Lambdas on the local platform with a few long histories, and through the very steps of the Lambdas over tables in
memory with many (tests/functions/test_every_history_in_memory.py).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from functions.adapters import clock
from functions.adapters.ceilings import KEPT_S
from functions.domain.asking import EVERY
from functions.domain.assembly import CompiledEdition
from functions.domain.interest import parse
from functions.domain.tokens import Power, sign_message, sign_page
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition, a_mailing_list, a_taxonomy
from tests.functions.party import ok
from tests.functions.readers import BROWSER, an_id, ring
from tests.stored import Stored

FORM = "application/x-www-form-urlencoded"
ASKED = [purpose.value for purpose in EVERY]
COVERS = {"clicked": {"click_measurement", "observed_interest"}, "opened": {"open_pixel"}}
Seen = tuple[str, frozenset[str]]  # kind of event, and the purposes it was recorded under

answers = st.dictionaries(st.sampled_from(ASKED), st.sampled_from(["yes", "yes", "no"]), min_size=1)
steps = st.one_of(
    st.tuples(st.just("answer"), answers),
    st.tuples(st.just("click"), st.integers(0, 3)),
    st.tuples(st.just("click"), st.integers(0, 3)),
    st.tuples(st.just("open"), st.just(0)),
    st.tuples(st.just("switch"), st.booleans()),
    st.tuples(st.just("stop"), st.just(0)),
    st.tuples(st.just("leave"), st.just(0)),
    st.tuples(st.just("mail"), st.just(0)),
    st.tuples(st.just("settle"), st.just(0)),  # else what was clicked meets the next step on its way
)


class Life:
    """One supporter of a new deployment, and beside it what must be true: written from the rules, not from the code."""

    def __init__(self, platform: Platform, edition: CompiledEdition) -> None:
        self._stored, self._platform, self._edition = Stored(platform), platform, edition
        self._web, self._admin = Client(platform.url), Client(platform.url, platform.staff_token("admin"))
        self.id, self._on, self._left, self._opened = an_id(), True, False, False
        self._sends: list[str] = []
        self._granted: dict[str, int] = {}  # purpose -> epoch second of the yes that stands
        self._expected: list[tuple[Seen, set[str]]] = []  # what was seen, and which of its purposes still stand
        self._stored.supporter(self.id)

    def step(self, what: str, with_: Any) -> None:
        self._platform.clock.advance(20)
        getattr(self, what)(*([] if with_ == 0 and what not in ("click", "switch") else [with_]))

    def mail(self) -> None:
        send, allowed = an_id(), self._allowed()
        self._stored.send(self._edition, send, audience={"supporters": [self.id]}, requested_at=int(clock.now() * 1000))
        self._platform.drain()
        (row,) = [row for row in self._stored.rows("messages") if row["chunk"].startswith(send)]
        if self._left:
            assert row["state"] == "skipped"
            return
        self._sends.append(send)
        html = self._platform.outbox.mails(to=f"{self.id.lower()}@example.org")[-1].html
        observed, declared = "observed_interest" in allowed, "declared_topics" in allowed
        assert row["selection"] == ("observed" if observed else "declared" if declared else "editorial")
        assert bool(re.search(r'"[^"]*/c/', html)) == (row["links"] == "personal") == bool(allowed & COVERS["clicked"])
        assert bool(re.search(r'"[^"]*/o/', html)) == row["pixel"] == bool(allowed & COVERS["opened"])

    def answer(self, given: dict[str, str]) -> None:
        topics = ["care", "housing"] if given.get("declared_topics") == "yes" and self._on else []
        assert self._post("choices", {**given, "topics": topics}) == 200
        now = int(clock.now())
        for purpose, word in given.items():
            if word == "no":
                self._withdrawn(purpose)
            elif self._on:  # while everybody gets the same there is nothing to ask
                self._granted.setdefault(purpose, now)

    def stop(self) -> None:
        assert self._post("choices", {"stop": "everything"}) == 200
        self._withdrawn(*ASKED)

    def leave(self) -> None:
        assert self._post("unsubscribe", {"scope": "everything"}) == 200
        self._withdrawn(*ASKED)
        self._left = True

    def click(self, n: int) -> None:
        for send in self._sends[-2:]:
            assert self._web.get(f"/c/{self._token(send)}/{n}", User_Agent=BROWSER).status == 302
            self._saw("clicked")

    def open(self) -> None:
        for send in self._sends[-2:]:
            assert self._web.get(f"/o/{self._token(send)}", User_Agent=BROWSER).status == 200
            self._saw("opened")

    def switch(self, on: bool) -> None:
        ok(self._admin.put("/v1/switches/personalisation", {"on": on, "reason": "the authority asked"}))
        self._platform.clock.advance(KEPT_S + 1)
        self._on = on

    def settle(self) -> None:
        """Everything on its way has arrived: what is stored is what is covered, and no more."""
        self._platform.drain()
        (row,) = [row for row in self._stored.rows("supporters") if row["supporter"] == self.id]
        events = [event for event in self._stored.rows("events") if event["supporter"] == self.id]
        kept = [seen for seen, standing in self._expected if standing]
        assert Counter((event["kind"], frozenset(event["grants"])) for event in events) == Counter(kept)
        standing = set(row["grants"].values())
        assert all(standing & set(event["grants"].values()) for event in events)
        assert row["grants"].keys() == self._granted.keys()
        since = self._granted.get("observed_interest")
        learned = {token: parse(token) for token in row.get("clicks", ())}
        assert since is not None or not (learned or row.get("tags"))
        assert all(click and since is not None and click.at_s >= since for click in learned.values())
        pixel, opened = self._granted.get("open_pixel"), row.get("opened_at")
        assert opened is None or (self._opened and pixel is not None and opened // 1000 >= pixel)
        assert bool(row.get("topics")) == ("declared_topics" in self._granted)

    def _allowed(self) -> set[str]:
        return set(self._granted) if self._on else set()

    def _saw(self, kind: str) -> None:
        if under := frozenset(self._allowed() & COVERS[kind]):
            self._expected.append(((kind, under), set(under)))
            self._opened |= kind == "opened"

    def _withdrawn(self, *purposes: str) -> None:
        for purpose in purposes:
            self._granted.pop(purpose, None)
            self._opened &= purpose != "open_pixel"
            for _, standing in self._expected:
                standing.discard(purpose)  # for good: a new yes does not cover what was seen under the old one

    def _token(self, send: str) -> str:
        return sign_message(ring(), send, 0, self.id)

    def _post(self, page: str, fields: dict[str, Any]) -> int:
        power = Power.CHOICES if page == "choices" else Power.UNSUBSCRIBE
        token = sign_page(ring(), power, self.id, a_mailing_list().code)
        shown = {"wording": "choices-3" if page == "choices" else f"{page}-1", "language": "nl", "form": "informal"}
        return self._web.post(f"/{power}/{token}", urlencode({**shown, **fields}, doseq=True), Content_Type=FORM).status


@pytest.fixture(scope="module")
def born(platform: Platform) -> Iterator[Callable[[], Life]]:
    platform.reset()
    compiled = a_compiled_edition([a_block(f"blok-{n}", topics=(t,)) for n, t in enumerate(("care", "climate", "housing", "care"))])
    Stored(platform).edition(compiled)
    admin = Client(platform.url, platform.staff_token("admin"))
    ok(admin.put("/v1/topics", a_taxonomy().to_json()))
    yield lambda: Life(platform, compiled)
    platform.reset()


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(steps, min_size=8, max_size=20), first=answers)
def test_nothing_is_kept_that_was_not_covered_and_nothing_survives_a_withdrawal(
    born: Callable[[], Life], history: list[tuple[str, Any]], first: dict[str, str]
) -> None:
    life = born()
    life.switch(True)
    for what, with_ in [("answer", first), ("mail", 0), *history, ("settle", 0), ("stop", 0), ("settle", 0)]:
        note(f"{what} {with_}")
        life.step(what, with_)
