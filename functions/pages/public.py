"""What anybody may read: `/transparency`, a record of every send, and `/policy`, how the party uses data to choose."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from markupsafe import Markup

from functions.adapters import markdown
from functions.adapters.pages import TEMPLATES, Foreign, Voice, spoken
from functions.adapters.records import STARTER, Policy
from functions.adapters.replies import Reply, Request
from functions.adapters.site import Site
from functions.domain.ids import is_id

VERSION = re.compile(r"[0-9]{5}")
KEPT_S = 300  # records change only while a send is opened again


class Shelf(Protocol):
    def lines(self) -> list[dict[str, Any]]: ...
    def get(self, send: str) -> dict[str, Any] | None: ...
    def policies(self) -> list[Policy]: ...


def transparency(site: Site, shelf: Shelf, request: Request) -> Reply:
    """All records, or one, as a page or as JSON (`?format=json`)."""
    send = request.path.get("send")
    voice = site.voice(request, None)
    if send is None:
        lines = shelf.lines()
        subjects = {line["send"]: spoken(line["subject"], voice) for line in lines}
        if _wants_json(request):
            return _json(request, {"records": lines})
        return _page(site, request, voice, "records", lines=lines, subjects=subjects)
    record = shelf.get(send) if is_id(send) else None
    if record is None:
        return site.gone(request)
    if _wants_json(request):
        return _json(request, record)
    return _page(site, request, voice, "record", record=record, subject=spoken(record["subject"], voice))


def policy(site: Site, shelf: Shelf, request: Request) -> Reply:
    """The policy in force, or an earlier version: what a record names stays to be read."""
    versions = {found.version: found for found in [_starter(), *shelf.policies()]}
    asked = request.path.get("version", max(versions))
    if not VERSION.fullmatch(asked) or asked not in versions:
        return site.gone(request)
    voice, shown = site.voice(request, None), versions[asked]
    text = spoken(shown.texts, voice)
    return _page(
        site,
        request,
        voice,
        "policy",
        text=Markup(markdown.to_html(str.__str__(text))),  # noqa: S704 - our own sanitiser made it
        text_language=text.language if isinstance(text, Foreign) else voice.language,
        version=shown,
        since=_day(shown.since) if shown.since else "",
        others=sorted(versions.keys() - {asked}, reverse=True),
    )


@cache
def _starter() -> Policy:
    files = (TEMPLATES / "policy").glob("*.md")
    return Policy(STARTER, {file.stem: file.read_text("utf-8") for file in files}, 0)


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def _wants_json(request: Request) -> bool:
    return request.query.get("format") == "json"


def _page(site: Site, request: Request, voice: Voice, name: str, **values: Any) -> Reply:
    reply = site.reply(request, 200, site.pages.render(name, voice, **values))
    # Whoever keeps it for others has to know that it speaks the browser's language.
    shared = {"cache-control": f"public, max-age={KEPT_S}", "vary": "accept-language", "x-robots-tag": "all"}
    return {**reply, "headers": {**reply["headers"], **shared}}


def _json(request: Request, body: Mapping[str, Any]) -> Reply:
    """Anybody's program may read it, from any site."""
    headers = {
        "content-type": "application/json",
        "cache-control": f"public, max-age={KEPT_S}",
        "access-control-allow-origin": "*",
        "x-content-type-options": "nosniff",
    }
    return {"statusCode": 200, "headers": headers, "body": "" if request.method == "HEAD" else json.dumps(body, ensure_ascii=False)}
