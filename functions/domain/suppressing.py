"""A table of addresses that must not be mailed, as a party brings it from elsewhere: address or hash, and why."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from functions.domain.consent import SuppressionReason
from functions.domain.importing import ADDRESS, ALIASES, HeaderError, Rejection
from functions.domain.sheet import Record, SheetError, delimiter_of, lines, records
from functions.domain.supporter import normalise_address

HASH = re.compile(r"[A-Za-z0-9_-]{22}")
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
class Suppressing:
    """Address hash -> reason, of the good rows; the first row of an address counts. And the rows that were not good."""

    reasons: Mapping[str, SuppressionReason]
    rows: int
    rejections: tuple[Rejection, ...]


def read_suppressions(pieces: Iterable[bytes], hash_of: Callable[[str], str]) -> Suppressing:
    """Read a whole file. `hash_of` hashes a normalised address. HeaderError and SheetError when nothing of it can be read."""
    found = lines(pieces)
    first = next(found, b"")
    header, *rows = [*records(_again(first, found), delimiter_of(first))] or [Record(1, 0)]
    if not header.cells:
        raise SheetError("the file is empty")
    names = ["_".join(cell.strip().lower().replace("-", " ").replace("_", " ").split()) for cell in header.cells]
    where, hashed, why = _place(names, ALIASES[ADDRESS]), _place(names, HASH_NAMES), _place(names, REASON_NAMES)
    if (where is None) == (hashed is None) or why is None:
        seen = ", ".join(cell.strip() for cell in header.cells)
        raise HeaderError(f"the columns must be address (or address_hash) and reason. Found: {seen}")
    reasons: dict[str, SuppressionReason] = {}
    rejections: list[Rejection] = []
    for record in rows:
        try:
            key = hash_of(normalise_address(_cell(record, where))) if where is not None else _hash(_cell(record, hashed))
            reasons.setdefault(key, _reason(_cell(record, why)))
        except _ReasonError as wrong:
            rejections.append(Rejection(record.row, header.cells[why], str(wrong)))
        except ValueError as wrong:
            column = where if where is not None else hashed or 0
            rejections.append(Rejection(record.row, header.cells[column], record.problem or str(wrong)))
    return Suppressing(reasons, len(rows), tuple(rejections))


class _ReasonError(ValueError):
    pass


def _again(first: bytes, rest: Iterable[bytes]) -> Iterable[bytes]:
    yield first
    yield from rest


def _place(names: list[str], wanted: Iterable[str]) -> int | None:
    return next((n for n, name in enumerate(names) if name in wanted), None)


def _cell(record: Record, place: int | None) -> str:
    return record.cells[place].strip() if place is not None and place < len(record.cells) else ""


def _hash(cell: str) -> str:
    if not HASH.fullmatch(cell):
        raise ValueError("an address hash is the 22 characters that this deployment made")
    return cell


def _reason(cell: str) -> SuppressionReason:
    word = "_".join(cell.lower().replace("-", " ").replace("_", " ").split())
    if word not in _REASONS:
        raise _ReasonError(f"unknown reason {cell[:40]!r}: unsubscribed, bounced, complained or never_mail")
    return _REASONS[word]
