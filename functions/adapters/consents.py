"""What a supporter allows, read and changed from their own pages: the proof and the current state in one transaction.

The version read is the condition of the write, so two pages open at once, or a page and an import, cannot mix.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, item, plain, typed
from functions.adapters.proof import item_of, record_of
from functions.adapters.transactions import written
from functions.domain.consent import Act, ConsentRecord, Consents, Purpose, SuppressionReason, fold
from functions.domain.supporter import FormOfAddress

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 6
_WAIT_S = 0.02
_READ = (
    "supporter",
    "language",
    "form",
    "newsletter",
    "grants",
    "topics",
    "address_hash",
    "version",
    "updated",
    "state",
    "too_young",
)
# What was learned under a purpose goes with it, in the same transaction.
_LEARNED = {
    Purpose.OBSERVED_INTEREST: ("clicks", "tags"),
    Purpose.DECLARED_TOPICS: ("topics",),
    Purpose.OPEN_PIXEL: ("opened_at",),
}

_ABSENT: tuple[Any, ...] = (None, frozenset())  # DynamoDB knows no empty set


@dataclass(frozen=True)
class Standing:
    """What a supporter allows now, and how to speak to them. Address, name and clicks are in it only where a page asks for
    them: `more` holds what of the item was asked for.
    """

    supporter: str
    language: str
    form: FormOfAddress
    consents: Consents
    topics: frozenset[str]
    address_hash: str = field(repr=False)
    version: int
    updated: int  # epoch ms
    more: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Change:
    """What to write: new records, the ticked topics (None: as they were), and whether the address is suppressed from now on.

    `put` are attributes of the supporter that are in `Standing.more` (None takes one away); `drop` are elements of its sets,
    to which others may add meanwhile. `also` are writes to other tables in the same transaction; their conditions are tried
    again with the rest.
    """

    records: Sequence[ConsentRecord] = ()
    topics: frozenset[str] | None = None
    suppress: SuppressionReason | None = None
    put: Mapping[str, Any] = field(default_factory=dict)
    drop: Mapping[str, frozenset[str]] = field(default_factory=dict)
    also: Sequence[Mapping[str, Any]] = ()


class ConflictError(Exception):
    """Others kept changing this supporter, through all attempts."""


class ConsentBook:
    """The tables `supporters`, `consents` and `suppressions`, as the supporter's own pages use them.

    `more`: attributes of a supporter to read besides, for `Standing.more`.
    """

    def __init__(
        self, client: "DynamoDBClient", supporters: str, consents: str, suppressions: str, more: Sequence[str] = ()
    ) -> None:
        self._client, self._supporters, self._consents, self._suppressions = client, supporters, consents, suppressions
        self._more = tuple(more)

    def standing(self, supporter: str) -> Standing | None:
        """Read consistently. None for one who does not exist or was erased."""
        names = dict.fromkeys((*_READ, *self._more))
        found = self._client.get_item(
            TableName=self._supporters,
            Key={"supporter": {"S": supporter}},
            ConsistentRead=True,
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={f"#{name}": name for name in names},
        ).get("Item")
        stored = plain(found) if found else {}
        return _standing(stored, self._more) if stored and stored.get("state", "active") == "active" else None

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
            if not change.records and not change.also and after.topics == standing.topics and after.more == standing.more:
                self._suppress(standing, change, moment)
                return standing
            if self._write(standing, after, change):
                return after
            time.sleep(_WAIT_S * 2**attempt)
        raise ConflictError(f"supporter {supporter}: changed {ATTEMPTS} times meanwhile")

    def create(self, who: Standing, change: Change, address: str) -> Standing | None:
        """Somebody new, in one transaction. None when a condition failed: somebody was faster."""
        after = _after(who, change, who.updated)
        new: Item = {
            **after.more,
            "supporter": who.supporter,
            "state": "active",
            "address": address,
            "address_hash": who.address_hash,
            "language": after.language,
            "form": after.form.value,
            "attributes": {},
            **_allowed(after),
            "created": after.updated,
        }
        put = {
            "TableName": self._supporters,
            "Item": item(new),
            "ConditionExpression": "attribute_not_exists(#supporter)",
            "ExpressionAttributeNames": {"#supporter": "supporter"},
        }
        return after if self._transact([{"Put": put}], change) else None

    def _suppress(self, standing: Standing, change: Change, now_ms: int) -> None:
        if change.suppress and standing.address_hash:
            self._client.update_item(**self._suppression(standing.address_hash, change.suppress, now_ms))

    def _write(self, before: Standing, after: Standing, change: Change) -> bool:
        writes: list[Any] = [{"Update": self._update(before, after, change)}]
        if change.suppress and before.address_hash:
            writes.append({"Update": self._suppression(before.address_hash, change.suppress, after.updated)})
        return self._transact(writes, change)

    def _transact(self, writes: list[Any], change: Change) -> bool:
        """With the records and what goes along. False when a condition failed or another transaction was on the same items."""
        along: list[Any] = [*({"Put": self._proof(record)} for record in change.records), *change.also]
        return written(self._client, [*writes, *along])

    def _update(self, before: Standing, after: Standing, change: Change) -> dict[str, Any]:
        learned = _learned(change.records)
        values: Item = {name: value for name, value in change.put.items() if value not in _ABSENT and name not in learned}
        values |= _allowed(after)
        removed = sorted(({*learned, *change.put} | ({"topics"} - values.keys())) - values.keys())
        dropped = {name: gone for name, gone in change.drop.items() if gone and name not in learned | values.keys()}
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        if dropped:
            expression += " DELETE " + ", ".join(f"#{name} :{name}" for name in dropped)
        return {
            "TableName": self._supporters,
            "Key": {"supporter": {"S": before.supporter}},
            "UpdateExpression": expression,
            "ConditionExpression": "#version = :read AND #state <> :erased",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *removed, *dropped, "state")},
            "ExpressionAttributeValues": {
                **{f":{name}": typed(value) for name, value in {**values, **dropped}.items()},
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


def _learned(records: Sequence[ConsentRecord]) -> set[str]:
    """The attributes that go with what was withdrawn."""
    return {name for record in records if record.act is not Act.GRANTED for name in _LEARNED.get(record.purpose, ())}


def consents_of(stored: Item) -> Consents:
    """The current state as the supporter item carries it. A purpose this version does not know grants nothing."""
    grants = stored.get("grants", {})
    granted = {purpose: grants[purpose] for purpose in Purpose if purpose in grants}
    return Consents(dict(stored.get("newsletter", {})), granted, stored.get("too_young") is True)


def _standing(stored: Item, more: Sequence[str]) -> Standing:
    return Standing(
        supporter=stored["supporter"],
        language=stored.get("language", ""),
        form=FormOfAddress(stored.get("form", "informal")),
        consents=consents_of(stored),
        topics=stored.get("topics", frozenset()),
        address_hash=stored.get("address_hash", ""),
        version=stored.get("version", 0),
        updated=stored.get("updated", 0),
        more={name: stored[name] for name in more if name in stored},
    )


def _allowed(after: Standing) -> Item:
    """What every change writes."""
    return {
        "newsletter": dict(after.consents.newsletter),
        "grants": {purpose.value: grant for purpose, grant in after.consents.grants.items()},
        "version": after.version,
        "updated": after.updated,
        **({"topics": after.topics} if after.topics else {}),
    }


def _after(before: Standing, change: Change, moment: int) -> Standing:
    consents = fold(change.records, before.consents)
    topics = before.topics if change.topics is None else change.topics
    if not consents.granted(Purpose.DECLARED_TOPICS):
        topics = frozenset()
    more = {**before.more, **change.put}
    more |= {name: more[name] - gone for name, gone in change.drop.items() if more.get(name)}
    learned = _learned(change.records)
    more = {name: value for name, value in more.items() if value not in _ABSENT and name not in learned}
    consents = replace(consents, young=more.get("too_young", consents.young))
    return replace(
        before,
        language=more.get("language", before.language),
        form=FormOfAddress(more.get("form", before.form)),
        consents=consents,
        topics=topics,
        version=before.version + 1,
        updated=moment,
        more=more,
    )
