"""Amending a link of an edition that was sent: where its number leads from now on, in every mail that is out.

Two people: one proposes, another approves. Of the approved ones of a link, the latest counts; so an amendment is undone by
another. A history is a tuple in the order of proposing; every change gives a new one, and saying the same twice changes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from functions.domain.links import HOST, ascii_url, url_problem

MOST = 100  # amendments of one edition: its history is one item, of at most 400 KB (DynamoDB limit)
LONGEST = 2_000  # characters of an address


class AmendmentState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"  # by somebody else
    WITHDRAWN = "withdrawn"  # by who proposed it


@dataclass(frozen=True)
class Amendment:
    """Link `n` shall lead to `url`. `place` counts the approvals of this edition; 0 without one. Times are epoch ms."""

    id: str
    n: int
    url: str
    reason: str
    proposed_by: str
    proposed_at: int
    state: AmendmentState = AmendmentState.PROPOSED
    decided_by: str = ""
    decided_at: int = 0
    place: int = 0


History = tuple[Amendment, ...]


class NotAllowedError(ValueError):
    """A mail's link must not lead there; the message says why, in staff's words."""


class NotNowError(Exception):
    """It does not go with the state that the amendments are in; the message says why."""


class SamePersonError(Exception):
    """Who proposed it cannot approve it."""


def destination(url: str, original: str, allowed: Collection[str], own_host: str) -> str:
    """Where the link will lead: the address with the utm parameters of the link it replaces, unless it has its own.

    Back to the original is always allowed; else https, on one of the `allowed` domains or below one. Never `own_host`, where
    mails' own links lead: such a link could be somebody's personal one. NotAllowedError says what is not right.
    """
    if reason := url_problem(url):
        raise NotAllowedError(reason)
    try:
        made = with_utm_of(ascii_url(url), original)
    except ValueError:
        raise NotAllowedError("this is not a web address") from None
    if original in (url, made):
        return original
    if len(made) > LONGEST:
        raise NotAllowedError(f"an address has at most {LONGEST:,} characters")
    if reason := _wrong(made, allowed, own_host):
        raise NotAllowedError(reason)
    return made


def _wrong(url: str, allowed: Collection[str], own_host: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return "an address begins with https://"
    if _is_ip(host):
        return "an address names a host, not a number"
    if not HOST.fullmatch(host):  # a browser may read odd characters as the end of the host
        return "this is not the name of a host"
    try:
        if parts.port not in (None, 443):
            return "an address names no port"
    except ValueError:
        return "this is not a web address"
    if host == own_host:
        return "this is a link out of a mail, perhaps somebody's own: give the page where it leads"
    if not any(host == domain or host.endswith(f".{domain}") for domain in allowed):
        within = f"must be on {' or '.join(sorted(allowed))}, or below" if allowed else "no other domain is allowed here"
        return f"{within} (allowed_link_domains in templates/party.json), or be the original address; not on {host}"
    return None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()
    return True


def with_utm_of(url: str, original: str) -> str:
    """The address with the utm parameters that the original has; those it has already stay as staff wrote them."""
    parts = urlsplit(url)
    present = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    theirs = parse_qsl(urlsplit(original).query, keep_blank_values=True)
    added = urlencode([(key, value) for key, value in theirs if key.startswith("utm_") and key not in present])
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def leading(history: Sequence[Amendment]) -> dict[int, str]:
    """Link number -> where it leads by the latest approved amendment."""
    return {a.n: a.url for a in sorted(history, key=lambda a: a.place) if a.state is AmendmentState.APPROVED}


def changing(history: Sequence[Amendment], links: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By id: where the amendment's link led before it was approved, or leads now while it was not; and where it shall lead."""
    led = dict(enumerate(links))
    changed: dict[str, tuple[str, str]] = {}
    for amendment in sorted(history, key=lambda a: a.place or len(history) + 1):
        changed[amendment.id] = (led[amendment.n], amendment.url)
        if amendment.state is AmendmentState.APPROVED:
            led[amendment.n] = amendment.url
    return changed


def propose(history: History, wanted: Amendment, links: Sequence[str]) -> tuple[History, Amendment]:
    """The history with the proposal, and the amendment it is: the same one again while that is open or counts.

    NotNowError when the link leads there already, or there are too many.
    """
    leads = leading(history)
    for there in history:
        counts = there.state is AmendmentState.APPROVED and leads[there.n] == there.url
        if _same(there, wanted) and (there.state is AmendmentState.PROPOSED or counts):
            return history, there
    if leads.get(wanted.n, links[wanted.n]) == wanted.url:
        raise NotNowError(f"link {wanted.n} leads there already")
    if len(history) >= MOST:
        raise NotNowError(f"an edition's links are amended at most {MOST} times")
    return (*history, wanted), wanted


def _same(one: Amendment, other: Amendment) -> bool:
    return (one.n, one.url, one.reason) == (other.n, other.url, other.reason)


def approve(history: History, id_: str, by: str, at: int) -> tuple[History, Amendment]:
    """Make it count, by somebody else than who proposed it. Approving it again changes nothing."""

    def approved(amendment: Amendment) -> Amendment:
        if by == amendment.proposed_by:
            raise SamePersonError
        if amendment.state is AmendmentState.APPROVED:
            return amendment
        if amendment.state is not AmendmentState.PROPOSED:
            raise NotNowError(f"it is {amendment.state}: propose it again")
        return _decided(amendment, AmendmentState.APPROVED, by, at, 1 + max(a.place for a in history))

    return _changed(history, id_, approved)


def reject(history: History, id_: str, by: str, at: int) -> tuple[History, Amendment]:
    """Close it: withdrawn by who proposed it, rejected by anybody else. Closing it again changes nothing."""

    def closed(amendment: Amendment) -> Amendment:
        if amendment.state is AmendmentState.APPROVED:
            raise NotNowError("it is approved, and out: undo it by proposing the address of before")
        if amendment.state is not AmendmentState.PROPOSED:
            return amendment
        own = by == amendment.proposed_by
        return _decided(amendment, AmendmentState.WITHDRAWN if own else AmendmentState.REJECTED, by, at, 0)

    return _changed(history, id_, closed)


def _decided(amendment: Amendment, state: AmendmentState, by: str, at: int, place: int) -> Amendment:
    return replace(amendment, state=state, decided_by=by, decided_at=at, place=place)


def _changed(history: History, id_: str, change: Callable[[Amendment], Amendment]) -> tuple[History, Amendment]:
    """KeyError when there is no such amendment."""
    old = {amendment.id: amendment for amendment in history}[id_]
    new = change(old)
    return tuple(new if amendment is old else amendment for amendment in history), new


def to_json(history: History) -> dict[str, Any]:
    return {"amendments": [asdict(amendment) for amendment in history]}


def from_json(body: Mapping[str, Any]) -> History:
    return tuple(Amendment(**{**stored, "state": AmendmentState(stored["state"])}) for stored in body["amendments"])
