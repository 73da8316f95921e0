"""From a finished journey, the tables and the bucket to facts. Reading only."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.adapters.events import from_item
from functions.adapters.items import Item
from functions.adapters.proof import record_of
from functions.domain.topic import Taxonomy
from local.demo.facts import Facts, Person, Row
from local.demo.journey import Journey


@dataclass(frozen=True)
class Taken:
    """What the API answered about both imports, and the addresses that were to be suppressed."""

    supporters: Mapping[str, Any]
    suppressions: Mapping[str, Any]
    suppressed_addresses: tuple[str, ...]


def gather(journey: Journey, taken: Taken, taxonomy: Taxonomy, titles: Mapping[str, Mapping[str, str]]) -> Facts:
    """All facts of a run. `titles`: block -> language -> title."""
    tables = journey.tables
    known = {send.send for send in journey.sends}
    counts = ("rows", "imported", "updated", "unchanged", "suppressed", "rejected")
    return Facts(
        imported={name: taken.supporters[name] for name in counts},
        rejections=dict(Counter(map(_reason, taken.supporters["rejections"])).most_common()),
        suppressions=taken.suppressions["added"],
        suppressed_addresses=taken.suppressed_addresses,
        sends=tuple(journey.sends),
        rows=tuple(row for row in map(_row, tables.scan("messages")) if row.send in known),
        editions={edition: tables.edition(edition, version) for edition, version in journey.versions.items()},
        people={item["supporter"]: _person(item) for item in tables.scan("supporters") if "address" in item},
        consents=tuple(map(record_of, tables.scan("consents"))),
        events=tuple(map(from_item, tables.scan("events"))),
        totals=_totals(tables.scan("totals")),
        posted=tuple(journey.posted),
        performed=tuple(journey.performed),
        tastes=journey.tastes,
        taxonomy=taxonomy,
        titles=titles,
        now=journey.platform.clock.now(),
        seed=journey.seed,
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


def _totals(items: Iterator[Item]) -> dict[tuple[str, int], int]:
    counted: Counter[tuple[str, int]] = Counter()
    for item in items:
        edition, _, n = item["link"].rpartition("#")
        if edition:  # else of a send: personal clicks are in the events
            counted[edition, int(n)] += item["clicks"]
    return dict(counted)
