"""The figures of what is stored: right, without anybody in them, and silent about small groups."""

from typing import Any

from functions.adapters import aws
from functions.adapters.holdings import count_holdings
from functions.adapters.items import item
from local.client import Client
from local.platform import Platform
from tests.functions.party import ok, problem


def put(n: int, **more: Any) -> None:
    row = {
        "supporter": f"AAAAA{n:03d}",
        "state": "active",
        "address": f"p{n}@example.org",
        "created": 1,
        "updated": 1,
        "version": 1,
    }
    aws.dynamodb().put_item(TableName="supporters", Item=item({**row, **more}))


def test_it_counts_people_by_what_is_held_and_hides_groups_under_ten_and_all_but_so_few(
    empty_platform: Platform, staff: Client, staff_as: Any
) -> None:
    for n in range(25):
        grants = {"observed_interest": "g"} if n < 12 else {"declared_topics": "g"}
        region = {"region": {"value": "Utrecht", "source": "import"}}
        put(
            n,
            newsletter={"national": "n"},
            grants=grants,
            attributes=region if n < 3 else {},
            **({"clicks": {"c"}} if n < 20 else {}),
        )
    put(25, state="erased")
    told = ok(staff_as("auditor").get("/v1/data-protection"))
    assert (told["supporters"], told["erased"], told["exact"]) == (25, None, True)
    assert told["lists"] == [{"what": "national", "described": None, "people": 25, "basis": "newsletter"}]
    assert {each["what"]: each["people"] for each in told["purposes"]} == {"observed_interest": 12, "declared_topics": 13}
    stored = {each["what"]: (each["people"], each["basis"]) for each in told["stored"]}
    assert stored == {"attribute:region": (None, "newsletter"), "clicks": (None, "observed_interest")}
    assert "example.org" not in str(told)
    assert {each["what"]: each["days"] for each in told["kept"]}["events: clicks, opens, answers"] == 396
    problem(staff_as("editor", "sender").get("/v1/data-protection"), 403)


def test_of_a_large_table_it_counts_a_part_and_says_so(empty_platform: Platform) -> None:
    for n in range(40):
        put(n, attributes={f"a{k}": {"value": "x" * 200, "source": "import"} for k in range(150)})
    found = count_holdings(aws.dynamodb(), "supporters", pages=1)
    assert found.supporters < 40
    assert not found.exact
