"""The account's bucket: never faster than granted, slower at once when SES throttles, and who comes first."""

from bisect import bisect_left
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain import pace
from functions.domain.pace import (
    ANNOUNCED_MS,
    ASK_AGAIN_MS,
    BLOCK_S,
    BURST_MS,
    HELD_MS,
    LEAD_MS,
    Bucket,
    Priority,
    announced,
    asked,
    at_once,
    must_ask,
    priority_of,
    rate,
    slowed,
    take,
    told,
    yields,
)

NOW = 1_790_000_000_000.0
RATES = st.floats(0.2, 2_000)
PAUSES = st.lists(st.tuples(st.floats(0, 3_000), st.integers(1, 60)), min_size=1, max_size=60)


def a_bucket(most: float) -> Bucket:
    return told(Bucket(), most, NOW)


def mailed(bucket: Bucket, asks: list[tuple[float, int]]) -> tuple[Bucket, list[float]]:
    """Ask again and again, each time after a pause; when the mails go out: at their moments, or at once."""
    now, times = NOW, []
    for pause, want in asks:
        now += pause
        turn = take(bucket, 1, want, Priority.NORMAL, now)
        bucket = turn.bucket
        times += [max(moment, now) for moment in turn.moments]
    return bucket, sorted(times)


@given(RATES, PAUSES, st.floats(1, 10_000))
def test_in_no_window_go_more_mails_than_the_rate_and_a_small_burst(
    most: float, asks: list[tuple[float, int]], window: float
) -> None:
    _, times = mailed(a_bucket(most), asks)
    allowed = most * (window + BURST_MS) / 1000 + 1
    for start, moment in enumerate(times):
        assert bisect_left(times, moment + window) - start <= allowed + 1e-3


@given(RATES, st.integers(1, 40))
def test_who_asks_in_time_gets_the_whole_rate(most: float, want: int) -> None:
    bucket, now, count = a_bucket(most), NOW, 0
    for _ in range(200):
        turn = take(bucket, 1, want, Priority.NORMAL, now)
        bucket, count = turn.bucket, count + len(turn.moments)
        now += turn.again_ms
    assert count >= most * (bucket.free_at - NOW) / 1000 - 1e-3


@given(RATES, st.lists(st.integers(1, 500), min_size=1, max_size=50))
def test_two_who_take_in_turn_never_get_the_same_moment(most: float, wants: list[int]) -> None:
    bucket, moments = a_bucket(most), list[float]()
    for want in wants:
        turn = take(bucket, 1, want, Priority.NORMAL, NOW)
        bucket = turn.bucket
        moments += turn.moments
    assert moments == sorted(moments)
    assert all(later - earlier >= 1000 / most - 1e-3 for earlier, later in pairwise(moments))


@given(RATES, st.integers(1, 500))
def test_a_block_is_a_quarter_of_a_second_and_what_is_wanted_at_most(most: float, want: int) -> None:
    moments = take(a_bucket(most), 1, want, Priority.NORMAL, NOW).moments
    assert 1 <= len(moments) <= max(1, min(want, most * BLOCK_S))


def test_who_needs_several_together_gets_them_all() -> None:
    assert len(take(a_bucket(14), 10, 10, Priority.NORMAL, NOW).moments) == 10
    assert (at_once(a_bucket(14), NOW), at_once(a_bucket(1), NOW)) == (3, 1)


def test_nobody_takes_moments_far_ahead() -> None:
    bucket = replace(a_bucket(10), free_at=NOW + LEAD_MS + 200)
    turn = take(bucket, 1, 10, Priority.NORMAL, NOW)
    assert (turn.moments, turn.again_ms, turn.bucket) == ((), 200, bucket)
    assert take(bucket, 1, 10, Priority.NORMAL, NOW + 200).moments


def test_nothing_goes_before_the_rate_is_known() -> None:
    turn = take(Bucket(), 1, 1, Priority.HIGH, NOW)
    assert (turn.moments, turn.again_ms > 0) == ((), True)


def test_many_throttles_within_a_second_count_as_one() -> None:
    bucket = slowed(a_bucket(100), NOW)
    assert rate(bucket, NOW) == pytest.approx(70)
    assert slowed(bucket, NOW + 999) == bucket
    assert rate(slowed(bucket, NOW + 1_000), NOW + 1_000) == pytest.approx(72 * 0.7)


def test_after_a_throttle_the_rate_grows_little_by_little_up_to_what_is_granted() -> None:
    bucket = slowed(a_bucket(100), NOW)
    rates = [rate(bucket, NOW + s * 1000) for s in range(30)]
    assert rates == sorted(rates)
    assert max(later - earlier for earlier, later in pairwise(rates)) == pytest.approx(2)
    assert rates[14] < 100 == rates[16] == rates[29]


