from typing import Any

import pytest

from functions.domain.cap import Cap
from functions.domain.habits import Habits, problems, settled
from functions.domain.hours import Hours

QUIET = {"from": "22:00", "to": "07:00"}
CAP = {"mails": 3, "days": 7}
WINDOW = {"from": "08:00", "to": "21:00"}
STRICT = Habits("Europe/Amsterdam", Hours.of(QUIET), Cap.of(CAP))


def test_a_party_says_its_time_zone_quiet_hours_and_cap() -> None:
    assert Habits.from_json({"timezone": "Europe/Amsterdam", "quiet_hours": QUIET, "frequency_cap": CAP}) == STRICT
    assert Habits.from_json({"timezone": "Europe/Brussels", "quiet_hours": None, "frequency_cap": None}) == Habits(
        "Europe/Brussels"
    )
    assert Habits.from_json({}) == Habits("UTC")


@pytest.mark.parametrize(
    "said",
    [
        {"timezone": "Amsterdam"},
        {"timezone": 1},
        {"quiet_hours": {"from": "22:00"}},
        {"quiet_hours": "22-07"},
        {"frequency_cap": {"mails": 3}},
    ],
)
def test_what_a_party_says_wrong_is_named(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="timezone, quiet_hours or frequency_cap"):
        Habits.from_json(said)


def test_a_send_keeps_the_partys_own_where_it_says_nothing() -> None:
    assert settled({}, STRICT) == {"quiet": QUIET, "timezone": "Europe/Amsterdam", "cap": CAP}
    own = {"window": WINDOW, "cap": {"mails": 1, "days": 1}}
    assert settled(own, STRICT) == {**own, "quiet": QUIET, "timezone": "Europe/Amsterdam"}


def test_an_urgent_send_that_must_reach_everybody_says_so() -> None:
    assert settled({"window": "any", "cap": "none"}, STRICT) == {"window": "any", "cap": "none"}


def test_a_party_without_habits_adds_nothing() -> None:
    assert settled({"priority": "high"}, Habits("Europe/Amsterdam")) == {"priority": "high"}
    assert settled({"window": WINDOW}, Habits("Europe/Amsterdam")) == {"window": WINDOW, "timezone": "Europe/Amsterdam"}


def test_a_window_within_the_quiet_hours_would_mail_nobody() -> None:
    (found,) = problems({"window": {"from": "23:00", "to": "06:00"}}, STRICT)
    assert (found.field, "22:00 to 07:00" in found.reason) == ("window", True)
    assert not problems({"window": {"from": "06:00", "to": "07:30"}}, STRICT)
    assert not problems({"window": {"from": "23:00", "to": "06:00"}}, Habits())
    assert not problems({"window": "any"}, STRICT)
    assert not problems({}, STRICT)
    assert [p.field for p in problems({"window": {"from": "08:00", "to": "08:00"}}, STRICT)] == ["window"]
