"""What the report on asking counts, and what it does not show."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import Act, ConsentRecord, Purpose, fold
from functions.domain.consent_report import Group, Tally, rows, tally

TOPICS = Purpose.DECLARED_TOPICS
PAGE = Group("declared_topics", "choices-1", "choices-page")


def record(
    act: Act, at: int, wording: str = "choices-1", purpose: Purpose = TOPICS, source: str = "choices-page", of: str | None = None
) -> ConsentRecord:
    return ConsentRecord(f"r{at}", "s", purpose, act, at, wording, "h", "nl", source, "supporter", of)


def counted(yes: int = 0, no: int = 0, withdrew: int = 0) -> Tally:
    return Counter({(PAGE, "yes"): yes, (PAGE, "no"): no, (PAGE, "withdrew"): withdrew})


def test_a_yes_taken_back_counts_under_the_words_it_was_given_to() -> None:
    found = tally([record(Act.GRANTED, 1), record(Act.WITHDRAWN, 2, "unsubscribe-1", source="my-mail")])
    assert found == {(PAGE, "yes"): 1, (PAGE, "withdrew"): 1}


def test_leaving_every_list_takes_back_each_of_them() -> None:
    newsletter = Purpose.NEWSLETTER
    found = tally(
        [
            *(record(Act.GRANTED, n, "sign-up-1", newsletter, "join", f"l{n}") for n in (1, 2)),
            record(Act.WITHDRAWN, 3, "u", newsletter),
        ]
    )
    group = Group("newsletter", "sign-up-1", "join")
    assert found == {(group, "yes"): 2, (group, "withdrew"): 2}


def test_fewer_than_ten_are_not_shown_nor_told_by_subtraction() -> None:
    [row] = rows(counted(yes=120, no=4, withdrew=115))
    assert (row.answered, row.yes, row.no, row.withdrew, row.yes_rate) == (120, 120, None, None, None)
    [row] = rows(counted(yes=9, no=9))
    assert (row.answered, row.yes, row.no) == (18, None, None)


def test_from_ten_up_there_is_a_rate() -> None:
    [row] = rows(counted(yes=120, no=40, withdrew=30))
    assert (row.answered, row.yes_rate, row.withdrew, row.withdrew_rate) == (160, 0.75, 30, 0.25)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_no_number_shown_or_difference_of_two_is_of_fewer_than_ten(yes: int, no: int, left: int) -> None:
    [row] = rows(counted(yes, no, min(left, yes)))
    told = [n for n in (row.yes, row.no, row.withdrew) if n is not None]
    assert all(n >= 10 for n in told)
    if row.yes is not None and row.withdrew is not None:
        assert row.yes - row.withdrew == 0 or row.yes - row.withdrew >= 10
    hidden = row.answered - sum(n for n in (row.yes, row.no) if n is not None)
    assert hidden == 0 or hidden >= 10


@given(st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(["w1", "w2"])), max_size=8))
def test_who_stands_at_yes_is_who_said_it_and_did_not_take_it_back(acts: Sequence[tuple[Act, str]]) -> None:
    history = [record(act, n, wording) for n, (act, wording) in enumerate(acts)]
    found = tally(history)
    refused_after_yes = sum(1 for n, r in enumerate(history) if r.act is Act.REFUSED and fold(history[:n]).granted(TOPICS))
    yes = sum(n for (_, column), n in found.items() if column == "yes")
    gone = sum(n for (_, column), n in found.items() if column == "withdrew")
    assert yes - gone - refused_after_yes == fold(history).granted(TOPICS)
