"""The cost meter sees every call of a send, by the rules that AWS bills by."""

import json
import subprocess
import sys

import pytest

from benchmarks import prices
from benchmarks.meter import _capacity, _item_bytes
from benchmarks.prices import Unit


def test_a_million_mails_cost_dollars_and_not_tens_of_them() -> None:
    # In a process of its own: there is one platform per process, and other tests keep theirs.
    run = "import json; from benchmarks import cost; print(json.dumps(cost.run(supporters=40, clicks=5)))"
    found = json.loads(
        subprocess.run([sys.executable, "-c", run], check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )
    bill = found["per_million_mails"]
    amounts = {(line["unit"], line["for"]): line["amount"] for line in bill["lines"]}
    assert amounts[Unit.WRITE, "messages PutItem"] == 1_000_000  # one claim each
    assert amounts[Unit.SNS, "SES's reports"] == 2_000_000  # Send and Delivery
    assert found["calls_per_mail"]["sesv2 SendEmail"] == 1
    assert 1 < bill["us-east-1"] < bill["eu-west-1"] < 60  # the true figure needs full chunks: `make bench`
    clicks = {(line["unit"], line["for"]): line["amount"] for line in found["per_million_clicks"]["lines"]}
    assert clicks[Unit.HTTP, "track"] == clicks[Unit.WRITE, "events PutItem"] == 1_000_000


@pytest.mark.parametrize(
    ("operation", "asked", "size", "units"),
    [
        ("GetItem", {"TableName": "messages", "ConsistentRead": True}, 4097, 2),
        ("GetItem", {"TableName": "messages"}, 400, 0.5),
        ("UpdateItem", {"TableName": "messages"}, 1025, 2),
        ("PutItem", {"TableName": "messages"}, 400, 2),  # one of them for its index
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "messages"}}]}, 400, 2),
        ("BatchGetItem", {"RequestItems": {"messages": {"Keys": [{}] * 3, "ConsistentRead": True}}}, 400, 3),
        ("Query", {"TableName": "messages", "ConsistentRead": True}, 400, 10),
    ],
)
def test_capacity_follows_the_developer_guide(operation: str, asked: dict[str, object], size: float, units: float) -> None:
    assert sum(use[2] for use in _capacity(operation, asked, {"ScannedCount": 100}, {"messages": size})) == units


def test_an_item_is_as_large_as_its_names_and_values() -> None:
    assert _item_bytes({"name": {"S": "Zoë"}, "n": {"N": "1234"}, "ok": {"BOOL": True}}) == 4 + 4 + 1 + 4 + 2 + 1


def test_every_unit_has_a_price_in_every_region() -> None:
    assert set(prices.PRICES) == set(Unit)
    assert all(price.of(region) > 0 for price in prices.PRICES.values() for region in prices.REGIONS)
