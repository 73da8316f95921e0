"""API Gateway's payload format 2.0: an HTTP request as a Lambda event, and the handler's answer as an HTTP response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from functions.adapters import clock
from local.aws import ACCOUNT
from local.routing import Match

API_ID = "local"
# API Gateway passes these as text; whatever else has a body comes in base64.
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Request:
    method: str
    target: str  # path and query as sent
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        return urlsplit(self.target).query

    def joined_headers(self) -> dict[str, str]:
        """Names in lower case, repeated ones joined with commas."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            low = name.lower()
            joined[low] = f"{joined[low]},{value}" if low in joined else value
        return joined


@dataclass(frozen=True)
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def event(request: Request, match: Match, claims: Mapping[str, str] | None) -> dict[str, Any]:
    """The event of an HTTP API with payload format 2.0. Absent parts are left out, as API Gateway does."""
    headers = request.joined_headers()
    cookies = headers.pop("cookie", "")
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.key,
        "rawPath": unquote(request.path),  # an HTTP API decodes the path, not the query
        "rawQueryString": request.query,
        "headers": {**headers, **_forwarded(request, headers)},
        "requestContext": _context(request, match, headers, claims),
        "isBase64Encoded": False,
    }
    if cookies:
        made["cookies"] = [part.strip() for part in cookies.split(";")]
    if query := _query(request.query):
        made["queryStringParameters"] = query
    if match.parameters:
        made["pathParameters"] = match.parameters
    if request.body:
        made |= _body(request.body, headers.get("content-type", ""))
    return made


def _context(request: Request, match: Match, headers: Mapping[str, str], claims: Mapping[str, str] | None) -> dict[str, Any]:
    now = clock.now()  # the platform's: it may run faster than life
    domain = headers.get("host", "127.0.0.1")
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": domain.partition(":")[0],
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": match.key,
        "stage": "$default",
        "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now * 1000),
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    return context


def _forwarded(request: Request, headers: Mapping[str, str]) -> dict[str, str]:
    before = headers.get("x-forwarded-for")
    port = headers.get("host", "").rpartition(":")[2]
    return {
        "x-forwarded-for": f"{before}, {request.source_ip}" if before else request.source_ip,
        "x-forwarded-port": port if port.isdigit() else "80",
        "x-forwarded-proto": "http",
    }


def _query(query: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith(_TEXT_TYPES) or kind.endswith(("+json", "+xml")):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def message(status: int, text: str) -> Response:
    """An answer of API Gateway itself."""
    return Response(status, [("Content-Type", "application/json")], json.dumps({"message": text}).encode())


INTERNAL_ERROR = message(500, "Internal Server Error")


def response(answer: Any) -> Response:
    """The HTTP response for a handler's answer; one without `statusCode` is the JSON body of a 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Response(200, [("Content-Type", "application/json")], text.encode())
    try:
        status = int(answer["statusCode"])
        headers = [(str(name), _header(value)) for name, value in (answer.get("headers") or {}).items()]
        body = _answer_body(answer.get("body"), bool(answer.get("isBase64Encoded")))
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return INTERNAL_ERROR
    headers += [("Set-Cookie", str(cookie)) for cookie in answer.get("cookies") or ()]
    if not _has(headers, "content-type"):
        headers.append(("Content-Type", "text/plain; charset=utf-8"))
    return Response(status, [(n, v) for n, v in headers if n.lower() != "content-length"], body)


def _answer_body(body: Any, encoded: bool) -> bytes:
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("body")
    return base64.b64decode(body, validate=True) if encoded else body.encode()


def _header(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (str, int, float)):
        raise TypeError("header")
    text = str(value)
    if "\n" in text or "\r" in text:
        raise ValueError("header")
    return text


def _has(headers: Iterable[tuple[str, str]], name: str) -> bool:
    return any(n.lower() == name for n, _ in headers)
