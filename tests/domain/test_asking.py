"""Who may be asked for consent, and who not."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.asking import ASK_AGAIN_MS, AUTOMATED, EVERY, SILENCED, may_ask, may_request
from functions.domain.consent import Act, ConsentRecord, Purpose, fold

NOW = 1_800_000_000_000
DAY = 86_400_000
TOPICS = Purpose.DECLARED_TOPICS


def record(act: Act, days_ago: float, purpose: Purpose = TOPICS, source: str = "choices-page", id_: str = "r") -> ConsentRecord:
    return ConsentRecord(id_, "s", purpose, act, NOW - int(days_ago * DAY), "w", "h", "nl", source, "supporter")


HISTORIES = st.lists(
    st.builds(
        lambda act, at, purpose, source, n: replace(record(act, 0, purpose, source, f"r{n}"), at=NOW - at),
        st.sampled_from(Act),
        st.integers(0, 2 * ASK_AGAIN_MS),
        st.sampled_from([*EVERY, Purpose.NEWSLETTER]),
        st.sampled_from(["choices-page", AUTOMATED, "import"]),
        st.integers(0, 999),
    ),
    max_size=12,
)


def test_who_was_never_asked_may_be_asked_everything() -> None:
    assert may_ask([], EVERY, NOW) == set(EVERY)
    assert may_request([], NOW)


def test_a_no_stands_for_six_months() -> None:
    for act in (Act.REFUSED, Act.WITHDRAWN):
        assert may_ask([record(act, 183.9)], [TOPICS], NOW) == set()
        assert may_ask([record(act, 184)], [TOPICS], NOW) == {TOPICS}


def test_who_said_yes_is_not_asked() -> None:
    assert may_ask([record(Act.GRANTED, 900)], [TOPICS], NOW) == set()
    assert not may_request([record(Act.GRANTED, 900)], NOW)


def test_a_browsers_refusal_is_never_asked_over() -> None:
    said = record(Act.REFUSED, 5000, Purpose.OPEN_PIXEL, AUTOMATED)
    assert may_ask([said], EVERY, NOW) == set(EVERY) - {Purpose.OPEN_PIXEL}
    assert not may_request([said], NOW)


def test_ones_own_yes_later_takes_back_what_the_browser_said() -> None:
    history = [
        record(Act.REFUSED, 900, source=AUTOMATED, id_="a"),
        record(Act.GRANTED, 800, id_="b"),
        record(Act.WITHDRAWN, 200, id_="c"),
    ]
    assert may_ask(history, [TOPICS], NOW) == {TOPICS}


def test_a_browser_that_refuses_now_is_asked_for_topics_at_most() -> None:
    assert may_ask([], EVERY, NOW, silent=True) == set(EVERY) - SILENCED == {TOPICS}


def test_no_mail_leads_to_a_question_that_was_refused_lately() -> None:
    assert not may_request([record(Act.REFUSED, 30, Purpose.OPEN_PIXEL)], NOW)
    assert may_request([record(Act.REFUSED, 200, Purpose.OPEN_PIXEL)], NOW)
    assert may_request([record(Act.GRANTED, 30, Purpose.OPEN_PIXEL)], NOW)


@given(HISTORIES, st.booleans())
def test_nobody_is_asked_who_said_yes_or_lately_said_no_whatever_came_before(
    history: Sequence[ConsentRecord], silent: bool
) -> None:
    asked = may_ask(history, EVERY, NOW, silent)
    noes = [r for r in history if r.act is not Act.GRANTED]
    assert not asked & fold(history).grants.keys()
    assert not asked & {r.purpose for r in noes if r.at > NOW - ASK_AGAIN_MS}
    for purpose in asked:
        since = max(((r.at, r.id) for r in history if r.purpose is purpose and r.act is Act.GRANTED), default=(0, ""))
        assert not [r for r in noes if r.purpose is purpose and r.source == AUTOMATED and (r.at, r.id) > since]
    if may_request(history, NOW):
        assert TOPICS in may_ask(history, EVERY, NOW)


@given(HISTORIES)
def test_the_order_in_which_records_are_read_changes_nothing(history: list[ConsentRecord]) -> None:
    history = list({r.id: r for r in history}.values())
    turned = history[::-1]
    assert may_ask(turned, EVERY, NOW) == may_ask(history, EVERY, NOW)
    assert may_request(turned, NOW) == may_request(history, NOW)


@given(HISTORIES, st.integers(0, ASK_AGAIN_MS - 1))
def test_one_more_no_always_silences(history: list[ConsentRecord], ago: int) -> None:
    no = replace(record(Act.REFUSED, 0, id_="last"), at=NOW - ago)
    assert TOPICS not in may_ask([*history, no], EVERY, NOW)
    assert not may_request([*history, no], NOW) or fold([*history, no]).granted(TOPICS)
