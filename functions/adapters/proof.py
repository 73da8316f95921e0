"""A consent record as the table `consents` keeps it, whoever writes it: a page, an import, staff."""

from collections.abc import Mapping
from typing import Any

from functions.adapters.items import Item
from functions.domain.consent import Act, ConsentRecord, Purpose


def item_of(record: ConsentRecord) -> Item:
    """The plain item; records sort by time."""
    return {
        "supporter": record.supporter,
        "record": f"{record.at:013d}#{record.id}",
        "id": record.id,
        "purpose": record.purpose.value,
        "act": record.act.value,
        "list": record.list,
        "wording": record.wording,
        "wording_sha256": record.wording_sha256,
        "language": record.language,
        "source": record.source,
        "actor": record.actor,
        "at": record.at,
        "proof": dict(record.proof) or None,
    }


def record_of(item: Mapping[str, Any]) -> ConsentRecord:
    """The record in a plain item."""
    return ConsentRecord(
        id=item["id"],
        supporter=item["supporter"],
        purpose=Purpose(item["purpose"]),
        act=Act(item["act"]),
        at=int(item["at"]),
        wording=item["wording"],
        wording_sha256=item["wording_sha256"],
        language=item["language"],
        source=item["source"],
        actor=item["actor"],
        list=item.get("list"),
        proof=item.get("proof") or {},
    )
