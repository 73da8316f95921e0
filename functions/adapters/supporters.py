"""Supporters as staff and imports write them: each change is one transaction over the supporter, who they are known as,
and the consent records that prove it. The version read is the condition, so nobody overwrites what they have not seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from functions.adapters.models import ConsentItem, IdentityItem, SupporterItem, bound, connection
from functions.adapters.proof import item_of
from functions.domain.consent import Act, ConsentRecord, Consents, Purpose, fold
from functions.domain.supporter import Attribute, FormOfAddress, InterestTag, Supporter, address_hash

ERASED = "erased"


class ConflictError(Exception):
    """Somebody else changed this supporter, or took the address or external id, since it was read. Read again and redo."""


@dataclass(frozen=True)
class Stored:
    """A supporter with what only the table knows. Times are epoch ms; `imported` names the last import that wrote it."""

    supporter: Supporter
    version: int
    created: int
    updated: int
    state: str = "active"
    imported: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What to write of one supporter: over the stored one that was read (None: a new one), with newsletter grants at most.

    `at` (epoch ms) is the moment of the change, later than any before it.
    """

    old: Stored | None
    new: Supporter
    at: int
    records: tuple[ConsentRecord, ...] = ()
    imported: Mapping[str, Any] = field(default_factory=dict)

    @property
    def items(self) -> int:
        """How many items of a transaction this takes at most (two identities, and giving up two old ones)."""
        return (3 if self.old is None else 5) + len(self.records)


class Supporters:
    """The tables `supporters`, `identities` and `consents`."""

    def __init__(self, supporters_table: str, identities_table: str, consents_table: str, address_key: bytes) -> None:
        self._items = bound(SupporterItem, supporters_table)
        self._identities = bound(IdentityItem, identities_table)
        self._consents = bound(ConsentItem, consents_table)
        self._key = address_key

    def hash(self, address: str) -> str:
        """The keyed hash by which this (normalised) address is found and suppressed."""
        return address_hash(self._key, address)

    def get(self, id_: str) -> Stored | None:
        return self.get_many([id_]).get(id_)

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored]:
        """By id, read consistently, 100 at a time. Who is not there is not in the answer."""
        wanted = list(dict.fromkeys(ids))
        return {item.supporter: _stored(item) for item in self._items.batch_get(wanted, consistent_read=True)}

    def known_as(self, identities: Iterable[str]) -> dict[str, str]:
        """Identity ("a#" + address hash, "x#" + external id) -> supporter id, for those that are known."""
        wanted = list(dict.fromkeys(identities))
        return {item.identity: item.supporter for item in self._identities.batch_get(wanted, consistent_read=True)}

    def identities(self, supporter: Supporter) -> list[str]:
        """What the supporter is known as."""
        return [f"a#{self.hash(supporter.address)}", *([f"x#{supporter.external_id}"] if supporter.external_id else [])]

    def records(self, id_: str) -> list[ConsentRecord]:
        """All consent records of one supporter, oldest first."""
        return [_record(item) for item in self._consents.query(id_, consistent_read=True)]

    def write(self, changes: Sequence[Change]) -> None:
        """Write all these changes or none, in one transaction (at most 100 items: see `Change.items`).

        ConflictError when one of them was changed since it was read, or an address or external id is taken.
        """
        with _Transaction() as transaction:
            for change in changes:
                if change.old is None:
                    self._create(transaction, change)
                else:
                    self._update(transaction, change.old, change)
                for record in change.records:
                    transaction.save(self._consents(**item_of(record)), condition=ConsentItem.record.does_not_exist())

    def _create(self, write: TransactWrite, change: Change) -> None:
        new, consents = change.new, fold(change.records)
        item = self._items(new.id, created=change.at, updated=change.at, version=1, **_profile(new, self.hash(new.address)))
        item.newsletter = dict(consents.newsletter)
        if change.imported:
            item.imported = dict(change.imported)
        write.save(item, condition=SupporterItem.supporter.does_not_exist())
        for identity in self.identities(new):
            write.save(self._identities(identity, supporter=new.id), condition=IdentityItem.identity.does_not_exist())

    def _update(self, write: TransactWrite, old: Stored, change: Change) -> None:
        was, new = old.supporter, change.new
        before, after = _profile(was, self.hash(was.address)), _profile(new, self.hash(new.address))
        actions: list[Action] = [getattr(SupporterItem, name).set(value) for name, value in after.items() if before[name] != value]
        if change.records:
            actions.append(SupporterItem.newsletter.set(dict(fold(change.records, was.consents).newsletter)))
        if change.imported:
            actions.append(SupporterItem.imported.set(dict(change.imported)))
        actions += [SupporterItem.updated.set(change.at), SupporterItem.version.set(old.version + 1)]
        write.update(self._items(new.id), actions=actions, condition=SupporterItem.version == old.version)
        self._rename(write, was, new)

    def _rename(self, write: TransactWrite, old: Supporter, new: Supporter) -> None:
        """Known as something else: the new identity must be free, the old one is given up."""
        before, after = self.identities(old), self.identities(new)
        for identity in after:
            if identity not in before:
                write.save(self._identities(identity, supporter=new.id), condition=IdentityItem.identity.does_not_exist())
        for identity in before:
            if identity not in after:
                write.delete(self._identities(identity), condition=IdentityItem.supporter == old.id)


