"""Put people and a compiled edition on the platform without the staff API, for tests of what comes after it."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.adapters import keys
from functions.adapters.items import item, plain
from functions.adapters.sends import TENDED
from functions.domain.assembly import CompiledEdition
from functions.domain.supporter import address_hash
from local.platform import Platform

LIST = "landelijk"
REQUESTED_AT = 1_760_000_000_000


@dataclass(frozen=True)
class Stored:
    """What is on the platform, for a test to look at."""

    platform: Platform

    def put(self, table: str, plain_item: Mapping[str, Any]) -> None:
        self.platform.aws.dynamodb.put_item(TableName=os.environ[f"{table.upper()}_TABLE"], Item=item(plain_item))

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self.platform.aws.dynamodb.scan(TableName=os.environ[f"{table.upper()}_TABLE"], ConsistentRead=True)["Items"]
        return [plain(row) for row in found]

    def supporter(self, id_: str, *, lists: Iterable[str] = (LIST,), address: str = "", **fields: Any) -> str:
        """A supporter with newsletter consent; returns the address."""
        address = address or f"{id_.lower()}@example.org"
        hashed = address_hash(keys.load(os.environ["KEYS_SECRET"]).address_key, address)
        known = {
            "supporter": id_,
            "address": address,
            "address_hash": hashed,
            "language": "nl",
            "name": "Jan",
            "form": "informal",
            "newsletter": dict.fromkeys(lists, "grant001"),
            "grants": {},
            "created": 0,
            "updated": 0,
            "version": 1,
            "state": "active",
        }
        self.put("supporters", known | fields)
        return address

    def suppress(self, address: str, reason: str = "unsubscribed") -> None:
        hashed = address_hash(keys.load(os.environ["KEYS_SECRET"]).address_key, address)
        self.put("suppressions", {"address_hash": hashed, "reason": reason, "at": 0, "source": "test"})

    def edition(self, compiled: CompiledEdition) -> None:
        key = f"editions/{compiled.edition}/{compiled.version}.json"
        self.platform.aws.s3.put_object(Bucket=os.environ["CONTENT_BUCKET"], Key=key, Body=compiled.to_bytes())

    def send(self, compiled: CompiledEdition, id_: str = "sendsend", **fields: Any) -> str:
        """A send as the staff API leaves it, and its first nudge."""
        asked = {
            "send": id_,
            "edition": compiled.edition,
            "edition_version": compiled.version,
            "list": compiled.list,
            "state": "requested",
            "body_hash": "",
            "audience": {"everyone": True},
            "requested_by": "test",
            "requested_at": REQUESTED_AT,
            "tended": TENDED,
        }
        self.put("sends", asked | fields)
        self.platform.send_message("plan", {"send": id_, "part": 0})
        return id_
