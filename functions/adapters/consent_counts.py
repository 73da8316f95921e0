"""Counting the proof of consent: a scan of the table `consents`, in parts that can be taken up again.

The table is read at most once a day, whoever asks: some 40,000 records a visit, half a read unit for each 4 KB. A million
supporters with two records each is about 100,000 read units, a few cents. What is counted so far lies in the catalogue
(kind `tally`), in numbers, and nobody sees it before it is whole: two halves would tell by subtraction.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from functions.adapters.catalogue import Catalogue, ChangedError, Entry
from functions.adapters.items import plain
from functions.adapters.proof import item_of, record_of
from functions.adapters.totals import Totals
from functions.domain.consent import ConsentRecord
from functions.domain.consent_report import COLUMNS, Column, Group, Tally, tally

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = ("tally", "consents")
PAGES = 20  # of at most 1 MB each, in one visit
FRESH_MS = 86_400_000  # a day: what changed between two reports may be one person


@dataclass(frozen=True)
class Counted:
    """The last whole count, if there is one: `at` is when it began (epoch ms). `going`: another is under way."""

    found: Tally
    at: int
    going: bool


class ConsentCounts:
    """`limit`: records in a page, at most; without one a page is 1 MB."""

    def __init__(
        self, client: "DynamoDBClient", consents_table: str, catalogue: Catalogue, totals: Totals, limit: int | None = None
    ) -> None:
        self._client, self._table, self._catalogue, self._totals = client, consents_table, catalogue, totals
        self._page: dict[str, Any] = {"Limit": limit} if limit else {}

    def counted(self, now_ms: int, pages: int = PAGES) -> Counted | None:
        """The count of today; goes on with it where it is not done. None: there has been none yet. Asking twice changes nothing."""
        entry = self._catalogue.get(*KEY)
        body = dict(entry.body) if entry else {"whole": None, "part": None}
        if body["part"] is None and body["whole"] and now_ms - body["whole"]["at"] < FRESH_MS:
            return _counted(body)
        part = body["part"] or {"at": now_ms, "after": None, "counts": []}
        after, found = self._scan(part["after"], pages)
        if after is None:  # read once a day with the rest
            found = found + self._totals.left_open()
        part = {"at": part["at"], "after": after, "counts": _listed(_tally(part["counts"]) + found)}
        done = {"whole": part, "part": None} if after is None else {"whole": body["whole"], "part": part}
        return _counted(self._kept(done, entry, now_ms))

    def _kept(self, body: dict[str, Any], entry: Entry | None, now_ms: int) -> dict[str, Any]:
        try:
            return dict(self._catalogue.put(*KEY, body, entry, now_ms).body)
        except ChangedError:  # somebody else counted the same part
            newer = self._catalogue.get(*KEY)
            return dict(newer.body) if newer else body

    def _scan(self, after: dict[str, str] | None, pages: int) -> tuple[dict[str, str] | None, Tally]:
        """Counts, and after which record to go on (None: that was all). A supporter is never cut in two."""
        found: Tally = Counter()
        for _ in range(pages):
            start: dict[str, Any] = {"ExclusiveStartKey": {name: {"S": key} for name, key in after.items()}} if after else {}
            answer = self._client.scan(TableName=self._table, **self._page, **start)
            read = [record_of(plain(row)) for row in answer["Items"]]
            last = answer.get("LastEvaluatedKey")
            if last is None:
                return None, _added(found, read)
            whose = last["supporter"]["S"]
            own = list(self._of(whose))
            found = _added(found, [*(record for record in read if record.supporter != whose), *own])
            after = {"supporter": whose, "record": item_of(own[-1])["record"] if own else last["record"]["S"]}
        return after, found

    def _of(self, supporter: str) -> Iterator[ConsentRecord]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="supporter = :s",
            ExpressionAttributeValues={":s": {"S": supporter}},
        )
        for page in pages:
            yield from (record_of(plain(row)) for row in page["Items"])


def _added(found: Tally, records: list[ConsentRecord]) -> Tally:
    for _, own in groupby(records, key=lambda record: record.supporter):
        found.update(tally(own))
    return found


def _counted(body: dict[str, Any]) -> Counted | None:
    whole = body["whole"]
    return Counted(_tally(whole["counts"]), whole["at"], body["part"] is not None) if whole else None


def _listed(found: Tally) -> list[list[Any]]:
    return sorted([g.purpose, g.wording, g.source, column, n] for (g, column), n in found.items() if n)


def _tally(listed: list[list[Any]]) -> Tally:
    columns: dict[str, Column] = {column: column for column in COLUMNS}
    return Counter({(Group(purpose, wording, source), columns[column]): n for purpose, wording, source, column, n in listed})
