"""The links of an edition: one table, in which a number stands for a destination. No destination is ever in a mail's URL."""

import re
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from functions.domain.assembly import Link

SHELL = -1
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")  # a name in ASCII, no number


def url_problem(url: str) -> str | None:
    """Why a mail cannot lead to this address, or None."""
    if any(c.isspace() or not c.isprintable() for c in url):
        return "an address holds no spaces"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "this is not a web address"
    if parts.scheme not in ("http", "https"):
        return "an address begins with https:// or http://"
    if not host or "." not in host:
        return "this is not a web address"
    return "an address holds no user name or password" if "@" in parts.netloc else None


def with_utm(url: str, source: str, campaign: str, content: str) -> str:
    """The address with utm_source, utm_medium, utm_campaign and utm_content: nothing about the reader.

    Parameters that the address has already stay as staff wrote them.
    """
    parts = urlsplit(url)
    wanted = {"utm_source": source, "utm_medium": "email", "utm_campaign": campaign, "utm_content": content}
    present = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    added = urlencode({key: value for key, value in wanted.items() if key not in present})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def ascii_url(url: str) -> str:
    """The address as a Location header can carry it. ValueError when its host has no ASCII form."""
    parts = urlsplit(url)
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    path, query, fragment = (quote(part, safe="/?:@!$&'()*+,;=%~-._") for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


class LinkTable:
    """Gives each destination of a block (or of the shell) its number. One block's links have numbers next to each other.

    Picture, title and button of one block share a number when they lead to one place: a reader who clicks two of them
    showed interest once.
    """

    def __init__(self, source: str, campaign: str, utm: bool) -> None:
        self._source, self._campaign, self._utm = source, campaign, utm
        self._numbers: dict[Link, int] = {}

    def number(self, url: str, entry: int, content: str) -> int:
        """The number of this destination. ValueError with a plain reason when a mail cannot lead there."""
        if reason := url_problem(url):
            raise ValueError(reason)
        url = ascii_url(url)
        link = Link(with_utm(url, self._source, self._campaign, content) if self._utm else url, entry)
        return self._numbers.setdefault(link, len(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)

    def links(self) -> tuple[Link, ...]:
        return tuple(self._numbers)
