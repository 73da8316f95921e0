"""From the tables and the bucket to facts, after the run. Reading only."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from functions.adapters.editions import Content
from functions.adapters.events import from_item
from functions.adapters.items import Item, plain
from functions.domain.assembly import CompiledEdition
from functions.domain.consent import Act, ConsentRecord, Purpose
from functions.domain.topic import Taxonomy
from local.demo.facts import Facts, Performed, Person, Posted, Row, SendFacts
from local.demo.supporters import Taste

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from local.aws import Clients


class Tables:
    """The platform's tables as plain items."""

    def __init__(self, aws: "Clients", bucket: str) -> None:
        self._dynamodb: DynamoDBClient = aws.dynamodb
        self._content = Content(aws.s3, bucket)

    def scan(self, table: str) -> Iterator[Item]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from (plain(found) for found in page["Items"])

    def planned(self, send: str) -> frozenset[str]:
        """The supporters frozen into the chunks of a send."""
        chunks = [chunk for chunk in self.scan("chunks") if chunk["send"] == send]
        return frozenset(supporter for chunk in chunks for supporter in self._content.chunk(chunk["key"]))

    def edition(self, edition: str, version: str) -> CompiledEdition:
        return self._content.edition(edition, version)


def gather(
    tables: Tables,
    *,
    imported: Mapping[str, Any],
    suppressed_addresses: Sequence[str],
    suppressions: int,
    sends: Sequence[SendFacts],
    versions: Mapping[str, str],
    posted: Sequence[Posted],
    performed: Sequence[Performed],
    tastes: Mapping[str, Taste],
    taxonomy: Taxonomy,
    titles: Mapping[str, Mapping[str, str]],
    now: float,
    seed: int,
) -> Facts:
    """All facts of a run. `imported` is the API's answer about the import; `versions`: edition -> the version that was sent."""
    known = {send.send for send in sends}
    return Facts(
        imported={name: imported[name] for name in ("rows", "imported", "updated", "unchanged", "suppressed", "rejected")},
        rejections=dict(Counter(_reason(rejection) for rejection in imported["rejections"]).most_common()),
        suppressions=suppressions,
        suppressed_addresses=tuple(suppressed_addresses),
        sends=tuple(sends),
        rows=tuple(row for row in map(_row, tables.scan("messages")) if row.send in known),
        editions={edition: tables.edition(edition, version) for edition, version in versions.items()},
        people={item["supporter"]: _person(item) for item in tables.scan("supporters") if "address" in item},
        consents=tuple(map(_record, tables.scan("consents"))),
        events=tuple(map(from_item, tables.scan("events"))),
        totals=_totals(tables.scan("totals")),
        posted=tuple(posted),
        performed=tuple(performed),
        tastes=tastes,
        taxonomy=taxonomy,
        titles=titles,
        now=now,
        seed=seed,
    )


def _reason(rejection: Mapping[str, Any]) -> str:
    """The column and the reason, without the number of another row, so that equal reasons count together."""
    column = f"{rejection['column']}: " if rejection["column"] else ""
    return column + re.sub(r"\brow \d+", "an earlier row", str(rejection["reason"]))


def _row(item: Item) -> Row:
    return Row(
        send=item["chunk"].partition("#")[0],
        supporter=item["supporter"],
        state=item["state"],
        reason=item.get("reason", ""),
        picks=item.get("picks", ""),
        selection=item.get("selection", ""),
        links=item.get("links", ""),
        pixel=item.get("pixel", False),
        arm=item.get("arm", ""),
        language=item.get("language", ""),
        form=item.get("form", ""),
        greeting=item.get("greeting", ""),
        at=item["at"],
    )


def _person(item: Item) -> Person:
    return Person(
        id=item["supporter"],
        address=item["address"],
        language=item["language"],
        grants=frozenset(item.get("grants", {})),
        topics=frozenset(item.get("topics", ())),
        tags=tuple(tag["topic"] for tag in item.get("tags") or ()),
    )


def _record(item: Item) -> ConsentRecord:
    return ConsentRecord(
        id=item["id"],
        supporter=item["supporter"],
        purpose=Purpose(item["purpose"]),
        act=Act(item["act"]),
        at=item["at"],
        wording=item["wording"],
        wording_sha256=item["wording_sha256"],
        language=item["language"],
        source=item["source"],
        actor=item["actor"],
        list=item.get("list"),
    )


def _totals(items: Iterator[Item]) -> dict[tuple[str, int], int]:
    counted: Counter[tuple[str, int]] = Counter()
    for item in items:
        edition, _, n = item["link"].rpartition("#")
        counted[edition, int(n)] += item["clicks"]
    return dict(counted)
