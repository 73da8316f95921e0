"""Trigger: HTTP GET and HEAD on /c/{token}/{n}, /l/{edition}/{n} and /o/{token}.

Promise: the reader gets where the link leads, and the pixel is always a picture; recorded is only what consent covers at
this moment, once per request; a token that is not ours gets a plain 404 and leaves no trace.
Writes: one event, with one count for the send's report where consent covers that; or one count of a shared link.
On failure: recording fails silently for the reader and loudly in the log; only when the destination itself cannot be read
does the reader get "try again in a minute".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, keys
from functions.adapters.ceilings import Ceilings
from functions.adapters.events import Events
from functions.adapters.links import LinkTables
from functions.adapters.recipients import Recipients
from functions.adapters.replies import Reply, Request, later, pixel, read_request
from functions.adapters.settings import load
from functions.adapters.totals import Totals
from functions.track.step import Desk, follow, follow_shared, opened


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    catalogue_table: str
    messages_table: str
    sends_table: str
    events_table: str
    totals_table: str
    content_bucket: str
    keys_secret: str
    ceiling: str


@cache
def _settings() -> Settings:
    return load(Settings)


@cache
def _links() -> LinkTables:
    return LinkTables(aws.s3(), aws.hasty_s3(), _settings().content_bucket, _failed)


@cache
def _people() -> Recipients:
    s = _settings()
    return Recipients(aws.brief_dynamodb(), s.supporters_table, s.messages_table, s.sends_table)


@cache
def _ceilings() -> Ceilings:
    s = _settings()
    return Ceilings(aws.brief_dynamodb(), s.catalogue_table, s.ceiling)


def wiring() -> Desk:
    s = _settings()
    return Desk(
        links=_links(),
        people=_people(),
        events=Events(aws.brief_dynamodb(), s.events_table),
        totals=Totals(aws.hasty_dynamodb(), s.totals_table),
        keyring=keys.load(s.keys_secret).keyring,
        ceiling=_ceilings().or_nothing(lambda error: _failed("ceiling", error)),
        failed=_failed,
    )


ROUTES: Mapping[str, Callable[[Desk, Request], Reply]] = {"c": follow, "l": follow_shared, "o": opened}


def handle(event: dict[str, Any], context: Any) -> Reply:
    request = read_request(event)
    route = event["routeKey"].split("/")[1]
    try:
        return ROUTES[route](wiring(), request)
    except Exception as error:
        _failed(route, error)
        return pixel() if route == "o" else later(request)


def _failed(what: str, error: Exception) -> None:
    # The logger costs a cold start 37 ms, so it is imported by the first request that needs it.
    from functions.adapters.observability import logger

    logger("track").error("not recorded", extra={"what": what, "error": type(error).__name__}, exc_info=error)
