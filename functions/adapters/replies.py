"""Answers in API Gateway's payload format 2.0, and what a supporter's request carries.

Light on imports: the redirect, the path where every millisecond is a reader's, uses it too.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]
Reply = dict[str, Any]

_PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}
# The smallest picture there is: one transparent pixel, 43 bytes.
PIXEL = b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_PIXEL_BODY = b64encode(PIXEL).decode()

_PLAIN = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
    "<title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
)
_GONE = {
    "nl": ("Deze link werkt niet", "Misschien is hij afgebroken door het mailprogramma. Probeer de link uit de mail nog eens."),
    "en": ("This link does not work", "The mail program may have cut it off. Try the link in the mail once more."),
    "fr": ("Ce lien ne fonctionne pas", "Le programme de messagerie l’a peut-être coupé. Essayez de nouveau le lien du courriel."),
}
_LATER = {
    "nl": ("Even geduld", "De link werkt nu niet. Probeer het over een minuut nog eens."),
    "en": ("One moment", "The link does not work right now. Try it once more in a minute."),
    "fr": ("Un instant", "Le lien ne fonctionne pas pour le moment. Réessayez dans une minute."),
}


@dataclass(frozen=True)
class Request:
    """One HTTP request as the supporters' Lambdas see it. `id` and `at_ms` are API Gateway's: a repeat carries the same."""

    id: str
    at_ms: int
    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    body: bytes = field(default=b"", repr=False)

    @property
    def user_agent(self) -> str:
        return self.headers.get("user-agent", "")

    def language(self, choices: tuple[str, ...]) -> str:
        """The first language of Accept-Language that is among the choices, else the first choice (RFC 9110 12.5.4)."""
        wanted: list[tuple[float, int, str]] = []
        for place, part in enumerate(self.headers.get("accept-language", "")[:200].split(",")):
            tag, _, weight = part.strip().partition(";q=")
            wanted.append((-_weight(weight), place, tag.split("-")[0].strip().lower()))
        return next((tag for weight, _, tag in sorted(wanted) if tag in choices and weight < 0), choices[0])


def _weight(text: str) -> float:
    try:
        return min(max(float(text or 1), 0.0), 1.0)
    except ValueError:
        return 0.0


def read_request(event: Event) -> Request:
    """Read an API Gateway HTTP API event. KeyError when it is none."""
    context = event["requestContext"]
    body = event.get("body") or ""
    return Request(
        id=context["requestId"],
        at_ms=int(context["timeEpoch"]),
        method=context["http"]["method"],
        path=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=b64decode(body) if event.get("isBase64Encoded") else body.encode(),
    )


def redirect(url: str) -> Reply:
    """302. The next site learns nothing of where the reader came from, and nobody keeps the answer."""
    return {"statusCode": 302, "headers": {"location": url, **_PRIVATE}, "body": ""}


def pixel() -> Reply:
    return {
        "statusCode": 200,
        "headers": {"content-type": "image/gif", **_PRIVATE},
        "body": _PIXEL_BODY,
        "isBase64Encoded": True,
    }


def gone(request: Request) -> Reply:
    """404: a link that is forged, cut short, of another kind, or of a key that was revoked. The page does not say which."""
    return _plain(404, _GONE, request)


def later(request: Request) -> Reply:
    """503: where the link leads could not be read just now."""
    reply = _plain(503, _LATER, request)
    reply["headers"]["retry-after"] = "60"
    return reply


def page(request: Request, status: int, html: str, headers: Mapping[str, str]) -> Reply:
    """An HTML page; to HEAD its headers alone."""
    return {"statusCode": status, "headers": dict(headers), "body": "" if request.method == "HEAD" else html}


def _plain(status: int, words: Mapping[str, tuple[str, str]], request: Request) -> Reply:
    language = request.language(tuple(words))
    title, text = words[language]
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        **_PRIVATE,
    }
    return page(request, status, _PLAIN.format(lang=language, title=title, text=text), headers)
