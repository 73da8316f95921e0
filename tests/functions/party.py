"""A small party, set up over its own API."""

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from local.client import Client, Reply
from local.platform import Platform

TOPICS = {
    "topics": [
        {"id": "climate", "code": "c", "names": {"nl": "Klimaat", "en": "Climate", "fr": "Climat"}},
        {"id": "care", "code": "z", "names": {"nl": "Zorg", "en": "Care", "fr": "Soins"}},
        {"id": "housing", "code": "w", "names": {"nl": "Wonen", "en": "Housing", "fr": "Logement"}},
    ]
}
LIST = {
    "names": {"nl": "Landelijk", "en": "National"},
    "sender_name": "Noor van Dam",
    "sender_address": "noor@partijvoormorgen.example",
    "reply_to": "noor@partijvoormorgen.example",
    "signature": {"nl": "Noor van Dam", "en": "Noor van Dam"},
}


def ok(reply: Reply, status: int = 200) -> Any:
    """The JSON of a reply that must have this status."""
    assert reply.status == status, (reply.status, reply.text)
    return reply.json()


def problem(reply: Reply, status: int) -> Any:
    """The problem document of a reply that must be one."""
    assert reply.status == status, (reply.status, reply.text)
    assert reply.headers["content-type"] == "application/problem+json"
    body = reply.json()
    assert body["status"] == status
    assert body["type"]
    assert body["title"]
    assert body["detail"]
    return body


def fields(reply: Reply, status: int = 422) -> set[str]:
    """The fields that a problem names."""
    return {error["field"] for error in problem(reply, status)["errors"]}


def block(topic: str = "climate", **text: Any) -> dict[str, Any]:
    words = {
        "title": f"Over {topic}",
        "text": "Dit is **ons** plan.",
        "button": "Lees meer",
        "url": f"https://party.example/{topic}",
    }
    return {"kind": "article", "topics": [topic], "texts": {language: {**words, **text} for language in ("nl", "en")}}


def edition(**changes: Any) -> dict[str, Any]:
    return {
        "name": "week-48",
        "list": "national",
        "languages": ["nl", "en"],
        "subject": {"nl": "Deze week", "en": "This week"},
        "preheader": {"nl": "Wat er speelt", "en": "What is going on"},
        "opening": {"nl": "Fijn dat je leest.", "en": "Good of you to read."},
        "entries": [{"block": "climate", "must": False}, {"block": "care", "must": False}, {"block": "housing", "must": False}],
        "show": 2,
        **changes,
    }


def set_up(staff: Client) -> None:
    """Topics, one list, three blocks."""
    ok(staff.put("/v1/topics", TOPICS))
    ok(staff.put("/v1/lists/national", LIST))
    for topic in ("climate", "care", "housing"):
        ok(staff.put(f"/v1/blocks/{topic}", block(topic)))


def an_edition(staff: Client, **changes: Any) -> str:
    made: str = ok(staff.post("/v1/editions", edition(**changes)), 201)["edition"]
    return made


def a_supporter(staff: Client, address: str = "jan@example.org", lists: tuple[str, ...] = ("national",), **more: Any) -> str:
    body = (
        {"address": address, "name": "Jan", "newsletter": {"lists": list(lists)}, **more} if lists else {"address": address, **more}
    )
    made: str = ok(staff.post("/v1/supporters", body))["supporter"]
    return made


def upload_csv(platform: Platform, staff: Client, asked: Any, csv: bytes | str) -> Any:
    """Upload the file of an import that was asked for, start it and wait; the import's status."""
    url = urlsplit(asked["upload_url"])
    connection = HTTPConnection(url.netloc)
    connection.request("PUT", f"{url.path}?{url.query}", csv, {"Content-Type": "text/csv"})
    assert connection.getresponse().status == 200
    connection.close()
    ok(staff.post(f"/v1/imports/{asked['import']}/start"), 202)
    platform.drain()
    return ok(staff.get(f"/v1/imports/{asked['import']}"))


def import_csv(platform: Platform, staff: Client, csv: bytes | str, source: str = "crm") -> Any:
    """Import a file and wait; the import's status."""
    reply = staff.post(f"/v1/imports?list=national&source={source}", csv, Content_Type="text/csv")
    import_id = ok(reply, 202)["import"]
    platform.drain()
    return ok(staff.get(f"/v1/imports/{import_id}"))
