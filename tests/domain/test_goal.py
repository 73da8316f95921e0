"""A goal is something our data can answer; the answer is the value when its day had passed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.domain.goal import Goal, Link, Standing, counted, goal_of, problems, standing, value

MONDAY = int(datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000
LINKS = (Link("petition", 8, 4), Link("petition", 0, 30), Link("rent", 12, 0), Link(None, 2, 1))
BLOCKS = ["petition", "rent", "quiet"]


def a_goal(metric: str = "delivered", target: int = 100, by: str = "2026-11-30") -> Goal:
    goal = goal_of({"goal": {"metric": metric, "target": target, "by": by, "owner": "Noor"}})
    assert goal
    return goal


def wrong(**stated: Any) -> dict[str, str]:
    return problems(a_goal(**stated), MONDAY, LINKS, BLOCKS)


def test_a_send_need_not_have_a_goal() -> None:
    assert goal_of({}) is None
    assert goal_of({"seed": {"people": 3}}) is None


@pytest.mark.parametrize("metric", ["delivered", "clicks", "clicks_on:petition", "clicks_on:rent", "clicks_on:3"])
def test_what_our_data_can_answer_may_be_a_goal(metric: str) -> None:
    assert wrong(metric=metric) == {}


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("opens", 'must be "delivered", "clicks"'),
        ("delivered:petition", 'must be "delivered", "clicks"'),
        ("clicks_on", 'must be "delivered", "clicks"'),
        ("clicks_on:", 'must be "delivered", "clicks"'),
        ("clicks_on:4", "no link 4: its links have the numbers 0 to 3"),
        ("clicks_on:doorbells", "no block 'doorbells': it has petition, rent, quiet"),
        ("clicks_on:quiet", "'quiet' has no link"),
    ],
)
def test_what_it_cannot_answer_is_refused_with_what_it_can(metric: str, reason: str) -> None:
    assert reason in wrong(metric=metric)["metric"]


def test_clicks_of_an_edition_without_links_cannot_be_a_goal() -> None:
    assert "no link" in problems(a_goal("clicks"), MONDAY, (), BLOCKS)["metric"]


def test_fewer_than_ten_clicks_cannot_be_a_goal_since_they_are_never_shown() -> None:
    assert "at least 10" in wrong(metric="clicks", target=9)["target"]
    assert wrong(metric="delivered", target=9) == {}


def test_the_day_is_not_before_the_send_nor_after_clicks_are_gone() -> None:
    assert wrong(by="2026-11-23") == {}
    assert "before the send begins (2026-11-23)" in wrong(by="2026-11-22")["by"]
    assert "within 13 months" in wrong(by="2028-01-01")["by"]


def test_deliveries_are_those_who_have_the_mail() -> None:
    assert value(a_goal(), {"delivered": 90, "complained": 2, "bounced": 5, "sent": 3}, ()) == 92


def test_clicks_count_as_far_as_they_may_be_shown() -> None:
    assert value(a_goal("clicks"), {}, LINKS) == 12 + 30 + (8 + 4 + 2 + 1)
    assert value(a_goal("clicks_on:petition"), {}, LINKS) == 30 + (8 + 4)
    assert value(a_goal("clicks_on:rent"), {}, LINKS) == 12
    assert value(a_goal("clicks_on:3"), {}, LINKS) == 0


def test_a_number_is_a_links_also_where_a_block_is_called_so() -> None:
    links = (Link("7"), Link("1"))
    assert counted(a_goal("clicks_on:1"), links) == [links[1]]
    assert counted(a_goal("clicks_on:7"), links) == []


def test_a_goal_is_open_until_its_day_has_passed() -> None:
    goal = a_goal(by="2026-11-23")
    assert goal.deadline_ms == MONDAY + 15 * 3_600_000
    assert standing(goal, 99, None, goal.deadline_ms - 1) is Standing.OPEN
    assert standing(goal, 100, None, MONDAY) is Standing.REACHED
    assert standing(goal, 99, None, goal.deadline_ms + 1) is Standing.OPEN  # it is noted within a minute


@pytest.mark.parametrize(
    ("noted", "now", "answer"), [(100, 98, Standing.REACHED), (99, 100, Standing.LATE), (99, 99, Standing.MISSED)]
)
def test_once_its_day_has_passed_the_value_of_then_answers(noted: int, now: int, answer: Standing) -> None:
    goal = a_goal()
    assert standing(goal, now, noted, goal.deadline_ms + DAY_MS) is answer
