from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import Selection
from functions.domain.selection import (
    DIVERSITY,
    Candidate,
    Pick,
    Reason,
    choose,
    decode_picks,
    encode_picks,
    score,
)
from functions.domain.send import seed

OBSERVED, DECLARED, EDITORIAL = Selection.OBSERVED, Selection.DECLARED, Selection.EDITORIAL


def seeds(exploring: bool) -> str:
    """A seed of a mail whose last slot does, or does not, try something new."""
    many = [a_candidate(i, "ab"[i % 2], prior=9.0) for i in range(10)] + [a_candidate(10, "c", prior=0.01)]
    for n in range(100):
        tried = seed(f"suppor{n:02d}", "send0001")
        if (choose(many, OBSERVED, {"a": 1.1}, (), 3, tried)[-1].reason is Reason.NEW) is exploring:
            return tried
    raise AssertionError


def a_candidate(index: int, topics: str = "a", prior: float = 1.0, order: int | None = None, must: bool = False) -> Candidate:
    return Candidate(index, f"block-{index}", tuple(topics), prior, index if order is None else order, must)


TWELVE = [a_candidate(i, "abcdef"[i % 6], prior=1.0 + i / 100) for i in range(12)]
QUIET = seeds(exploring=False)
CURIOUS = seeds(exploring=True)


def indexes(picks: tuple[Pick, ...]) -> list[int]:
    return [pick.index for pick in picks]


def reasons(picks: tuple[Pick, ...]) -> str:
    return "".join(pick.reason for pick in picks)


