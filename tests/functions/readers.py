"""A small world for what supporters touch: one edition that was sent, and as many readers as a test wants."""

import json
import os
import secrets
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions.adapters import clock, keys
from functions.adapters.events import to_item
from functions.adapters.items import item, plain
from functions.adapters.totals import Done, Totals
from functions.domain.assembly import CompiledEdition, CompiledEntry, Link
from functions.domain.consent import Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.ids import from_bytes
from functions.domain.tokens import Power, sign_message, sign_page
from local.platform import Platform

PAYLOADS = Path(__file__).parents[1] / "payloads"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# Every consent there is, as `Reader.observed` names its grants.
EVERY_GRANT = {purpose.value: f"g-{purpose}" for purpose in Purpose if purpose is not Purpose.NEWSLETTER}
TOPICS = (("climate", "k", "Klimaat"), ("care", "z", "Zorg"), ("housing", "w", "Wonen"), ("europe", "e", "Europa"))
ENTRIES = (("k",), ("z",), ("w", "k"), (), ("e",))  # topic codes per block
PICKS = "0e.1e.2e.3e"  # the fifth block was not in the mail
SHELL = 5  # the number of the link that belongs to no block


def payload(name: str) -> Any:
    """A documented AWS payload from tests/payloads/."""
    read = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    del read["_source"]
    return read


def an_id() -> str:
    return from_bytes(secrets.token_bytes(6))


@dataclass
class World:
    """An edition of a list, sent once. Build with `world(platform)`."""

    platform: Platform
    edition: str = field(default_factory=an_id)
    send: str = field(default_factory=an_id)
    list_code: str = field(default_factory=an_id)
    list_id: str = field(default_factory=lambda: f"list-{secrets.token_hex(4)}")

    def reader(self, supporter: str | None = None, *, grants: Mapping[str, str] | None = None, **more: Any) -> "Reader":
        """A supporter on the list, mailed an hour ago. `grants`: purpose -> record id."""
        reader = Reader(self, supporter or an_id())
        now = int(clock.now() * 1000)
        self.put(
            "supporters",
            {
                "supporter": reader.id,
                "state": "active",
                "address": f"{reader.id.lower()}@example.org",
                "address_hash": f"hash-of-{reader.id}",
                "language": "nl",
                "form": "informal",
                "name": "Sam",
                "attributes": {},
                "newsletter": {self.list_id: "n1"},
                "grants": dict(grants or {}),
                "created": now,
                "updated": now,
                "version": 1,
                **more,
            },
        )
        reader.message(delivered_at=now - 3_600_000)
        return reader

    def put(self, table: str, values: Mapping[str, Any]) -> None:
        self.platform.aws.dynamodb.put_item(TableName=table, Item=item(values))

    def get(self, table: str, key: Mapping[str, str]) -> dict[str, Any]:
        found = self.platform.aws.dynamodb.get_item(TableName=table, Key=item(key), ConsistentRead=True).get("Item")
        return plain(found) if found else {}

    def query(self, table: str, key: str, value: str) -> list[dict[str, Any]]:
        found = self.platform.aws.dynamodb.query(
            TableName=table,
            KeyConditionExpression="#k = :v",
            ExpressionAttributeNames={"#k": key},
            ExpressionAttributeValues={":v": {"S": value}},
            ConsistentRead=True,
        )
        return [plain(each) for each in found["Items"]]

    def clicks_on(self, n: int) -> int:
        return sum(int(shard["clicks"]) for shard in self.query("totals", "link", f"{self.edition}#{n}"))

    @property
    def done(self) -> Done:
        """What was counted for the send's report."""
        return Totals(self.platform.aws.dynamodb, "totals").of_send(self.send)