@given(RATES, st.lists(st.floats(0, 5_000), max_size=50))
def test_however_often_ses_throttles_some_mails_still_go(most: float, pauses: list[float]) -> None:
    bucket, now = a_bucket(most), NOW
    for pause in pauses:
        now += pause
        bucket = slowed(bucket, now)
    assert 0.1 * most - 1e-9 <= rate(bucket, now) <= most
    assert take(bucket, 1, 1, Priority.NORMAL, now).moments


def test_when_ses_takes_less_than_it_says_most_of_that_is_used() -> None:
    """SES as a bucket of one second's mails: it says 100 a second and takes 60, as when somebody else mails from the account."""
    bucket, now, room, at, taken, dropped = a_bucket(100), NOW, 60.0, NOW, 0, 0
    while now < NOW + 120_000:
        turn = take(bucket, 1, 1000, Priority.NORMAL, now)
        bucket = turn.bucket
        for moment in turn.moments:
            room, at = min(60.0, room + max(0.0, moment - at) * 60 / 1000), max(at, moment)
            if room >= 1:
                room, taken = room - 1, taken + 1
            else:
                dropped, bucket = dropped + 1, slowed(bucket, moment)
        now = max(now + turn.again_ms, turn.moments[-1] if turn.moments else 0.0)
    assert taken >= 0.85 * 60 * 120
    assert dropped <= 0.05 * taken


def test_a_throttle_of_an_unknown_rate_says_nothing() -> None:
    assert slowed(Bucket(), NOW) == Bucket()


def test_a_lower_priority_gets_none_while_a_higher_one_mails_and_all_soon_after() -> None:
    bucket = take(a_bucket(10), 1, 1, Priority.HIGH, NOW).bucket
    for lower in (Priority.LOW, Priority.NORMAL):
        turn = take(bucket, 1, 1, lower, NOW + HELD_MS - 1)
        assert (turn.moments, turn.yields, turn.bucket) == ((), True, bucket)
        assert take(bucket, 1, 1, lower, NOW + HELD_MS).moments
    assert take(bucket, 1, 1, Priority.HIGH, NOW + 1).moments


def test_who_only_asks_holds_nobody_up() -> None:
    bucket = take(a_bucket(10), 1, 1, Priority.HIGH, NOW).bucket
    assert not yields(take(bucket, 1, 1, Priority.NORMAL, NOW).bucket, Priority.LOW, NOW + HELD_MS)


def test_equals_share_and_a_lower_one_holds_up_nobody_above() -> None:
    bucket = take(a_bucket(10), 1, 1, Priority.NORMAL, NOW).bucket
    assert take(bucket, 1, 1, Priority.NORMAL, NOW).moments
    assert take(bucket, 1, 1, Priority.HIGH, NOW).moments
    assert yields(bucket, Priority.LOW, NOW)


def test_a_send_whose_deliveries_are_on_their_way_has_precedence_for_a_while() -> None:
    bucket = announced(a_bucket(10), Priority.HIGH, NOW)
    assert yields(bucket, Priority.NORMAL, NOW + ANNOUNCED_MS - 1)
    assert not yields(bucket, Priority.NORMAL, NOW + ANNOUNCED_MS)
    after = take(bucket, 1, 1, Priority.HIGH, NOW).bucket
    assert yields(after, Priority.NORMAL, NOW + ANNOUNCED_MS - 1), "taking mails does not shorten it"


def test_ses_is_asked_by_one_and_again_after_five_minutes() -> None:
    assert must_ask(Bucket(), NOW)
    asking = asked(Bucket(), NOW)
    assert not must_ask(asking, NOW + 1_000)
    assert must_ask(asking, NOW + pace.ASK_SOON_MS), "no answer, and nothing may go before there is one"
    known = told(asking, 14, NOW)
    assert not must_ask(known, NOW + ASK_AGAIN_MS - 1)
    assert must_ask(known, NOW + ASK_AGAIN_MS)
    again = asked(known, NOW + ASK_AGAIN_MS)
    assert not must_ask(again, NOW + ASK_AGAIN_MS + pace.ASK_LATER_MS - 1)
    assert must_ask(again, NOW + ASK_AGAIN_MS + pace.ASK_LATER_MS)


def test_what_is_granted_may_rise_and_fall() -> None:
    assert rate(told(a_bucket(14), 500, NOW), NOW) == 500
    assert rate(told(slowed(a_bucket(500), NOW), 14, NOW), NOW) == 14


def test_a_send_without_a_word_about_it_is_of_normal_priority() -> None:
    assert priority_of({}) is Priority.NORMAL
    assert priority_of({"priority": "high"}) is Priority.HIGH
    assert Priority.LOW.above == (Priority.NORMAL, Priority.HIGH)
    assert Priority.HIGH.above == ()
