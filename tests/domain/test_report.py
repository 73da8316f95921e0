"""A report adds up, whatever came of the mails; and never tells of fewer than ten by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.report import SHOWN_FROM, outcome, rate, shown_sum, together
from functions.domain.send import MessageState

COUNTS = st.dictionaries(st.sampled_from([state.value for state in MessageState]), st.integers(0, 5000))


@given(COUNTS, st.integers(0, 500))
def test_everybody_planned_is_somewhere_once(counts: dict[str, int], not_begun: int) -> None:
    found = outcome(sum(counts.values()) + not_begun, counts)
    assert found.planned == found.open + found.skipped + found.failed + found.unknown + found.sent
    bounced = found.bounced_permanent + found.bounced_transient
    assert found.sent == found.on_its_way + found.delivered + bounced + found.rejected
    assert found.open == not_begun + counts.get("claimed", 0) + counts.get("waiting", 0)
    assert found.complained <= found.delivered


def test_reasons_are_named_the_most_first() -> None:
    counts = {"skipped": 5, "skipped:suppressed": 1, "skipped:capped": 4, "failed": 1, "failed:left by staff": 1, "arm:selected": 9}
    found = outcome(20, counts)
    assert list(found.skipped_by.items()) == [("capped", 4), ("suppressed", 1)]
    assert found.failed_by == {"left by staff": 1}


def test_a_bounce_is_for_good_or_for_now() -> None:
    counts = {"bounced": 6, "bounced:Permanent/General": 2, "bounced:Permanent/NoEmail": 1, "bounced:Transient/MailboxFull": 3}
    found = outcome(6, counts)
    assert (found.bounced_permanent, found.bounced_transient) == (3, 3)


def test_who_complained_was_delivered_to() -> None:
    found = outcome(10, {"delivered": 9, "complained": 1})
    assert (found.delivered, found.complained, rate(found.complained, found.delivered)) == (10, 1, 0.1)


def test_a_share_of_nothing_is_none() -> None:
    assert rate(0, 0) is None
    assert rate(1, 3) == 0.3333


def test_chunks_are_added_up_and_one_not_counted_yet_adds_nothing() -> None:
    assert together([{"sent": 2}, None, {"sent": 1, "skipped": 1}]) == {"sent": 3, "skipped": 1}


@given(st.lists(st.integers(0, 40), max_size=12))
def test_a_sum_never_tells_what_its_parts_hide(counts: list[int]) -> None:
    shown = sum(n for n in counts if n >= SHOWN_FROM)
    told = shown_sum(counts) - shown
    assert told == 0 or told >= SHOWN_FROM
    assert sum(counts) - SHOWN_FROM < shown_sum(counts) <= sum(counts)
