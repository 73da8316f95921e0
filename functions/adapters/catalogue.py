"""What staff own: lists, topics, blocks, layouts, pictures, editions, imports and notices, each a JSON body with a version."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action

from functions.adapters.models import CatalogueItem, bound

Json = dict[str, Any]

PAGE = 1_000_000  # bytes of bodies: a Lambda answers with 6 MB at most, in which a character beyond ASCII weighs threefold


class ChangedError(Exception):
    """Somebody else wrote this since it was read."""


@dataclass(frozen=True)
class Entry:
    """One thing of staff. `version` counts its changes from 1; `updated` is epoch ms.

    For an edition: `prepared`, the compiled version, and the versions of everything it was made from ("block/rent" -> 3).
    """

    kind: str
    id: str
    body: Json
    version: int
    updated: int
    prepared: str = ""
    prepared_from: Mapping[str, int] = field(default_factory=dict)
    sends: frozenset[str] = frozenset()  # of an edition
    done: frozenset[str] = frozenset()  # of an import


class Catalogue:
    """The table `catalogue`."""

    def __init__(self, table: str) -> None:
        self._items = bound(CatalogueItem, table)

    def get(self, kind: str, id_: str) -> Entry | None:
        return self.get_many([(kind, id_)]).get((kind, id_))

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Entry]:
        """By (kind, id), read consistently. What is not there is not in the answer."""
        wanted = list(dict.fromkeys(keys))
        found = self._items.batch_get(wanted, consistent_read=True)
        return {(item.kind, item.id): _entry(item) for item in found}

    def all(self, kind: str) -> list[Entry]:
        """Everything of one kind, by id."""
        return [_entry(item) for item in self._items.query(kind, consistent_read=True)]

    def page(self, kind: str, after: str) -> tuple[list[Entry], str | None]:
        """Those of one kind after this id, as many as an answer holds; the id to go on after, None when there are no more."""
        entries: list[Entry] = []
        weight = 0
        for item in self._items.query(kind, CatalogueItem.id > after if after else None, consistent_read=True):
            if weight >= PAGE:
                return entries, entries[-1].id
            entries.append(_entry(item))
            weight += len(item.body.encode())
        return entries, None

    def same(self, entry: Entry, body: Mapping[str, Any]) -> bool:
        """Whether this body, as JSON, is what is stored."""
        return bool(entry.body == json.loads(_text(body)))

    def put(
        self, kind: str, id_: str, body: Mapping[str, Any], old: Entry | None, now: int, mailing_list: str | None = None
    ) -> Entry:
        """Write the body over the entry that was read (None: there was none). The same body again writes nothing.

        ChangedError when somebody wrote it first.
        """
        if old and self.same(old, body):
            return old
        text = _text(body)
        version = old.version + 1 if old else 1
        actions: list[Action] = [
            CatalogueItem.body.set(text),
            CatalogueItem.updated.set(now),
            CatalogueItem.version.set(version),
        ]
        if mailing_list:
            actions.append(CatalogueItem.list.set(mailing_list))
        self._update(kind, id_, actions, old)
        return Entry(kind, id_, json.loads(text), version, now)

    def mark_prepared(self, edition: Entry, prepared: str, prepared_from: Mapping[str, int]) -> None:
        """Note which compiled version is the edition as it is now; its own version stays. ChangedError when it was written."""
        if edition.prepared == prepared and edition.prepared_from == prepared_from:
            return
        actions: list[Action] = [CatalogueItem.prepared.set(prepared), CatalogueItem.prepared_from.set(dict(prepared_from))]
        self._update(edition.kind, edition.id, actions, edition)

    def mark_done(self, kind: str, id_: str, part: str) -> frozenset[str]:
        """Note that this part of an import is reported; returns all parts that are. Doing it twice changes nothing."""
        item = self._items(kind, id_)
        item.update(actions=[CatalogueItem.done.add({part})], condition=CatalogueItem.id.exists())
        return frozenset(item.done or ())

    def _update(self, kind: str, id_: str, actions: list[Action], old: Entry | None) -> None:
        condition = CatalogueItem.version == old.version if old else CatalogueItem.id.does_not_exist()
        try:
            self._items(kind, id_).update(actions=actions, condition=condition)
        except (PutError, UpdateError) as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                raise ChangedError(f"{kind} {id_}") from None
            raise


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _entry(item: CatalogueItem) -> Entry:
    return Entry(
        kind=item.kind,
        id=item.id,
        body=json.loads(item.body),
        version=int(item.version),
        updated=int(item.updated),
        prepared=item.prepared or "",
        prepared_from=item.prepared_from or {},
        sends=frozenset(item.sends or ()),
        done=frozenset(item.done or ()),
    )
