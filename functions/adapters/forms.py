"""What a browser or a mail program posts: urlencoded or multipart (RFC 8058 allows both), never more than a page's worth."""

from collections.abc import Mapping, Sequence
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qs

from functions.adapters.replies import Request

LIMIT = 16_384  # bytes; the longest form here has some hundreds

Fields = Mapping[str, Sequence[str]]


def fields(request: Request) -> Fields:
    """The posted fields, each with all its values. What is too long, or no form, has none."""
    if len(request.body) > LIMIT:
        return {}
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        return _multipart(content_type, request.body)
    try:
        return parse_qs(request.body.decode(), max_num_fields=200)
    except ValueError:
        return {}


def one(form: Fields, name: str) -> str:
    """The first value of a field, or ""."""
    return next(iter(form.get(name, ())), "")


def _multipart(content_type: str, body: bytes) -> Fields:
    head = b"Content-Type: " + " ".join(content_type.split()).encode("latin-1", "replace") + b"\r\n\r\n"
    found: dict[str, list[str]] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found.setdefault(name, []).append(content.decode("utf-8", "replace").strip())
    return found
