"""The API's own description, OpenAPI 3.1: what Powertools reads from the routes, and what it cannot know."""

import inspect
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions.staff_api.app import ROUTERS, app
from functions.staff_api.models import ImportBody, SuppressionsBody
from functions.staff_api.problems import CONTENT_TYPE
from functions.staff_api.request import CSV_TYPES
from functions.staff_api.roles import ACCESS, Role

Json = dict[str, Any]
ABOUT = """What a party's staff and their programs do, over HTTP.

Every route needs a bearer token (a JWT) whose claims name the caller (`sub`) and their roles (`cognito:groups` or `roles`):
**editor** writes content, **sender** sends, **auditor** reads reports and the audit log, **admin** may do everything.

Whatever goes wrong is a problem document (RFC 9457) that names the fields. Requests may be repeated: a PUT of what is there
changes nothing, a send is found by its `Idempotency-Key`. A body that was read can be put back; its `version` must still hold.
Times are epoch milliseconds.
"""
_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:achterban:problem:invalid-fields"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {"field": {"type": "string", "examples": ["entries[2].block"]}, "reason": {"type": "string"}},
            },
        },
        "offers": {
            "description": "With over-quota: ways that fit. Ask again with the `spread` of one (and its `start_at`, if any).",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["spread", "days", "why"],
                "properties": {
                    "spread": {"type": "object", "examples": [{"per_day": 45000}]},
                    "days": {"type": "integer"},
                    "why": {"type": "string"},
                    "start_at": {"type": "integer", "description": "Epoch ms: nothing is left before."},
                },
            },
        },
    },
}
_STATUSES = {
    "400": "The body cannot be read",
    "401": "No bearer token, or not a valid one",
    "403": "A role is missing, or another person is needed; the answer says so",
    "404": "There is no such thing",
    "405": "The path does not answer this method",
    "409": "It does not go with what is there now",
    "413": "The body is too large",
    "415": "Another media type is needed",
    "422": "Fields are not right; the answer names them",
}
_IMPORT_CSV = "e-mail;naam;taal;regio;toestemming_op\nnoor@example.org;Noor;nl;Utrecht;2025-03-01\n"
_SUPPRESSIONS_CSV = "address,reason\nsomebody@example.org,unsubscribed\n"


@cache
def description() -> Json:
    """The whole document."""
    text = app().get_openapi_json_schema(
        title="Achterban staff API",
        version="1",
        description=ABOUT,
        security_schemes={"token": HTTPBearer(description="A JWT of the deployment's identity provider.", bearerFormat="JWT")},
        security=[{"token": []}],
    )
    spec: Json = json.loads(text)
    schemas = spec["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    problem = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    meanings = {f"Problem{status}": {"description": meaning, "content": problem} for status, meaning in _STATUSES.items()}
    # Without a valid token API Gateway answers by itself, in words of its own.
    meanings["Problem401"]["content"] = {**problem, "application/json": {"schema": {"type": "object"}}}
    spec["components"]["responses"] = meanings
    spec["paths"] = {path: spec["paths"][path] for path in dict.fromkeys(route.split(" ")[1] for route in ACCESS)}
    promises = {name: inspect.getdoc(made) for module in ROUTERS for name, made in vars(module).items() if inspect.isfunction(made)}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete(operation, f"{method.upper()} {path}", promises)
    _bodies(spec["paths"])
    return spec


def _complete(operation: Json, route: str, promises: Mapping[str, str | None]) -> None:
    roles = sorted(ACCESS[route] | {Role.ADMIN})
    method, path = route.lower().split(" ")
    operation["x-roles"] = roles
    operation["operationId"] = operation["operationId"].removesuffix("_" + re.sub(r"\W", "_", f"{path[1:]}_{method}"))
    promise = promises.get(operation["operationId"]) or ""
    operation["description"] = f"{promise}\n\nRole: {' or '.join(roles)}.".strip()
    operation["responses"] |= {status: {"$ref": f"#/components/responses/Problem{status}"} for status in _STATUSES}
    if route.endswith("{send}/report"):
        operation["responses"]["200"]["content"] = {"text/html": {"schema": {"type": "string"}}}
    if route.endswith("/preview"):
        kinds = {"text/html": "string", "text/plain": "string", "application/json": "object"}
        operation["responses"]["200"]["content"] = {media: {"schema": {"type": kind}} for media, kind in kinds.items()}


def _bodies(paths: Json) -> None:
    """Request bodies that are not JSON models."""
    ask_upload, none_exist = ImportBody.model_json_schema(), SuppressionsBody.model_json_schema()
    paths["/v1/imports"]["post"]["requestBody"] = {"required": True, "content": _csv_or(_IMPORT_CSV, ask_upload)}
    suppressions = paths["/v1/suppressions/imports"]["post"]
    suppressions["requestBody"] = {"required": True, "content": _csv_or(_SUPPRESSIONS_CSV, none_exist)}
    picture = {"schema": {"type": "string", "format": "binary"}}
    paths["/v1/pictures"]["post"]["requestBody"] = {"required": True, "content": {"image/*": picture}}


def _csv_or(example: str, body: Json) -> Json:
    return {CSV_TYPES[0]: {"schema": {"type": "string"}, "example": example}, "application/json": {"schema": body}}
