"""What a supporter allows, read and changed from their own pages: the proof and the current state in one transaction.

The version read is the condition of the write, so two pages open at once, or a page and an import, cannot mix.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.items import Item, item, plain, typed
from functions.adapters.proof import item_of, record_of
from functions.domain.consent import Act, ConsentRecord, Consents, Purpose, SuppressionReason, fold
from functions.domain.supporter import FormOfAddress

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 6
_WAIT_S = 0.02
_READ = ("supporter", "language", "form", "newsletter", "grants", "topics", "address_hash", "version", "updated", "state")
# What was learned under a purpose goes with it, in the same transaction.
_LEARNED = {Purpose.OBSERVED_INTEREST: ("clicks", "tags"), Purpose.DECLARED_TOPICS: ("topics",)}


@dataclass(frozen=True)
class Standing:
    """What a supporter allows now, and how to speak to them. No address, no name: a page needs neither."""

    supporter: str
    language: str
    form: FormOfAddress
    consents: Consents
    topics: frozenset[str]
    address_hash: str = field(repr=False)
    version: int
    updated: int  # epoch ms


@dataclass(frozen=True)
class Change:
    """What to write: new records, the ticked topics (None: as they were), and whether the address is suppressed from now on."""

    records: Sequence[ConsentRecord] = ()
    topics: frozenset[str] | None = None
    suppress: SuppressionReason | None = None


class ConflictError(Exception):
    """Others kept changing this supporter, through all attempts."""


class ConsentBook:
    """The tables `supporters`, `consents` and `suppressions`, as the supporter's own pages use them."""

    def __init__(self, client: "DynamoDBClient", supporters: str, consents: str, suppressions: str) -> None:
        self._client, self._supporters, self._consents, self._suppressions = client, supporters, consents, suppressions

    def standing(self, supporter: str) -> Standing | None:
        """Read consistently. None for one who does not exist or was erased."""
        found = self._client.get_item(
            TableName=self._supporters,
            Key={"supporter": {"S": supporter}},
            ConsistentRead=True,
            ProjectionExpression=", ".join(f"#{name}" for name in _READ),
            ExpressionAttributeNames={f"#{name}": name for name in _READ},
        ).get("Item")
        stored = plain(found) if found else {}
        return _standing(stored) if stored and stored.get("state", "active") == "active" else None

    def records(self, supporter: str) -> list[ConsentRecord]:
        """The proof, oldest first, read consistently."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._consents,
            KeyConditionExpression="supporter = :s",
            ExpressionAttributeValues={":s": {"S": supporter}},
            ConsistentRead=True,
        )
        return [record_of(plain(found)) for page in pages for found in page["Items"]]

    def change(self, supporter: str, decide: Callable[[Standing, int], Change], now_ms: int) -> Standing | None:
        """Read, decide, write; again when somebody else wrote in between. Returns the state after it.

        `decide` gets the moment of the change too: later than any before it, so that the records in order of time give the
        state, whoever's clock is ahead. It may be called more than once. A change of nothing writes nothing.
        None: no such supporter. ConflictError after all attempts.
        """
        for attempt in range(ATTEMPTS):
            standing = self.standing(supporter)
            if standing is None:
                return None
            moment = max(now_ms, standing.updated + 1)
            change = decide(standing, moment)
            after = _after(standing, change, moment)
            if not change.records and after.topics == standing.topics:
                self._suppress(standing, change, moment)
                return standing
            if self._write(standing, after, change):
                return after
            time.sleep(_WAIT_S * 2**attempt)
        raise ConflictError(f"supporter {supporter}: changed {ATTEMPTS} times meanwhile")

    def _suppress(self, standing: Standing, change: Change, now_ms: int) -> None:
        if change.suppress and standing.address_hash:
            self._client.update_item(**self._suppression(standing.address_hash, change.suppress, now_ms))

    def _write(self, before: Standing, after: Standing, change: Change) -> bool:
        writes: list[Any] = [{"Update": self._update(before, after, change.records)}]
        writes += [{"Put": self._proof(record)} for record in change.records]
        if change.suppress and before.address_hash:
            writes.append({"Update": self._suppression(before.address_hash, change.suppress, after.updated)})
        try:
            self._client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        return True

    def _update(self, before: Standing, after: Standing, records: Sequence[ConsentRecord]) -> dict[str, Any]:
        values: Item = {
            "newsletter": dict(after.consents.newsletter),
            "grants": {purpose.value: grant for purpose, grant in after.consents.grants.items()},
            "version": after.version,
            "updated": after.updated,
        }
        ended = {record.purpose for record in records if record.act is not Act.GRANTED}
        remove = {name for purpose in ended for name in _LEARNED.get(purpose, ())}
        if after.topics:
            values["topics"] = after.topics
        else:
            remove.add("topics")  # DynamoDB knows no empty set
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if removed := sorted(remove - values.keys()):
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        return {
            "TableName": self._supporters,
            "Key": {"supporter": {"S": before.supporter}},
            "UpdateExpression": expression,
            "ConditionExpression": "#version = :read AND #state <> :erased",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *removed, "state")},
            "ExpressionAttributeValues": {
                **{f":{name}": typed(value) for name, value in values.items()},
                ":read": typed(before.version),
                ":erased": typed("erased"),
            },
        }

    def _proof(self, record: ConsentRecord) -> dict[str, Any]:
        return {
            "TableName": self._consents,
            "Item": item(item_of(record)),
            "ConditionExpression": "attribute_not_exists(#record)",
            "ExpressionAttributeNames": {"#record": "record"},
        }

    def _suppression(self, address_hash: str, reason: SuppressionReason, now_ms: int) -> dict[str, Any]:
        values = {"reason": reason.value, "at": now_ms, "source": "supporter"}
        return {
            "TableName": self._suppressions,
            "Key": {"address_hash": {"S": address_hash}},
            # The first reason stays.
            "UpdateExpression": "SET " + ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in values),
            "ExpressionAttributeNames": {f"#{name}": name for name in values},
            "ExpressionAttributeValues": {f":{name}": typed(value) for name, value in values.items()},
        }


def consents_of(stored: Item) -> Consents:
    """The current state as the supporter item carries it. A purpose this version does not know grants nothing."""
    grants = stored.get("grants", {})
    return Consents(dict(stored.get("newsletter", {})), {purpose: grants[purpose] for purpose in Purpose if purpose in grants})


def _standing(stored: Item) -> Standing:
    return Standing(
        supporter=stored["supporter"],
        language=stored.get("language", ""),
        form=FormOfAddress(stored.get("form", "informal")),
        consents=consents_of(stored),
        topics=stored.get("topics", frozenset()),
        address_hash=stored.get("address_hash", ""),
        version=stored.get("version", 0),
        updated=stored.get("updated", 0),
    )


def _after(before: Standing, change: Change, moment: int) -> Standing:
    consents = fold(change.records, before.consents)
    topics = before.topics if change.topics is None else change.topics
    if not consents.granted(Purpose.DECLARED_TOPICS):
        topics = frozenset()
    return replace(before, consents=consents, topics=topics, version=before.version + 1, updated=moment)
