"""What is due when, and which topics are no subject matter."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from functions.domain.calendar import Calendar
from functions.domain.consent import Selection
from functions.domain.duties import ASSESSMENT_DAYS, due_at, hours_left, reminder
from functions.domain.neutral import added, fingerprint, not_neutral
from functions.domain.segment import CATEGORIES as MOST
from functions.domain.topic import Taxonomy, Topic
from functions.domain.transparency import CATEGORIES

HERE = ZoneInfo("Europe/Amsterdam")
ELECTION = {"name": "Council", "country": "NL", "polling_days": ["2027-03-17"]}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=HERE).timestamp() * 1000)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23T09:00", "2026-12-04T00:00"),  # a Monday: until the end of Thursday of the week after
        ("2026-11-27T18:00", "2026-12-10T00:00"),  # a Friday: the first working day is Monday
        ("2026-11-28T09:00", "2026-12-10T00:00"),  # a Saturday, the same
    ],
)
def test_a_question_is_due_at_the_end_of_the_eighth_working_day(received: str, due: str) -> None:
    assert due_at(at(received), Calendar(), HERE) == at(due)


def test_in_the_last_month_before_an_election_a_question_is_due_within_48_hours() -> None:
    calendar = Calendar.from_json({"elections": [ELECTION]}, "Europe/Amsterdam")
    assert due_at(at("2027-02-15T00:00"), calendar, HERE) == at("2027-02-17T00:00")
    assert due_at(at("2027-02-14T23:00"), calendar, HERE) == at("2027-02-25T00:00")


def test_the_hours_left_fall_below_zero_when_it_is_late() -> None:
    assert hours_left(at("2027-02-17T00:00"), at("2027-02-16T21:30")) == 2
    assert hours_left(at("2027-02-17T00:00"), at("2027-02-17T00:01")) == -1


def test_the_risk_assessment_is_due_a_year_after_the_last_one() -> None:
    today = date(2026, 11, 22)
    assert reminder(date(2025, 11, 22), today).warning is None
    assert reminder(date(2025, 11, 22), today).days_left == 0
    late = reminder(date(2025, 11, 21), today)
    assert late.warning
    assert late.days_left == -1
    assert f"{ASSESSMENT_DAYS + 1} days ago" in late.warning
    assert reminder(None, today).warning


@pytest.mark.parametrize(
    ("id_", "name"),
    [
        ("moslims", "Moslims"),
        ("group-1", "Religion"),
        ("group-1", "État de santé"),
        ("group-1", "Patiënten"),
        ("group-1", "Homo's"),
        ("union-members", "Members"),
        ("left-wing", "Left"),
        ("group-1", "Our likely voters"),
        ("persona-3", "Young families"),
        ("group-1", "Électeurs indécis"),
    ],
)
def test_a_topic_that_says_what_people_are_is_refused(id_: str, name: str) -> None:
    reason = not_neutral(Topic(id_, "x", {"nl": "Iets", "en": name}))
    assert reason
    assert id_ in reason


@pytest.mark.parametrize(
    "name",
    [
        "Care",
        "Zorg",
        "Gezondheidszorg",
        "Health",
        "Santé",
        "Freedom of religion",
        "Migration",
        "LGBT rights",
        "Trade unions",
        "Race to zero",
    ],
)
def test_a_subject_of_policy_is_allowed(name: str) -> None:
    assert not_neutral(Topic("subject", "x", {"nl": name})) is None


def test_the_topics_of_the_demo_and_of_any_party_so_far_stay() -> None:
    old = Taxonomy((Topic("religion", "r", {"en": "Religion"}),))
    assert added(old, old) == []
    assert added(Taxonomy((*old.topics, Topic("care", "c"))), old) == [Topic("care", "c")]


def test_a_sign_off_is_bound_to_every_name_and_the_order_of_languages_does_not_matter() -> None:
    one = Taxonomy((Topic("care", "c", {"nl": "Zorg", "en": "Care"}),))
    assert fingerprint(one) == fingerprint(Taxonomy((Topic("care", "c", {"en": "Care", "nl": "Zorg"}),)))
    assert fingerprint(one) != fingerprint(Taxonomy((Topic("care", "c", {"nl": "Zorg", "en": "Health care"}),)))


def test_no_selection_of_blocks_uses_more_categories_of_data_than_a_segment_may() -> None:
    assert {selection for selection, used in CATEGORIES.items() if used} <= set(Selection)
    assert max(len(used) for used in CATEGORIES.values()) == 2
    assert MOST == 5
