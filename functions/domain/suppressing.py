"""A table of addresses that must not be mailed, as a party brings it from elsewhere: address or hash, and why."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from functions.domain.consent import SuppressionReason
from functions.domain.importing import ADDRESS, ALIASES, HeaderError, Plan, Rejection
from functions.domain.sheet import Record, SheetError, delimiter_of, lines, records
from functions.domain.supporter import normalise_address

ADDRESS_HASH, REASON = "address_hash", "reason"
HASH = re.compile(r"[A-Za-z0-9_-]{22}")
NO_GOOD_ROW = 'No row could be read. If there is nobody to suppress, send {"none_exist": true}.'
HASH_NAMES = ("address_hash", "hash")
REASON_NAMES = ("reason", "reden", "raison", "status")

_REASONS: Mapping[str, SuppressionReason] = {
    **{reason.value: reason for reason in SuppressionReason},
    **dict.fromkeys(
        ("unsubscribe", "uitgeschreven", "afgemeld", "désabonné", "desabonne", "opt_out"), SuppressionReason.UNSUBSCRIBED
    ),
    **dict.fromkeys(("bounce", "hard_bounce", "onbestelbaar", "rebond"), SuppressionReason.BOUNCED),
    **dict.fromkeys(("complaint", "spam", "klacht", "plainte"), SuppressionReason.COMPLAINED),
    **dict.fromkeys(("never", "nooit_mailen", "blocked", "blacklisted", "jamais"), SuppressionReason.NEVER_MAIL),
}


@dataclass(frozen=True)
class Suppressed:
    """One good row: whom, by keyed hash, and why."""

    hash: str
    reason: SuppressionReason


@dataclass(frozen=True)
class Suppressing:
    """Address hash -> reason, of the good rows; the first row of an address counts. And the rows that were not good."""

    reasons: Mapping[str, SuppressionReason]
    rows: int
    rejections: tuple[Rejection, ...]


def read_suppressions(pieces: Iterable[bytes], hash_of: Callable[[str], str]) -> Suppressing:
    """Read a whole file. `hash_of` hashes a normalised address. HeaderError and SheetError when nothing of it can be read."""
    found = lines(pieces)
    first = next(found, b"")
    delimiter = delimiter_of(first)
    header, *rows = [*records(_again(first, found), delimiter)] or [Record(1, 0)]
    if not header.cells:
        raise SheetError("the file is empty")
    plan = Plan(delimiter, header.cells, columns_of(header.cells))
    read = [read_suppression(record, plan, hash_of) for record in rows]
    reasons: dict[str, SuppressionReason] = {}
    for row in read:
        if isinstance(row, Suppressed):
            reasons.setdefault(row.hash, row.reason)
    return Suppressing(reasons, len(rows), tuple(row for row in read if isinstance(row, Rejection)))


def columns_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The column each header cell stands for; "" for one that says nothing of this. HeaderError when one is missing."""
    names = ["_".join(cell.strip().lower().replace("-", " ").replace("_", " ").split()) for cell in cells]
    where, hashed, why = _place(names, ALIASES[ADDRESS]), _place(names, HASH_NAMES), _place(names, REASON_NAMES)
    if (where is None) == (hashed is None) or why is None:
        seen = ", ".join(cell.strip() for cell in cells)
        raise HeaderError(f"the columns must be address (or address_hash) and reason. Found: {seen}")
    places = {where: ADDRESS, hashed: ADDRESS_HASH, why: REASON}
    return tuple(places.get(n, "") for n in range(len(cells)))


def read_suppression(record: Record, plan: Plan, hash_of: Callable[[str], str]) -> Suppressed | Rejection:
    """One row, or why it cannot be read."""
    who = ADDRESS if ADDRESS in plan.columns else ADDRESS_HASH
    try:
        cell = _cell(record, plan, who)
        hashed = hash_of(normalise_address(cell)) if who == ADDRESS else _hash(cell)
        return Suppressed(hashed, _reason(_cell(record, plan, REASON)))
    except _ReasonError as wrong:
        return Rejection(record.row, plan.header[plan.columns.index(REASON)], str(wrong))
    except ValueError as wrong:
        return Rejection(record.row, plan.header[plan.columns.index(who)], record.problem or str(wrong))


class _ReasonError(ValueError):
    pass


def _again(first: bytes, rest: Iterable[bytes]) -> Iterable[bytes]:
    yield first
    yield from rest


def _place(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((n for n, name in enumerate(names) if name in wanted), None)


def _cell(record: Record, plan: Plan, column: str) -> str:
    place = plan.columns.index(column)
    return record.cells[place].strip() if place < len(record.cells) else ""


def _hash(cell: str) -> str:
    if not HASH.fullmatch(cell):
        raise ValueError("an address hash is the 22 characters that this deployment made")
    return cell


def _reason(cell: str) -> SuppressionReason:
    word = "_".join(cell.lower().replace("-", " ").replace("_", " ").split())
    if word not in _REASONS:
        raise _ReasonError(f"unknown reason {cell[:40]!r}: unsubscribed, bounced, complained or never_mail")
    return _REASONS[word]
