from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.hours import Hours, Timetable, ever_open, may_mail_at, next_opening, timetable_of, zone_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAYTIME = Hours.of({"from": "08:00", "to": "21:00"})
NIGHT = Hours.of({"from": "22:00", "to": "07:00"})

ZONES = st.sampled_from(
    [
        "Europe/Amsterdam",
        "America/New_York",
        "America/St_Johns",  # half an hour
        "Australia/Lord_Howe",  # summer time of half an hour
        "Pacific/Chatham",
        "Africa/Casablanca",  # back for Ramadan
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "UTC",
    ]
).map(ZoneInfo)
MINUTES = st.integers(0, 24 * 60 - 1)
HOURS = st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Hours(*pair))


def at(text: str, zone: ZoneInfo = AMSTERDAM) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


MOMENTS = st.one_of(
    st.integers(at("2025-01-01"), at("2035-12-31")),
    st.integers(at("2026-03-06"), at("2026-04-06")),  # clocks are changed on days close together
    st.integers(at("2026-10-02"), at("2026-11-03")),
)


@given(st.none() | HOURS, st.none() | HOURS, ZONES, MOMENTS)
def test_the_next_opening_is_the_first_moment_at_which_somebody_may_be_mailed(
    window: Hours | None, quiet: Hours | None, zone: ZoneInfo, now: int
) -> None:
    if not ever_open(window, quiet):
        with pytest.raises(ValueError, match="within the quiet hours"):
            next_opening(window, quiet, zone, 0)
        return
    opening = next_opening(window, quiet, zone, now)
    assert may_mail_at(window, quiet, zone, opening)
    minutes = range(now // 60 * 60 + 60, opening, 60)  # clocks and hours change on whole minutes
    assert not any(may_mail_at(window, quiet, zone, moment) for moment in (now, *minutes) if moment < opening)


@given(HOURS, ZONES, MOMENTS)
def test_a_window_is_read_on_the_supporters_own_clock(window: Hours, zone: ZoneInfo, now: int) -> None:
    local = datetime.fromtimestamp(now, zone)
    minute = local.hour * 60 + local.minute
    wanted = window.start <= minute < window.end or (window.start > window.end and not window.end <= minute < window.start)
    assert may_mail_at(window, None, zone, now) is wanted


@given(HOURS, HOURS)
def test_it_is_known_beforehand_whether_a_window_ever_opens(window: Hours, quiet: Hours) -> None:
    minutes = any(minute in window and minute not in quiet for minute in range(24 * 60))
    assert ever_open(window, quiet) is minutes


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-22T12:00", "2026-11-22T12:00"),
        ("2026-11-22T21:00", "2026-11-23T08:00"),  # the end is not part of the window
        ("2026-11-22T20:59:59", "2026-11-22T20:59:59"),
        ("2026-11-22T03:00", "2026-11-22T08:00"),
        ("2026-03-28T23:00", "2026-03-29T08:00"),  # a night of eleven hours
        ("2026-10-24T23:00", "2026-10-25T08:00"),  # one of thirteen
    ],
)
def test_who_sleeps_is_mailed_in_the_morning(now: str, opening: str) -> None:
    assert next_opening(DAYTIME, NIGHT, AMSTERDAM, at(now)) == at(opening)


def test_quiet_hours_end_when_the_clock_is_put_forward_over_their_end() -> None:
    quiet = Hours.of({"from": "23:00", "to": "02:30"})
    opening = next_opening(None, quiet, AMSTERDAM, at("2026-03-29T00:10"))
    assert opening == at("2026-03-29T03:00")  # from 2:00 the clock goes to 3:00


def test_a_window_that_the_night_of_summer_time_leaves_out_opens_the_next_day() -> None:
    window = Hours.of({"from": "02:10", "to": "02:50"})
    assert next_opening(window, None, AMSTERDAM, at("2026-03-29T00:00")) == at("2026-03-30T02:10")


def test_an_hour_that_comes_twice_counts_twice() -> None:
    window = Hours.of({"from": "02:00", "to": "02:30"})
    first = at("2026-10-25T02:00")
    assert next_opening(window, None, AMSTERDAM, first + 30 * 60) == first + 60 * 60


def test_one_moment_is_day_for_one_and_night_for_another() -> None:
    timetable = Timetable(DAYTIME, None, AMSTERDAM)
    noon = at("2026-11-22T12:00")
    assert timetable.opens("", noon) == timetable.opens("Europe/Amsterdam", noon) == 0
    assert timetable.opens("America/Curacao", noon) == at("2026-11-22T13:00")
    assert timetable.opens("Mars/Olympus", noon) == 0  # falls back on the party's own


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Amsterdam",
        "Europe/Amsterdm",
        "europe",
        "../etc/passwd",
        "Europe/../../x",
        "posix/UTC",
        "localtime",
        "America/Argentina",
    ],
)
def test_a_time_zone_is_an_iana_name(name: str) -> None:
    with pytest.raises(ValueError, match="such as Europe/Amsterdam"):
        zone_of(name)


@pytest.mark.parametrize("said", ["8:00", "24:00", "08:60", "0800", "ab:cd", "١٢:٠٠", "", 8, None])
def test_a_time_of_day_has_hours_and_minutes(said: object) -> None:
    with pytest.raises(ValueError, match="08:00"):
        Hours.of({"from": said, "to": "21:00"})


def test_hours_are_written_as_they_are_read() -> None:
    for said in ({"from": "08:00", "to": "21:00"}, {"from": "22:15", "to": "07:05"}):
        assert Hours.of(said).said() == said
    with pytest.raises(ValueError, match="at the same time"):
        Hours.of({"from": "08:00", "to": "08:00"})
    with pytest.raises(ValueError, match="is written"):
        Hours.of({"from": "08:00"})


def test_a_send_without_hours_mails_at_any_hour() -> None:
    assert timetable_of({}) is None
    assert timetable_of({"window": "any"}) is None
    assert timetable_of({"quiet": NIGHT.said(), "timezone": "Europe/Amsterdam"}) == Timetable(None, NIGHT, AMSTERDAM)
