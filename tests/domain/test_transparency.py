from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import Selection
from functions.domain.transparency import COUNTED, FEW, Facts, record_of

DAY_MS = 86_400_000


def facts(**counts: int) -> Facts:
    return Facts(
        send="sendsend",
        party="Partij voor Morgen",
        mailing_list="national",
        subject={"nl": "Deze week"},
        began_at=0,
        ended_at=3 * DAY_MS,
        counts={f"{COUNTED}{name}": n for name, n in counts.items()} | {"delivered": sum(counts.values())},
        comparison=0.5,
        policy="00002",
        topics=("care", "climate"),
    )


def numbers(value: Any) -> list[int]:
    """Every whole number anywhere in a record."""
    if isinstance(value, dict):
        return [n for inner in value.values() for n in numbers(inner)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def test_a_mail_that_was_the_same_for_all_used_no_technique_and_no_data() -> None:
    record = record_of(facts(editorial=1_200))
    assert (record["targeted"], record["techniques"], record["data_categories"]) == (False, [], [])
    assert record["parameters"]["topics"] == []
    assert record["people"] == {"mailed": 1_200, "editorial": 1_200, "declared": 0, "observed": 0}


def test_choosing_by_clicks_names_technique_data_and_rules() -> None:
    record = record_of(facts(editorial=100, observed=40))
    assert record["targeted"]
    assert record["techniques"] == ["blocks_by_observed_interest"]
    assert record["data_categories"] == ["links_clicked", "topics_ticked"]
    assert record["parameters"]["ruleset"]
    assert record["period"] == {"from": "1970-01-01", "to": "1970-01-04"}


@given(st.dictionaries(st.sampled_from([s.value for s in Selection]), st.integers(0, 30)))
def test_no_group_of_fewer_than_ten_is_told_and_none_follows_by_subtraction(counts: dict[str, int]) -> None:
    people = record_of(facts(**counts))["people"]
    assert all(n == 0 or n >= 10 for n in numbers(people))
    shown = sum(n for name, n in people.items() if isinstance(n, int) and name != "mailed")
    assert people["mailed"] in (FEW, shown) or people["mailed"] - shown >= 10


def test_a_goal_is_told_without_its_owner() -> None:
    goal = {"metric": "clicks", "target": 100, "by": "2026-12-01", "owner": "anna@example.org"}
    told = record_of(Facts(**{**vars(facts(editorial=50)), "goal": goal}))["goal"]
    assert told == {"metric": "clicks", "target": 100, "by": "2026-12-01"}
