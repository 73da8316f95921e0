"""Pausing and fewer mails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.cap import DAY_MS, Cap, cap_of
from functions.domain.pausing import LONGEST_DAYS, RHYTHMS, WEEKS, PauseError, pause_until, paused, rhythm_of

NOW = 1_795_000_000_000  # 2026-11-18


def test_a_pause_holds_until_its_end_and_not_longer() -> None:
    until = pause_until("2", "", NOW)
    assert 14 * DAY_MS <= until - NOW < 15 * DAY_MS
    assert until % DAY_MS == 0
    assert pause_until("2", "", NOW + 1000) == until
    assert paused(until, NOW) and paused(until, until - 1)
    assert not paused(until, until)
    assert not paused(None, NOW)


def test_a_pause_until_a_day_ends_where_that_day_begins() -> None:
    assert pause_until("date", "2026-12-24", NOW) == 1_798_070_400_000


@pytest.mark.parametrize(
    ("how", "day", "reason"),
    [
        ("", "", "when"),
        ("3", "", "when"),
        ("date", "", "when"),
        ("date", "24-12-2026", "when"),
        ("date", "2026-02-30", "when"),
        ("never", "2026-12-24", "when"),
        ("date", "2026-11-01", "past"),
        ("date", "2029-01-01", "far"),
        ("date", "9999-12-31", "far"),
        ("date", "0001-01-01", "past"),
    ],
)
def test_what_is_no_time_to_pause_until_says_why(how: str, day: str, reason: str) -> None:
    with pytest.raises(PauseError, match=reason):
        pause_until(how, day, NOW)


@given(how=st.text(max_size=12), day=st.one_of(st.text(max_size=12), st.dates().map(str)))
def test_no_pause_is_in_the_past_or_without_an_end(how: str, day: str) -> None:
    try:
        until = pause_until(how, day, NOW)
    except PauseError:
        return
    assert NOW < until <= NOW + LONGEST_DAYS * DAY_MS


def test_a_weekly_mail_that_comes_a_little_early_is_not_one_too_many() -> None:
    week = RHYTHMS["week"]
    assert week is not None
    assert not week.reached([NOW - 7 * DAY_MS + 3_600_000], NOW)
    assert week.reached([NOW - 3 * DAY_MS], NOW)


def test_each_measure_is_found_again_as_it_is_stored() -> None:
    assert [rhythm_of(cap_of(cap.said() if cap else None)) for cap in RHYTHMS.values()] == list(RHYTHMS)
    assert rhythm_of(Cap(5, 9)) == "other"
    assert WEEKS == (1, 2, 4)
