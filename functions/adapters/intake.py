"""Drafts of supporters into the tables, from an import or from staff: many at once, unchanged ones without a write.

A suppression wins. A list that somebody left is not granted again. Every change is conditional on what was read, so the
same drafts again, late, or at the same time elsewhere change nothing more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from functions.adapters.ids import new_id
from functions.adapters.supporters import ERASED, Change, ConflictError, Stored, Supporters
from functions.adapters.suppressions import Suppressions
from functions.domain.consent import changes
from functions.domain.importing import Draft, left_lists, merged, missing_lists, newsletter_answers, stays_out
from functions.domain.supporter import Supporter

WRITERS = 16
TRANSACTION = 100  # items (DynamoDB limit)


class Outcome(StrEnum):
    IMPORTED = "imported"  # new
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Terms:
    """On whose word: lists that every draft is for, where consents and attributes come from, the language when none is said."""

    lists: tuple[str, ...]
    source: str  # of the consent: "import:<id>", "staff"
    attribute_source: str
    actor: str
    language: str
    import_id: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of one draft. `left` are lists it names that the supporter left before: not granted again."""

    outcome: Outcome
    supporter: str = ""
    left: frozenset[str] = frozenset()
    column: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Known:
    """What the tables say of a batch of drafts."""

    identities: Mapping[str, str]
    stored: Mapping[str, Stored]
    suppressed: Mapping[str, str]


@dataclass(frozen=True)
class _Plan:
    """What to do with one draft: `taken` once `change` (if any) is written."""

    draft: Draft
    taken: Taken
    change: Change | None = None


class Intake:
    def __init__(self, supporters: Supporters, suppressions: Suppressions) -> None:
        self._supporters, self._suppressions = supporters, suppressions

    def take(
        self, drafts: Sequence[Draft], terms: Terms, now: int, before: Callable[[Taken], None] = lambda _: None
    ) -> list[Taken]:
        """Take these drafts, no two for the same address or external id. Answers in the same order. `now` is epoch ms.

        `before` is told of each change that is about to be written (for the audit log).
        """
        known = self._read(drafts)
        with ThreadPoolExecutor(WRITERS) as workers:
            plans = list(workers.map(lambda draft: self._plan(draft, known, terms, now), drafts))
            for plan in plans:
                if plan.change:
                    before(plan.taken)
            batches = _batches([plan for plan in plans if plan.change])
            written = chain.from_iterable(workers.map(lambda batch: self._write(batch, terms, now), batches))
            return [next(written) if plan.change else plan.taken for plan in plans]

    def _read(self, drafts: Sequence[Draft]) -> _Known:
        identities = self._supporters.known_as(name for draft in drafts for name in self._names(draft))
        stored = self._supporters.get_many(identities.values())
        addresses = [draft.address for draft in drafts] + [s.supporter.address for s in stored.values() if s.supporter.address]
        hashes = [*map(self._supporters.hash, addresses), *(self._external(d) for d in drafts if d.external_id)]
        return _Known(identities, stored, self._suppressions.reasons(hashes))

    def _external(self, draft: Draft) -> str:
        """Under which the external id of somebody who was erased is suppressed."""
        return self._supporters.hash(f"x#{draft.external_id}")

    def _names(self, draft: Draft) -> list[str]:
        return [f"a#{self._supporters.hash(draft.address)}", *([f"x#{draft.external_id}"] if draft.external_id else [])]

    def _plan(self, draft: Draft, known: _Known, terms: Terms, now: int) -> _Plan:
        found = {known.identities[name] for name in self._names(draft) if name in known.identities}
        if len(found) > 1:
            reason = "belongs to another supporter than the address does"
            return _Plan(draft, Taken(Outcome.REJECTED, column="external_id", reason=reason))
        old = known.stored.get(next(iter(found), ""))
        if self._stays_out(draft, old, known):
            return _Plan(draft, Taken(Outcome.SUPPRESSED, old.supporter.id if old else ""))
        if old and terms.import_id and (old.imported.get("import"), old.imported.get("row")) == (terms.import_id, draft.row):
            # The queue gave this part a second time: the first time wrote this row, and said so.
            return _Plan(draft, Taken(Outcome(old.imported["outcome"]), old.supporter.id, frozenset(old.imported.get("left", ()))))
        return self._change(draft, old, terms, now)

    def _stays_out(self, draft: Draft, old: Stored | None, known: _Known) -> bool:
        if (old and old.state == ERASED) or (draft.external_id and known.suppressed.get(self._external(draft))):
            return True
        current = known.suppressed.get(self._supporters.hash(old.supporter.address)) if old else None
        return stays_out(known.suppressed.get(self._supporters.hash(draft.address)), current)

    def _change(self, draft: Draft, old: Stored | None, terms: Terms, now: int) -> _Plan:
        # Later than any change before it, so that the records in order of time give the state, whoever's clock is ahead.
        at = max(now, old.updated + 1) if old else now
        before = old.supporter if old else Supporter(new_id(), draft.address, terms.language)
        missing = missing_lists(before.consents, (*terms.lists, *draft.lists))
        left = left_lists(self._supporters.records(before.id), missing) if old and missing else frozenset()
        new = merged(before, draft, terms.attribute_source)
        records = changes(
            before.consents,
            newsletter_answers(name for name in missing if name not in left),
            supporter=before.id,
            at=at,
            language=new.language,
            source=terms.source,
            actor=terms.actor,
            new_id=new_id,
            proof=draft.proof,
        )
        if old and new == before and not records:
            return _Plan(draft, Taken(Outcome.UNCHANGED, before.id, left))
        taken = Taken(Outcome.UPDATED if old else Outcome.IMPORTED, before.id, left)
        return _Plan(draft, taken, Change(old, new, at, tuple(records), _mark(draft, taken, terms)))

    def _write(self, plans: Sequence[_Plan], terms: Terms, now: int) -> list[Taken]:
        try:
            self._supporters.write([plan.change for plan in plans if plan.change])
        except ConflictError:
            return [self._alone(plan.draft, terms, now) for plan in plans]
        return [plan.taken for plan in plans]

    def _alone(self, draft: Draft, terms: Terms, now: int, attempts: int = 5) -> Taken:
        """One draft, from what the tables say by now."""
        plan = self._plan(draft, self._read([draft]), terms, now)
        try:
            if plan.change:
                self._supporters.write([plan.change])
        except ConflictError:
            if attempts == 1:
                raise
            return self._alone(draft, terms, now, attempts - 1)
        return plan.taken


def _mark(draft: Draft, taken: Taken, terms: Terms) -> dict[str, Any]:
    if not terms.import_id:
        return {}
    return {"import": terms.import_id, "row": draft.row, "outcome": taken.outcome.value, "left": sorted(taken.left)}


def _batches(plans: Sequence[_Plan]) -> Iterator[list[_Plan]]:
    """As many changes as fit into one transaction each."""
    batch: list[_Plan] = []
    size = 0
    for plan in plans:
        items = plan.change.items if plan.change else 0
        if batch and size + items > TRANSACTION:
            yield batch
            batch, size = [], 0
        batch.append(plan)
        size += items
    if batch:
        yield batch
