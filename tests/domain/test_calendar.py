"""Elections: what a calendar may say, the last month, silences, and which sends they hold."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.domain.calendar import (
    Calendar,
    NotACalendarError,
    ceiling_of,
    hold,
    is_personal,
)
from functions.domain.consent import Ceiling

HERE = ZoneInfo("Europe/Amsterdam")
COUNCIL: dict[str, Any] = {
    "name": "Council 2027",
    "country": "NL",
    "polling_days": ["2027-03-18", "2027-03-17"],
    "silence": [{"from": "2027-03-17T00:00", "to": "2027-03-18T21:00"}],
}
REMINDER = {"vote_reminder": True}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=HERE).timestamp() * 1000)


def read(*elections: Any) -> Calendar:
    return Calendar.from_json({"elections": list(elections)}, "Europe/Amsterdam")


def test_the_calendar_of_the_party_can_be_read() -> None:
    written = json.loads((Path(__file__).parents[2] / "templates/calendar.json").read_text(encoding="utf-8"))
    assert len(Calendar.from_json(written).elections) == len(written["elections"])


def test_the_last_month_begins_thirty_days_before_the_first_polling_day_and_ends_with_the_last() -> None:
    calendar = read(COUNCIL)
    (council,) = calendar.elections
    assert (council.last_month.start, council.last_month.end) == (at("2027-02-15T00:00"), at("2027-03-19T00:00"))
    assert calendar.last_month(at("2027-02-14T23:59")) is None
    assert calendar.last_month(at("2027-02-15T00:00")) is council
    assert calendar.last_month(at("2027-03-18T23:59")) is council
    assert calendar.last_month(at("2027-03-19T00:00")) is None


def test_a_send_that_runs_into_the_last_month_is_in_it() -> None:
    assert read(COUNCIL).last_month(at("2027-02-10T12:00"), at("2027-02-16T12:00"))
    assert not read(COUNCIL).last_month(at("2027-02-10T12:00"), at("2027-02-14T12:00"))


def test_a_day_has_twenty_three_hours_when_summer_time_begins() -> None:
    (spring,) = read({**COUNCIL, "polling_days": ["2027-03-28"], "silence": []}).elections
    assert spring.last_month.end - at("2027-03-28T00:00") == 23 * 3_600_000


def test_silence_holds_from_its_beginning_up_to_its_end_on_the_clock_of_the_country() -> None:
    calendar = read(COUNCIL)
    assert calendar.silence(at("2027-03-16T23:59")) is None
    assert calendar.silence(at("2027-03-17T00:00"))
    assert calendar.silence(at("2027-03-18T20:59"))
    assert calendar.silence(at("2027-03-18T21:00")) is None
    assert calendar.silence(at("2027-03-10T00:00"), at("2027-03-20T00:00"))
    assert str(calendar.silence(at("2027-03-17T10:00"))) == ("the silence of 'Council 2027', 2027-03-17 00:00 to 2027-03-18 21:00")


def test_an_election_can_have_its_own_clock_and_a_time_its_own_offset() -> None:
    lisbon = {**COUNCIL, "timezone": "Europe/Lisbon", "silence": [{"from": "2027-03-17T00:00+01:00", "to": "2027-03-18T20:00"}]}
    (period,) = read(lisbon).elections[0].silence
    assert (period.start, period.end) == (at("2027-03-17T00:00"), at("2027-03-18T21:00"))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "a calendar is written"),
        ({"elections": {}}, "a calendar is written"),
        ({"elections": ["2027"]}, "elections[0]: an election has"),
        ({"elections": [{**COUNCIL, "name": " "}]}, "elections[0].name: is text"),
        ({"elections": [{**COUNCIL, "day": "x"}]}, "elections[0].day: is not known here"),
        ({"elections": [{**COUNCIL, "polling_days": []}]}, "elections[0].polling_days: a list of days"),
        ({"elections": [{**COUNCIL, "polling_days": ["17 March"]}]}, "elections[0].polling_days[0]: '17 March' is not a day"),
        ({"elections": [{**COUNCIL, "timezone": "CET+1"}]}, "elections[0].timezone: unknown time zone"),
        ({"elections": [{**COUNCIL, "silence": [{"from": "2027-03-17"}]}]}, "elections[0].silence[0]: is written"),
        ({"elections": [{**COUNCIL, "silence": [{"from": "soon", "to": "2027-03-17"}]}]}, "silence[0].from: 'soon' is not a time"),
        ({"elections": [{**COUNCIL, "silence": [{"from": "2027-03-17", "to": "2027-03-16"}]}]}, "silence[0].to: must be after"),
        ({"elections": [{**COUNCIL, "silence": [{"from": "2027-03-17", "to": "2028-03-17"}]}]}, "by at most 31 days"),
    ],
)
def test_what_is_wrong_in_a_calendar_is_named_with_its_place(body: Any, named: str) -> None:
    with pytest.raises(NotACalendarError) as wrong:
        Calendar.from_json(body)
    assert named in str(wrong.value)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(NotACalendarError) as wrong:
        read({**COUNCIL, "name": ""}, {**COUNCIL, "polling_days": ["never"]})
    assert len(wrong.value.problems) == 2


def test_silence_holds_every_send_but_a_vote_reminder() -> None:
    calendar, now = read(COUNCIL), at("2027-03-17T10:00")
    for personal in (True, False):
        held = hold(calendar, {}, personal=personal, approved=True, now_ms=now)
        assert held
        assert not held.approval
        assert "Council 2027" in held.why
    assert hold(calendar, REMINDER, personal=False, approved=False, now_ms=now) is None


def test_the_last_month_holds_a_personalised_send_until_it_is_approved() -> None:
    calendar, now = read(COUNCIL), at("2027-03-01T10:00")
    held = hold(calendar, {}, personal=True, approved=False, now_ms=now)
    assert held
    assert held.approval
    assert hold(calendar, {}, personal=True, approved=True, now_ms=now) is None
    assert hold(calendar, {}, personal=False, approved=False, now_ms=now) is None
    assert hold(calendar, {}, personal=True, approved=False, now_ms=at("2027-01-01T10:00")) is None


def test_an_empty_calendar_holds_nothing() -> None:
    assert hold(Calendar(), {}, personal=True, approved=False, now_ms=at("2027-03-17T10:00")) is None


@pytest.mark.parametrize(
    ("audience", "comparison", "terms", "ceiling", "personal"),
    [
        ({"everyone": True}, 0.0, {}, Ceiling.OBSERVED, True),
        ({"everyone": True}, 0.5, {}, Ceiling.DECLARED, True),
        ({"everyone": True}, 1.0, {}, Ceiling.OBSERVED, False),
        ({"everyone": True}, 0.0, {}, Ceiling.EDITORIAL, False),
        ({"segment": "utrecht"}, 1.0, {}, Ceiling.EDITORIAL, True),
        ({"everyone": True}, 0.0, REMINDER, Ceiling.OBSERVED, False),
    ],
)
def test_a_send_is_personalised_when_it_may_select_blocks_or_people(
    audience: dict[str, Any], comparison: float, terms: dict[str, Any], ceiling: Ceiling, personal: bool
) -> None:
    assert is_personal(audience, comparison, terms, ceiling) is personal


@pytest.mark.parametrize("ceiling", Ceiling)
def test_a_vote_reminder_is_editorial_for_everybody_whatever_they_allow(ceiling: Ceiling) -> None:
    assert ceiling_of(REMINDER, ceiling) is Ceiling.EDITORIAL
    assert ceiling_of({}, ceiling) is ceiling