@dataclass
class Reader:
    world: World
    id: str

    @property
    def token(self) -> str:
        return sign_message(ring(), self.world.send, 0, self.id)

    def page(self, power: Power) -> str:
        return f"/{power}/{sign_page(ring(), power, self.id, self.world.list_code, self.world.send)}"

    @property
    def choices(self) -> str:
        return self.page(Power.CHOICES)

    @property
    def unsubscribe(self) -> str:
        return self.page(Power.UNSUBSCRIBE)

    def link(self, n: int) -> str:
        return f"/c/{self.token}/{n}"

    def message(self, **more: Any) -> None:
        now = int(clock.now() * 1000)
        row = {"chunk": f"{self.world.send}#00000", "supporter": self.id, "state": "sent", "at": now, "picks": PICKS, **more}
        self.world.put("messages", {**row, "expires": now // 1000 + 86_400})

    def observed(self, *purposes: str, request: str = "r1", grant: str = "g") -> None:
        """An event of this reader, under `<grant>-<purpose>` for each purpose."""
        event = Event(
            supporter=self.id,
            id=request,
            kind=EventKind.CLICKED,
            send=self.world.send,
            chunk=0,
            edition=self.world.edition,
            at=int(clock.now() * 1000),
            verdict=Verdict.MACHINE,
            grants={Purpose(purpose): f"{grant}-{purpose}" for purpose in purposes},
        )
        self.world.put("events", to_item(event))

    @property
    def row(self) -> dict[str, Any]:
        return self.world.get("messages", {"chunk": f"{self.world.send}#00000", "supporter": self.id})

    @property
    def stored(self) -> dict[str, Any]:
        return self.world.get("supporters", {"supporter": self.id})

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.world.query("events", "supporter", self.id)

    @property
    def records(self) -> list[dict[str, Any]]:
        return self.world.query("consents", "supporter", self.id)

    @property
    def suppression(self) -> dict[str, Any]:
        return self.world.get("suppressions", {"address_hash": f"hash-of-{self.id}"})


def ring() -> Any:
    return keys.load(os.environ["KEYS_SECRET"]).keyring


def world(platform: Platform) -> World:
    """Put topics, list, edition and send where the Lambdas find them."""
    made = World(platform)
    topics = {"topics": [{"id": t, "code": c, "names": {"nl": name}} for t, c, name in TOPICS]}
    mailing_list = {
        "id": made.list_id,
        "code": made.list_code,
        "names": {"nl": "Landelijk nieuws", "en": "National news"},
        "sender_name": "Noor",
        "sender_address": "noor@example.org",
        "reply_to": "noor@example.org",
    }
    made.put("catalogue", {"kind": "topics", "id": "topics", "body": json.dumps(topics), "version": 1, "updated": 1})
    made.put("catalogue", {"kind": "list", "id": made.list_id, "body": json.dumps(mailing_list), "version": 1, "updated": 1})
    made.put(
        "sends",
        {
            "send": made.send,
            "edition": made.edition,
            "edition_version": "v1",
            "list": made.list_id,
            "state": "sending",
            "audience": {"everyone": True},
            "requested_at": int(clock.now() * 1000),
        },
    )
    for name in ("v1", "sent"):
        platform.aws.s3.put_object(
            Bucket=platform.resources.bucket, Key=f"editions/{made.edition}/{name}.json", Body=_compiled(made).to_bytes()
        )
    return made


def _compiled(made: World) -> CompiledEdition:
    entries = tuple(CompiledEntry(f"block-{i}", codes, 0.05, False, (i, i + 1)) for i, codes in enumerate(ENTRIES))
    links = tuple(Link(f"https://party.example/{i}?topic=café", i) for i in range(len(ENTRIES)))
    return CompiledEdition(
        edition=made.edition,
        version="v1",
        name="week-1",
        list=made.list_id,
        list_code=made.list_code,
        sender_name="Noor",
        sender_address="noor@example.org",
        reply_to="noor@example.org",
        show=4,
        links=(*links, Link("https://party.example/", -1)),
        entries=entries,
        languages={},
        max_bytes=0,
    )


def http_event(route: str, path: Mapping[str, str], *, request: str = "request-1", **more: Any) -> dict[str, Any]:
    """An API Gateway event; `more` goes into its requestContext."""
    event: dict[str, Any] = deepcopy(payload("apigateway_v2"))
    event["routeKey"] = event["requestContext"]["routeKey"] = route
    event["requestContext"]["http"]["method"] = route.split()[0]
    event["requestContext"] |= {"requestId": request, "timeEpoch": int(clock.now() * 1000), **more}
    event["pathParameters"] = dict(path)
    return event
