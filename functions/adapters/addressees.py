"""To whom a mail that somebody asked for goes: by their id, or by an address that was typed."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.adapters.items import plain
from functions.domain.consent import SuppressionReason
from functions.domain.supporter import FormOfAddress, address_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READ = ("supporter", "address", "address_hash", "language", "form", "newsletter", "state")


@dataclass(frozen=True)
class Addressee:
    """A supporter with what a mail to them needs; `lists` are those they are on."""

    supporter: str
    address: str = field(repr=False)
    address_hash: str = field(repr=False)
    language: str
    form: FormOfAddress
    lists: frozenset[str]


class Addressees:
    """Single reads of `supporters`, `identities` and `suppressions`, all consistent."""

    def __init__(self, client: "DynamoDBClient", supporters: str, identities: str, suppressions: str, address_key: bytes) -> None:
        self._client, self._supporters, self._identities, self._suppressions = client, supporters, identities, suppressions
        self._key = address_key

    def hash(self, address: str) -> str:
        """The keyed hash of a normalised address."""
        return address_hash(self._key, address)

    def of(self, supporter: str) -> Addressee | None:
        """None for one who does not exist or was erased."""
        found = self._client.get_item(
            TableName=self._supporters,
            Key={"supporter": {"S": supporter}},
            ConsistentRead=True,
            ProjectionExpression=", ".join(f"#{name}" for name in _READ),
            ExpressionAttributeNames={f"#{name}": name for name in _READ},
        ).get("Item")
        stored = plain(found) if found else {}
        if not stored.get("address") or stored.get("state", "active") != "active":
            return None
        return Addressee(
            stored["supporter"],
            stored["address"],
            stored.get("address_hash", ""),
            stored.get("language", ""),
            FormOfAddress(stored.get("form", "informal")),
            frozenset(stored.get("newsletter", {})),
        )

    def at(self, hashed: str) -> Addressee | None:
        """Who has the address of this hash."""
        found = self._client.get_item(TableName=self._identities, Key={"identity": {"S": f"a#{hashed}"}}, ConsistentRead=True).get(
            "Item"
        )
        return self.of(found["supporter"]["S"]) if found else None

    def suppressed(self, hashed: str) -> SuppressionReason | None:
        """Why the address of this hash must not be mailed, or None."""
        found = self._client.get_item(TableName=self._suppressions, Key={"address_hash": {"S": hashed}}, ConsistentRead=True).get(
            "Item"
        )
        return SuppressionReason(found["reason"]["S"]) if found else None