class _Transaction(TransactWrite):
    """A transaction that says ConflictError when a condition failed or another transaction was on the same items."""

    def __init__(self) -> None:
        super().__init__(connection=connection())

    def _commit(self) -> Any:
        try:
            return super()._commit()
        except TransactWriteError as error:
            codes = {reason.code for reason in error.cancellation_reasons if reason is not None}
            if codes & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise ConflictError from None
            raise


def _profile(supporter: Supporter, hashed: str) -> dict[str, Any]:
    """The attributes staff may change. None leaves an attribute out of a new item."""
    return {
        "address": supporter.address,
        "address_hash": hashed,
        "external_id": supporter.external_id,
        "language": supporter.language,
        "name": supporter.name,
        "form": supporter.form.value,
        "attributes": {name: {"value": a.value, "source": a.source} for name, a in supporter.attributes.items()},
        "stage": vars(supporter.stage) if supporter.stage else None,
    }


def _stored(item: SupporterItem) -> Stored:
    return Stored(
        supporter=Supporter(
            id=item.supporter,
            address=item.address or "",
            language=item.language,
            name=item.name or "",
            form=FormOfAddress(item.form),
            external_id=item.external_id,
            attributes={name: Attribute(a["value"], a["source"]) for name, a in (item.attributes or {}).items()},
            stage=Attribute(**item.stage) if item.stage else None,
            consents=Consents(
                dict(item.newsletter or {}),
                {Purpose(p): grant for p, grant in (item.grants or {}).items()},
                bool(item.too_young),
            ),
            topics=frozenset(item.topics or ()),
            clicks=frozenset(item.clicks or ()),
            tags=tuple(InterestTag(tag["topic"], tag["since"]) for tag in item.tags or ()),
            muted=frozenset(item.muted or ()),
            own=frozenset(name for name, source in (item.sources or {}).items() if source == "supporter"),
        ),
        version=int(item.version),
        created=int(item.created),
        updated=int(item.updated),
        state=item.state or "active",
        imported=item.imported or {},
    )


def _record(item: ConsentItem) -> ConsentRecord:
    return ConsentRecord(
        id=item.id,
        supporter=item.supporter,
        purpose=Purpose(item.purpose),
        act=Act(item.act),
        at=int(item.at),
        wording=item.wording,
        wording_sha256=item.wording_sha256,
        language=item.language,
        source=item.source,
        actor=item.actor,
        list=item.list,
        proof=item.proof or {},
    )
