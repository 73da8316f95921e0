"""What went wrong, for the person who called: problem documents (RFC 9457) that name the field and what would be right."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

CONTENT_TYPE = "application/problem+json"
_WORDS: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "timezone_aware": "must name its zone, as 2026-12-01T10:00:00+01:00 does",
    "bool_parsing": "must be true or false",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "string_unicode": "holds half a character (a lone surrogate)",
}
_PATTERNS: Mapping[str, str] = {
    "^[a-z0-9][a-z0-9-]{0,39}$": "must be lower-case letters, digits and hyphens, at most 40",
    "^[A-Za-z0-9_-]{8}$": "must be an id of 8 characters",
    "^[A-Za-z0-9_-]{16}$": "must be a picture's id, of 16 characters",
    "^[0-9A-Za-z]$": "must be one letter or digit",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$": "must be a time of day, from 00:00 to 23:59",
    "^[a-z0-9_]{1,40}$": "must be a name of lower-case letters, digits and _, at most 40",
    "^https://": "must begin with https://",
}
# What pydantic calls the members of "this or that" (a body, "any", a time): they are no fields.
_MEMBER = re.compile(r"[A-Z]\w*Body|literal\[.*\]|constrained-\w+|datetime")


@dataclass(frozen=True)
class FieldError:
    """A field as a path (`texts.nl.title`, `entries[2].block`) and what is wrong with it."""

    field: str
    reason: str


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it so
    """Ends a request with a problem document. `name` is stable, for programs; `detail` is for people."""

    def __init__(
        self, status: int, name: str, detail: str, errors: Iterable[FieldError] = (), more: Mapping[str, Any] | None = None
    ) -> None:
        """`more`: members of this problem's own, for programs (RFC 9457, 3.2)."""
        super().__init__(detail)
        self.status, self.name, self.detail, self.errors, self.more = status, name, detail, tuple(errors), more or {}


def not_found(what: str, id_: str) -> Problem:
    return Problem(404, "not-found", f"There is no {what} {id_!r}.")


def invalid(*errors: FieldError, detail: str = "Some fields are not right.") -> Problem:
    return Problem(422, "invalid-fields", detail, errors)


def field_error(field: str, reason: str) -> Problem:
    """One field that is not right by itself."""
    return refused(422, "invalid-fields", field, reason)


def refused(status: int, name: str, field: str, reason: str) -> Problem:
    """A problem of a type of its own that one field shows: with the body alone it cannot be seen."""
    return Problem(status, name, f"{field}: {reason}", (FieldError(field, reason),))


def changed_meanwhile(what: str) -> Problem:
    return Problem(409, "changed-meanwhile", f"Somebody else changed {what} at the same moment. Read it again, then repeat.")


def from_validation(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """What pydantic found, in the words of this API."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(400, "not-json", "The body is not valid JSON.", (FieldError("body", "must be JSON"),))
    found = dict.fromkeys(FieldError(_path(error["loc"]), _reason(error)) for error in errors)
    return invalid(*(error for error in found if not _told_within(error.field, found)))


def _told_within(field: str, found: Iterable[FieldError]) -> bool:
    """Whether a part of this field is named too: that says more ("window.from", and not as well that "any" were right)."""
    return any(other.field.startswith((f"{field}.", f"{field}[")) for other in found)


def _path(loc: Sequence[str | int]) -> str:
    """("body", "entries", 2, "block") -> "entries[2].block"."""
    if loc[0] == "header":  # Powertools knows headers in lower case
        return "-".join(word.capitalize() for word in str(loc[-1]).split("-"))
    path = ""
    for step in loc[1:] if len(loc) > 1 and loc[0] in ("body", "path", "query", "header") else loc:
        if step == "[key]" or (path and _MEMBER.fullmatch(str(step))):  # the name itself; a member of a union
            continue
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or "body"


def _reason(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "string_pattern_mismatch":
        pattern = error.get("ctx", {}).get("pattern", "")
        return _PATTERNS.get(pattern, f"must match {pattern}")
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind in ("too_short", "too_long"):
        least, most = error["ctx"].get("min_length"), error["ctx"].get("max_length")
        return f"must hold at least {least}" if kind == "too_short" else f"must hold at most {most}"
    return _WORDS.get(kind) or str(error["msg"]).replace("Input should", "should").replace("String should", "should")


def document(problem: Problem) -> dict[str, Any]:
    """The members of RFC 9457, and `errors` with one entry per field."""
    body: dict[str, Any] = {
        "type": f"urn:achterban:problem:{problem.name}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = [{"field": error.field, "reason": error.reason} for error in problem.errors]
    return {**body, **problem.more}


def answer(problem: Problem) -> Response[str]:
    return Response(problem.status, CONTENT_TYPE, json.dumps(document(problem), ensure_ascii=False))


def raw_answer(problem: Problem, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The same in the shape of API Gateway's payload 2.0."""
    return {
        "statusCode": problem.status,
        "headers": {"Content-Type": CONTENT_TYPE, **(headers or {})},
        "body": json.dumps(document(problem), ensure_ascii=False),
        "isBase64Encoded": False,
    }
