"""Erasing one supporter. The first step is one transaction, and from then on nobody can find or mail them; all that follows
may be repeated and is, by whoever asks again and by `tend_sends`, until it is done.

1. In one transaction: the supporter's item becomes a tombstone, what they were known as goes, the keyed hashes of address and
   external id are suppressed, and the erasure is noted in the catalogue (kind `erasure`) as work to be done.
2. Their events go, the ledger's rows keep what totals need.
3. Some minutes later `tend_sends` does step 2 once more, for what was on its way, takes the columns of an import off the proof
   of consent (no Lambda that anybody can call may change proof), and strikes the note.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, item, plain, typed
from functions.adapters.messages import Messages
from functions.adapters.transactions import written
from functions.domain.consent import SuppressionReason
from functions.domain.erasure import PROOF, ROW, SWEEP_AFTER_MS, TOMBSTONE, Erased, receipt_of
from functions.domain.supporter import address_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KIND = "erasure"
ERASED = "erased"
ATTEMPTS = 6
_WAIT_S = 0.02


def external_hash(key: bytes, external_id: str) -> str:
    """Under which an external id is suppressed: a re-import with another address is the same person."""
    return address_hash(key, f"x#{external_id}")


class ConflictError(Exception):
    """Others kept changing this supporter, through all attempts."""


@dataclass(frozen=True)
class Tables:
    """Their names in this deployment."""

    supporters: str
    identities: str
    suppressions: str
    catalogue: str
    events: str
    messages: str


class Cleaning:
    """What follows the erasure itself. Needs no keys; `consents` for step 3 alone."""

    def __init__(self, client: "DynamoDBClient", catalogue: str, events: str, messages: str, consents: str = "") -> None:
        self._client, self._catalogue = client, catalogue
        self._events, self._messages, self._consents = events, messages, consents
        self._ledger = Messages(client, messages)

    def clean(self, supporter: str) -> None:
        """Step 2. Repeating it is safe."""
        for found in self._all(self._events, supporter, "supporter, event"):
            self._client.delete_item(TableName=self._events, Key=found)
        for row in self._ledger.of(supporter, expired=True):
            self._reduce(self._messages, row, ("chunk", "supporter"), ROW)

    def tend(self, now_ms: int) -> int:
        """Step 3, for every erasure that is old enough. Returns how many."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._catalogue,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": KIND}},
            ProjectionExpression="kind, id, updated",
        )
        due = [found for page in pages for found in page["Items"] if int(found["updated"]["N"]) <= now_ms - SWEEP_AFTER_MS]
        for found in due:
            self.clean(found["id"]["S"])
            for record in self._all(self._consents, found["id"]["S"]):
                self._reduce(self._consents, plain(record), ("supporter", "record"), PROOF)
            self._client.delete_item(TableName=self._catalogue, Key={"kind": found["kind"], "id": found["id"]})
        return len(due)

    def _reduce(self, table: str, row: Item, keys: tuple[str, ...], kept: frozenset[str]) -> None:
        """Take every other attribute away. An item that is gone meanwhile stays gone."""
        gone = sorted(row.keys() - kept)
        if not gone:
            return
        try:
            self._client.update_item(
                TableName=table,
                Key=item({key: row[key] for key in keys}),
                UpdateExpression="REMOVE " + ", ".join(f"#n{n}" for n in range(len(gone))),
                ConditionExpression="attribute_exists(#key)",
                ExpressionAttributeNames={"#key": keys[0], **{f"#n{n}": name for n, name in enumerate(gone)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _all(self, table: str, supporter: str, projection: str = "") -> list[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="supporter = :s",
            ExpressionAttributeValues={":s": {"S": supporter}},
            ConsistentRead=True,
            **({"ProjectionExpression": projection} if projection else {}),  # type: ignore[arg-type]
        )
        return [found for page in pages for found in page["Items"]]


class Erasing(Cleaning):
    """All of it."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, address_key: bytes) -> None:
        super().__init__(client, tables.catalogue, tables.events, tables.messages)
        self._tables, self._key = tables, address_key

    def receipt(self, supporter: str) -> str:
        """The number that an erasure of this supporter has, or will have."""
        return receipt_of(self._key, supporter)

    def erased(self, supporter: str) -> Erased | None:
        """The erasure of this supporter, if there was one."""
        found = self._read(supporter)
        return _erased(found) if found.get("state") == ERASED else None

    def erase(self, supporter: str, source: str, now_ms: int) -> Erased | None:
        """Erase them, or finish what an earlier attempt began. `source`: "supporter" or "staff".

        None: no such supporter. ConflictError when others kept writing; then nothing is done.
        """
        for attempt in range(ATTEMPTS):
            found = self._read(supporter)
            if not found:
                return None
            if found.get("state") == ERASED or self._bury(found, source, max(now_ms, found.get("updated", 0) + 1)):
                self.clean(supporter)
                return self.erased(supporter)
            time.sleep(_WAIT_S * 2**attempt)
        raise ConflictError(f"supporter {supporter}: changed {ATTEMPTS} times meanwhile")

    def _read(self, supporter: str) -> Item:
        found = self._client.get_item(TableName=self._tables.supporters, Key={"supporter": {"S": supporter}}, ConsistentRead=True)
        return plain(found["Item"]) if "Item" in found else {}

    def _bury(self, found: Item, source: str, at: int) -> bool:
        """Step 1. False when somebody wrote it since it was read."""
        writes = [self._tombstone(found, at), self._note(found["supporter"], at)]
        hashed, external = found.get("address_hash"), found.get("external_id")
        if hashed:
            writes += [self._unknown(f"a#{hashed}", found), self._suppress(hashed, source, at)]
        if external:
            writes += [self._unknown(f"x#{external}", found), self._suppress(external_hash(self._key, external), source, at)]
        return written(self._client, writes)

    def _tombstone(self, found: Item, at: int) -> Any:
        left = {name: value for name, value in found.items() if name in TOMBSTONE}
        receipt = self.receipt(found["supporter"])
        left |= {"state": ERASED, "erased_at": at, "receipt": receipt, "updated": at, "version": found.get("version", 0) + 1}
        return {
            "Put": {
                "TableName": self._tables.supporters,
                "Item": item(left),
                "ConditionExpression": "#version = :read AND #state <> :erased",
                "ExpressionAttributeNames": {"#version": "version", "#state": "state"},
                "ExpressionAttributeValues": {":read": typed(found.get("version", 0)), ":erased": typed(ERASED)},
            }
        }

    def _note(self, supporter: str, at: int) -> Any:
        """As work to be done: the id alone."""
        return self._set(self._tables.catalogue, {"kind": KIND, "id": supporter}, {"body": "{}", "updated": at, "version": 1})

    def _suppress(self, hashed: str, source: str, at: int) -> Any:
        """The first reason stays."""
        values = {"reason": SuppressionReason.ERASED.value, "at": at, "source": source}
        return self._set(self._tables.suppressions, {"address_hash": hashed}, values)

    def _set(self, table: str, key: Item, values: Item) -> Any:
        """What is not there yet."""
        return {
            "Update": {
                "TableName": table,
                "Key": item(key),
                "UpdateExpression": "SET " + ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in values),
                "ExpressionAttributeNames": {f"#{name}": name for name in values},
                "ExpressionAttributeValues": {f":{name}": typed(value) for name, value in values.items()},
            }
        }

    def _unknown(self, identity: str, found: Item) -> Any:
        return {
            "Delete": {
                "TableName": self._tables.identities,
                "Key": {"identity": {"S": identity}},
                "ConditionExpression": "attribute_not_exists(#identity) OR supporter = :s",
                "ExpressionAttributeNames": {"#identity": "identity"},
                "ExpressionAttributeValues": {":s": {"S": found["supporter"]}},
            }
        }


def _erased(found: Item) -> Erased:
    return Erased(found["supporter"], found.get("erased_at") or found["updated"], found.get("receipt", ""))
