"""The pace of one send: never faster than asked, never faster than the account, and in nobody's way."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.pace import BURST_MS, LEAD_MS, Bucket, Priority, at_once, take, told
from functions.domain.send_pace import NEAR_MS, Own, chunks_a_round, pace_of, seen_at, spaced, wait_ms

NOW = 1_790_000_000_000.0
RATES = st.floats(0.2, 2_000)
PACES = st.floats(0.05, 1_000)
ASKS = st.lists(st.tuples(st.floats(0, 3_000), st.integers(1, 60)), min_size=1, max_size=60)


def ask(own: Own, account: Bucket, want: int, now: float) -> tuple[Own, Bucket, tuple[float, ...]]:
    """As `SendPace.take` does."""
    if wait_ms(own, now):
        return own, account, ()
    turn = take(account, 1, min(want, own.block), Priority.NORMAL, now)
    after, moments = spaced(own, turn.moments) if turn.moments else (own, ())
    return after, turn.bucket, moments


def most_in(times: list[float], window: float) -> int:
    times = sorted(times)
    return max((bisect_left(times, start + window) - n for n, start in enumerate(times)), default=0)


@given(RATES, PACES, ASKS, st.floats(1, 10_000))
def test_in_no_window_go_more_mails_than_the_pace_and_a_small_burst(
    rate: float, pace: float, asks: list[tuple[float, int]], window: float
) -> None:
    own, account, now, times = Own(pace), told(Bucket(), rate, NOW), NOW, list[float]()
    for pause, want in asks:
        now += pause
        own, account, moments = ask(own, account, want, now)
        times += [max(moment, now) for moment in moments]
    assert most_in(times, window) <= pace * (window + 3 * BURST_MS) / 1000 + 1 + 1e-3
    assert most_in(times, window) <= rate * (window + LEAD_MS + 2 * BURST_MS) / 1000 + 1 + 1e-3


@given(st.floats(1, 500), st.integers(1, 40))
def test_who_asks_in_time_gets_the_whole_pace(pace: float, want: int) -> None:
    own, account, now, count = Own(pace), told(Bucket(), 1_000, NOW), NOW, 0
    for _ in range(300):
        own, account, moments = ask(own, account, want, now)
        count += len(moments)
        now += wait_ms(own, now) or 1.0
    assert count >= pace * (own.free_at - NOW) / 1000 - 1e-3


@given(PACES, st.integers(1, 40))
def test_a_slow_send_takes_of_the_account_only_what_it_mails_soon(pace: float, want: int) -> None:
    own, account, now = Own(pace), told(Bucket(), 500, NOW), NOW
    for _ in range(200):
        own, account, moments = ask(own, account, want, now)
        assert all(moment <= now + LEAD_MS + NEAR_MS for moment in moments)
        now += 50.0
    assert account.free_at <= now + LEAD_MS


def test_what_others_of_the_send_took_meanwhile_is_not_taken_again() -> None:
    own, account = Own(2), told(Bucket(), 500, NOW)
    first = take(account, 1, 1, Priority.NORMAL, NOW)
    for _ in range(3):
        own, moments = spaced(own, first.moments)
        assert moments
    assert spaced(own, first.moments) == (own, ())
    assert wait_ms(own, NOW) > 0


def test_mails_together_are_no_more_than_the_pace_takes() -> None:
    account = told(Bucket(), 500, NOW)
    assert at_once(account, NOW) == 125
    assert at_once(seen_at(account, 20), NOW) == Own(20).block == 5
    assert at_once(seen_at(account, 0.5), NOW) == Own(0.5).block == 1
    assert seen_at(account, None) == account


@pytest.mark.parametrize(("pace", "chunks"), [(0.1, 1), (5, 1), (10, 2), (100, 18), (1_000, 180)])
def test_no_more_chunks_are_nudged_than_the_pace_mails_until_the_next_round(pace: float, chunks: int) -> None:
    assert chunks_a_round(pace) == chunks


def test_a_send_without_a_pace_has_none() -> None:
    assert pace_of({}) is None
    assert pace_of({"pace": 20.0}) == 20.0