class Unseen(dict[str, float]):
    """What a selection without consent must not even look at."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(f"looked at: {name}")

    def __getitem__(self, key: str) -> float:
        raise AssertionError("looked at")

    def __len__(self) -> int:
        raise AssertionError("looked at")

    def __iter__(self) -> Any:
        raise AssertionError("looked at")

    def __contains__(self, key: object) -> bool:
        raise AssertionError("looked at")


candidates = st.lists(
    st.tuples(st.text("abcdef", max_size=2), st.floats(0.001, 10), st.integers(0, 30), st.integers(0, 9).map(lambda n: n == 0)),
    min_size=1,
    max_size=20,
).map(lambda rows: [a_candidate(i, *row) for i, row in enumerate(rows)])
lifts = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.05, 8))
declared = st.sets(st.sampled_from("abcdef"))


# --- editorial


def test_staffs_order_is_served_as_it_is() -> None:
    shuffled = [replace(c, order=12 - c.index) for c in TWELVE]
    picks = choose(shuffled, EDITORIAL, {}, (), 4, QUIET)
    assert (indexes(picks), reasons(picks)) == ([11, 10, 9, 8], "eeee")


def test_a_must_have_far_down_takes_the_last_place_of_staffs_order() -> None:
    held = [*TWELVE[:9], replace(TWELVE[9], must=True), *TWELVE[10:]]
    picks = choose(held, EDITORIAL, {}, (), 4, QUIET)
    assert (indexes(picks), reasons(picks)) == ([0, 1, 2, 9], "eeem")


@given(candidates, st.integers(1, 8), st.text(), st.text())
def test_staffs_order_looks_at_nobody(given_candidates: list[Candidate], k: int, one: str, other: str) -> None:
    seen = choose(given_candidates, EDITORIAL, Unseen(), Unseen(), k, one)
    assert seen == choose(given_candidates, EDITORIAL, {"a": 9.0}, "b", k, other)


# --- what holds for every selection


@given(candidates, st.sampled_from(Selection), lifts, declared, st.integers(1, 8), st.text())
def test_every_mail_holds_all_must_haves_and_nothing_twice(
    given_candidates: list[Candidate], selection: Selection, lift: dict[str, float], ticked: set[str], k: int, drawn: str
) -> None:
    picks = choose(given_candidates, selection, lift, ticked, k, drawn)
    musts = {c.index for c in given_candidates if c.must}
    assert musts == {p.index for p in picks if p.reason is Reason.MUST}
    assert len(set(indexes(picks))) == len(picks) == min(max(k, len(musts)), len(given_candidates))


@given(candidates.flatmap(lambda cs: st.tuples(st.just(cs), st.permutations(cs))), lifts, declared, st.text())
def test_a_retry_makes_the_same_mail_in_whatever_order_blocks_are_read(
    orders: tuple[list[Candidate], list[Candidate]], lift: dict[str, float], ticked: set[str], drawn: str
) -> None:
    for selection in Selection:
        one, other = (choose(order, selection, lift, ticked, 5, drawn) for order in orders)
        assert one == other


# --- observed


def test_without_any_click_the_most_popular_blocks_are_served() -> None:
    picks = choose(TWELVE, OBSERVED, {}, (), 4, CURIOUS)
    assert (indexes(picks), reasons(picks)) == ([11, 10, 9, 8], "pppp")


def test_ties_are_in_staffs_order() -> None:
    same = [a_candidate(i, order=9 - i) for i in range(10)]
    assert indexes(choose(same, OBSERVED, {}, (), 3, QUIET)) == [9, 8, 7]


def test_what_somebody_reads_about_comes_first_with_its_reason() -> None:
    picks = choose(TWELVE, OBSERVED, {"b": 2.0, "c": 0.5}, (), 4, QUIET)
    assert (indexes(picks), reasons(picks)) == ([7, 1, 11, 10], "oopp")


def test_a_topic_that_was_ticked_is_given_as_the_reason() -> None:
    picks = choose(TWELVE, OBSERVED, {"b": 3.0, "c": 2.0}, "b", 4, QUIET)
    assert (indexes(picks), reasons(picks)) == ([7, 1, 8, 2], "ddoo")


def test_a_lift_that_is_hardly_one_is_no_reason() -> None:
    assert reasons(choose(TWELVE, OBSERVED, {"b": 1.19}, (), 1, QUIET)) == "p"


def test_each_further_block_of_a_topic_must_be_better() -> None:
    held = [a_candidate(i, "a", 1.0) for i in range(4)] + [a_candidate(4 + i, "b", 0.8) for i in range(4)]
    picks = choose(held, OBSERVED, {"a": 1.0}, (), 6, QUIET)
    assert [held[i].topics[0] for i in indexes(picks)] == ["a", "a", "b", "a", "b", "a"]
    assert DIVERSITY == 0.85


def test_one_favourite_does_not_fill_the_mail() -> None:
    held = [a_candidate(i, "abcdefgh"[i % 8], 1.0) for i in range(40)]
    picks = choose(held, OBSERVED, {"a": 2.0}, (), 8, QUIET)
    topics = Counter(held[i].topics[0] for i in indexes(picks))
    assert topics["a"] == 5
    assert len(topics) == 4


def test_a_block_with_several_topics_has_the_mean_of_their_lifts() -> None:
    assert score(a_candidate(0, "ab", prior=0.5), {"a": 3.0}) == pytest.approx(0.5 * 2.0)
    assert score(a_candidate(0, "a", prior=0.5), {"a": 3.0}) == pytest.approx(1.5)
    assert score(a_candidate(0, "", prior=0.5), {"a": 3.0}) == 0.5


def test_a_must_have_nobody_reads_is_last_and_in() -> None:
    held = [*TWELVE, a_candidate(12, "b", prior=0.01, must=True)]
    picks = choose(held, OBSERVED, {"c": 2.0}, (), 4, CURIOUS)
    assert picks[-1] == Pick(12, Reason.MUST)
    assert len(picks) == 4


# --- something new


def test_in_about_half_of_the_mails_the_last_block_is_something_new() -> None:
    lift = {"a": 5.0, "b": 4.0}
    mails = [choose(TWELVE, OBSERVED, lift, (), 4, seed(f"suppo{n:03d}", "send0001")) for n in range(200)]
    new = [mail for mail in mails if mail[-1].reason is Reason.NEW]
    assert 70 < len(new) < 130
    for mail in new:
        served = [TWELVE[i].topics[0] for i in indexes(mail)]
        assert served[-1] not in served[:-1]
        assert Reason.NEW not in {pick.reason for pick in mail[:-1]}
    assert len({mail[-1].index for mail in new}) > 1


def test_the_lead_is_never_an_experiment() -> None:
    assert {reasons(choose(TWELVE, OBSERVED, {"a": 5.0}, (), 1, f"{n}")) for n in range(50)} == {"o"}


def test_with_nothing_new_to_show_the_last_block_is_the_next_best() -> None:
    one_topic = [a_candidate(i, "a", 2.0 - i / 10) for i in range(5)]
    assert reasons(choose(one_topic, OBSERVED, {"a": 2.0}, (), 3, CURIOUS)) == "ooo"


# --- declared


def test_only_ticked_topics_count_where_only_they_were_allowed() -> None:
    picks = choose(TWELVE, DECLARED, {}, "c", 4, QUIET)
    assert (indexes(picks), reasons(picks)) == ([8, 2, 11, 10], "ddpp")


@given(candidates, declared, st.integers(1, 8), st.text())
def test_a_declared_selection_never_looks_at_clicks(
    given_candidates: list[Candidate], ticked: set[str], k: int, drawn: str
) -> None:
    picks = choose(given_candidates, DECLARED, Unseen(), ticked, k, drawn)
    assert picks == choose(given_candidates, DECLARED, {"a": 9.0}, ticked, k, drawn)
    assert Reason.OBSERVED not in {pick.reason for pick in picks}


def test_who_ticked_nothing_gets_the_most_popular() -> None:
    assert choose(TWELVE, DECLARED, {}, (), 4, CURIOUS) == choose(TWELVE, OBSERVED, {}, (), 4, CURIOUS)


# --- what the ledger keeps


@given(st.lists(st.builds(Pick, st.integers(0, 999), st.sampled_from(Reason))).map(tuple))
def test_picks_are_kept_with_their_reasons(picks: tuple[Pick, ...]) -> None:
    assert decode_picks(encode_picks(picks)) == picks


def test_picks_are_short() -> None:
    assert encode_picks((Pick(3, Reason.EDITORIAL), Pick(12, Reason.OBSERVED), Pick(7, Reason.NEW))) == "3e.12o.7x"


@pytest.mark.parametrize("text", ["3", "e3", "3e.", "3z", "3e,4o", "-1e"])
def test_what_is_no_list_of_picks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a list of picks"):
        decode_picks(text)
