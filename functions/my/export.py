"""Everything that is held about one, in one shape: for the page that shows it and for the file one takes along.

Times are epoch milliseconds, as stored. Who of the staff looked is not in it: when, and what they did. The party tells who,
when asked (GDPR art. 15 asks for recipients; CJEU C-579/21 does not give a right to the names of employees).
"""

import json
from collections.abc import Mapping
from typing import Any

from functions.adapters.held import Holding
from functions.adapters.items import Item
from functions.adapters.replies import Reply, Request
from functions.domain.click import expired
from functions.domain.interest import parse
from functions.domain.retention import LAST_OPEN_S
from functions.domain.selection import decode_picks
from functions.my.desk import Desk, Opened, opened

FORMAT = "achterban-export-1"
PROFILE = ("address", "name", "language", "form", "external_id")
SHOWN_ELSEWHERE = {
    *("attributes", "stage", "newsletter", "grants", "topics", "clicks", "tags", "opened_at", "muted", "sources", "imported")
}
REASONS = {"e": "order", "m": "must", "d": "declared", "o": "observed", "p": "popular", "x": "new"}


def export(desk: Desk, request: Request) -> Reply:
    """The file: a GET, for whoever holds a fresh link."""
    door = opened(desk, request)
    if not isinstance(door, Opened):
        return door
    body = json.dumps(everything(desk, door.standing.supporter, request.at_ms), ensure_ascii=False, indent=2)
    headers = {
        **desk.pages.headers,
        "content-type": "application/json; charset=utf-8",
        "content-disposition": 'attachment; filename="my-data.json"',
    }
    return {"statusCode": 200, "headers": headers, "body": body}


def everything(desk: Desk, supporter: str, now_ms: int) -> dict[str, Any]:
    """Plain JSON. What this version does not know by name is under `other`, so nothing stored is left out."""
    held = desk.held.of(supporter, [], now_ms // 1000)
    stored = held.supporter
    return {
        "format": FORMAT,
        "made_at": now_ms,
        "supporter": supporter,
        "profile": profile(stored),
        "lists": _plain(stored.get("newsletter", {})),
        "allowed": _plain(stored.get("grants", {})),
        "topics": sorted(stored.get("topics", ())),
        "muted": sorted(stored.get("muted", ())),
        "interests": _plain(stored.get("tags", [])),
        "clicks": [_click(desk, token) for token in sorted(stored.get("clicks", ())) if not expired(token, now_ms / 1000)],
        "last_opened": _last_open(stored, now_ms),
        "imported": _plain(stored.get("imported", {})),
        "known_as": [row["identity"].partition("#")[2] for row in held.identities],
        "consents": _plain(held.consents),
        "suppressions": _plain(held.suppressions),
        "messages": [_message(desk, row) for row in sorted(held.messages, key=lambda row: -row["at"])],
        "events": _plain(held.events),
        "looked_at": looked(held),
        "other": _plain({k: v for k, v in stored.items() if k not in {*PROFILE, *SHOWN_ELSEWHERE, "supporter"}}),
    }


def profile(stored: Item) -> dict[str, dict[str, str]]:
    """Each field with its value and where it came from: the supporter, an import, or staff."""
    own, rest = stored.get("sources", {}), "import" if stored.get("imported") else "staff"
    fields = {name: {"value": stored[name], "source": own.get(name, rest)} for name in PROFILE if stored.get(name)}
    fields |= {"stage": dict(stored["stage"])} if stored.get("stage") else {}
    return fields | {f"attr_{name}" if name in fields else name: dict(said) for name, said in stored.get("attributes", {}).items()}


def _last_open(stored: Item, now_ms: int) -> int | None:
    at: int | None = stored.get("opened_at")
    return at if at and at / 1000 > now_ms / 1000 - LAST_OPEN_S else None


def looked(held: Holding) -> list[dict[str, Any]]:
    """When staff looked at or changed the profile."""
    return [{"at": int(row["entry"].partition("#")[0]), "action": row["action"]} for row in held.looked]


def _click(desk: Desk, token: str) -> dict[str, Any]:
    click = parse(token)
    topic = desk.topics.taxonomy().by_code(click.topic) if click else None
    if click is None:
        return {"stored": token}
    return {"stored": token, "send": click.send, "topic": topic.id if topic else click.topic, "at_s": int(click.at_s)}


def _message(desk: Desk, row: Item) -> dict[str, Any]:
    send = str(row["chunk"]).partition("#")[0]
    blocks = desk.mailed.blocks(send, row.get("version", "")) if row.get("picks") else ()
    picks = decode_picks(row["picks"]) if row.get("picks") else ()
    chosen = [{"block": blocks[p.index], "reason": REASONS.get(p.reason, p.reason)} for p in picks if p.index < len(blocks)]
    return {"send": send, **_plain({k: v for k, v in row.items() if k != "supporter"}), "blocks": chosen}


def _plain(value: Any) -> Any:
    """As JSON can say it."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
