"""The request at hand: who calls, and bodies that are not JSON."""

from base64 import b64decode
from contextvars import ContextVar
from typing import Any

from functions.staff_api.problems import FieldError, Problem
from functions.staff_api.roles import Actor, actor_of

CSV_TYPES = ("text/csv", "application/csv", "application/octet-stream", "application/vnd.ms-excel", "text/plain")
LARGEST_BODY = 4_500_000  # bytes: what is no text comes in base64, and a Lambda takes 6 MB with everything around it

event: ContextVar[dict[str, Any]] = ContextVar("event")


def caller() -> Actor:
    return actor_of(event.get())


def content_type() -> str:
    """The media type without parameters, in lower case."""
    headers = {name.lower(): value for name, value in event.get().get("headers", {}).items()}
    return str(headers.get("content-type", "")).split(";")[0].strip().lower()


def raw_body(largest: int = LARGEST_BODY, instead: str = "") -> bytes:
    """The body's bytes. Problem 413 when there are more than `largest`; `instead`: what to do then."""
    body = event.get().get("body") or ""
    raw = b64decode(body) if event.get().get("isBase64Encoded") else body.encode(errors="replace")
    if len(raw) > largest:
        reason = f"{len(raw):,} bytes are more than {largest:,}{instead and f'; {instead}'}"
        raise Problem(413, "too-large", f"The body is too large: {reason}.", (FieldError("body", reason),))
    return raw


def expect_json() -> None:
    """Problem 415 for a body in another media type. Powertools would take forms as well."""
    if event.get().get("body") and content_type() not in ("application/json", ""):
        error = FieldError("Content-Type", "must be application/json")
        raise Problem(415, "unsupported-media-type", "Send application/json.", (error,))


def is_csv() -> bool:
    return content_type() in CSV_TYPES
