"""What is stored of how many people, and on which consent: counted over the supporters, for whoever must account for it.

Of a table too large to read while somebody waits, the first pages stand for all: supporters lie in it by the hash of a random id.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from functions.adapters.items import Item, plain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGES = 20  # of the scan, at most 1 MB each
# What a supporter's item may hold of them, by the name the report gives it. Names and addresses are not read.
PARTS = {
    "stage": "their stage: sympathiser, member, volunteer, ambassador",
    "topics": "topics they chose",
    "clicks": "clicks that interests are derived from",
    "tags": "interests derived from clicks",
    "opened_at": "when they last opened a mail",
    "muted": "topics they do not want derived",
    "paused_until": "a pause they asked for",
    "at_most": "fewer mails, as they asked",
    "too_young": "that they said they are too young",
    "external_id": "their number in the party's own records",
}


@dataclass(frozen=True)
class Holdings:
    """People by what is held of them. `exact`: all were counted. An attribute is `attribute:<name>`."""

    supporters: int = 0
    erased: int = 0
    lists: Mapping[str, int] = field(default_factory=dict)
    purposes: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    exact: bool = True


def count_holdings(client: "DynamoDBClient", table: str, pages: int = PAGES) -> Holdings:
    """Read at most so many pages of the table."""
    names = ("state", "newsletter", "grants", "attributes", *PARTS)
    found = client.get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression=", ".join(f"#{name}" for name in names),
        ExpressionAttributeNames={f"#{name}": name for name in names},
    )
    counted: Counter[str] = Counter()
    lists: Counter[str] = Counter()
    purposes: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    exact = True
    for page in islice(found, pages):
        exact = "LastEvaluatedKey" not in page
        for row in map(plain, page["Items"]):
            active = row.get("state", "active") == "active"
            counted["active" if active else "erased"] += 1
            if active:
                lists.update(row.get("newsletter", {}).keys())
                purposes.update(row.get("grants", {}).keys())
                parts.update(_parts(row))
    return Holdings(counted["active"], counted["erased"], dict(lists), dict(purposes), dict(parts), exact)


def _parts(row: Item) -> list[str]:
    return [name for name in PARTS if row.get(name)] + [f"attribute:{name}" for name in row.get("attributes", {})]
