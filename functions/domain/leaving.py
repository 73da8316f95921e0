"""Leaving, and taking that back for half an hour: what a leaving took, and what of it nobody has decided about since."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from functions.domain.consent import Act, ConsentRecord, Purpose, fold

UNDO_MINUTES = 30


class Reason(StrEnum):
    """Why somebody leaves, if they say so. Counted and never kept with a person; no words of their own, which could name one."""

    TOO_MANY = "too_many"
    NOT_FOR_ME = "not_for_me"
    NOT_SIGNED_UP = "not_signed_up"
    DISAGREE = "disagree"
    OTHER = "other"


# What the proof of a leaving and of its undoing hold besides the words: the id that the page gave it.
LEAVING, UNDOES = "leaving", "undoes"


def leaving_of(records: Collection[ConsentRecord], id_: str) -> ConsentRecord | None:
    """The record by which newsletters ended when the page with this id was sent in. None when none did."""
    left = (r for r in records if r.purpose is Purpose.NEWSLETTER and r.act is Act.WITHDRAWN and r.proof.get(LEAVING) == id_)
    return max(left, key=_when, default=None)


def taken(records: Collection[ConsentRecord], leaving: ConsentRecord) -> frozenset[str]:
    """The lists that this leaving took."""
    if leaving.list is not None:
        return frozenset({leaving.list})
    return frozenset(fold(r for r in records if _when(r) < _when(leaving)).newsletter)


def returnable(records: Sequence[ConsentRecord], leaving: ConsentRecord) -> frozenset[str]:
    """Those of them about which this leaving is still the last word: what somebody decided since is not undone with it."""
    later = [r for r in records if r.purpose is Purpose.NEWSLETTER and _when(r) > _when(leaving)]
    return frozenset(list_ for list_ in taken(records, leaving) if not any(r.list in (None, list_) for r in later))


def until(leaving: ConsentRecord) -> int:
    """The epoch second from which it stands."""
    return leaving.at // 1000 + UNDO_MINUTES * 60


def _when(record: ConsentRecord) -> tuple[int, str]:
    return record.at, record.id
