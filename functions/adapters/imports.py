"""Imports of supporters and of suppressions: where each stands (catalogue), its file, plan and reports (content bucket), its
parts (queue).

The first message, at offset 0, reads the whole file once and cuts it into parts; then each part has a message of its own.
A part's report is the same however often its message comes, and the totals are summed from the reports. No step holds more in
memory than some parts, or some reports, however large the file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.adapters.catalogue import Catalogue, ChangedError, Entry
from functions.adapters.content import Content
from functions.domain.importing import Part, Plan

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10  # entries in one SendMessageBatch (SQS limit)
READERS = 16  # of reports, and writers of parts
COUNTS = ("rows", "imported", "updated", "unchanged", "suppressed", "rejected", "left")


class ImportState(StrEnum):
    WAITING = "waiting"  # for the file to be uploaded and started
    READING = "reading"  # the file is looked through once
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"  # as a whole: `reason` says why


class ImportKind(StrEnum):
    SUPPORTERS = "supporters"
    SUPPRESSIONS = "suppressions"


@dataclass(frozen=True)
class Import:
    """One import. `parts` is how many parts the file has, `done` the offsets of those reported. Suppressions have no list."""

    id: str
    list: str
    source: str
    language: str
    actor: str
    state: ImportState
    requested_at: int
    reason: str = ""
    parts: int = 0
    rows: int = 0
    kind: ImportKind = ImportKind.SUPPORTERS
    totals: Mapping[str, int] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    entry: Entry | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> str:
        return f"imports/{self.id}/file.csv"


class Begin(NamedTuple):
    """Where a part begins: its first byte and row."""

    start: int
    row: int


@dataclass(frozen=True)
class Report:
    """What became of one part. Rejections are {"row", "column", "reason"}."""

    counts: Mapping[str, int]
    rejections: Sequence[Mapping[str, Any]] = ()


class Imports:
    def __init__(self, catalogue: Catalogue, content: Content, queue: "SQSClient", queue_url: str) -> None:
        self._catalogue, self._content, self._queue, self._queue_url = catalogue, content, queue, queue_url

    def get(self, id_: str) -> Import | None:
        entry = self._catalogue.get("import", id_)
        return _import(entry) if entry else None

    def all(self) -> list[Import]:
        return [_import(entry) for entry in self._catalogue.all("import")]

    def put(self, asked: Import, now: int, **changes: Any) -> Import:
        """Write the import with these changes. ChangedError when somebody wrote it since it was read."""
        changed = replace(asked, **changes)
        body = {name: value for name, value in asdict(replace(changed, entry=None)).items() if name not in ("id", "done", "entry")}
        return replace(changed, entry=self._catalogue.put("import", asked.id, body, asked.entry, now))

    def put_parts(self, id_: str, plan: Plan, parts: Iterator[Part]) -> tuple[int, int]:
        """Keep how each of these parts is read, and where they begin. Returns how many parts and rows there are."""
        begins: list[Begin] = []
        rows = 0
        with ThreadPoolExecutor(READERS) as writers:
            while some := list(islice(parts, READERS)):
                list(writers.map(lambda p: self._content.put_json(_part_key(id_, p.start), {**asdict(plan), **asdict(p)}), some))
                begins += [Begin(part.start, part.row) for part in some]
                rows += sum(part.rows for part in some)
        self._content.put_json(f"imports/{id_}/plan.json", {"parts": [begin._asdict() for begin in begins]})
        return len(begins), rows

    def begins(self, id_: str) -> list[Begin]:
        """Where the parts begin, in the order of the file."""
        return [Begin(p["start"], p["row"]) for p in self._content.json(f"imports/{id_}/plan.json")["parts"]]

    def part(self, id_: str, start: int) -> tuple[Plan, Part]:
        """The part at this offset, and how it is read."""
        body = self._content.json(_part_key(id_, start))
        same = {int(row): (column, first) for row, (column, first) in body["same"].items()}
        plan = Plan(body["delimiter"], tuple(body["header"]), tuple(body["columns"]))
        return plan, Part(body["start"], body["end"], body["row"], body["rows"], same)

    def put_report(self, id_: str, start: int, report: Report) -> frozenset[str]:
        """Keep the report of the part at this offset; returns the offsets of all parts reported."""
        self._content.put_json(_report_key(id_, str(start)), asdict(report))
        return self._catalogue.mark_done("import", id_, str(start))

    def reports(self, id_: str, offsets: Iterable[str]) -> Iterator[Report]:
        """The reports of these parts, in the order of the file."""
        keys = iter([_report_key(id_, offset) for offset in sorted(offsets, key=int)])
        with ThreadPoolExecutor(READERS) as readers:
            while some := list(islice(keys, READERS)):
                yield from (Report(**body) for body in readers.map(self._content.json, some))

    def rejections(self, asked: Import, after: int, most: int) -> list[Mapping[str, Any]]:
        """Of the parts reported, the first `most` rejections after this row."""
        begins = self.begins(asked.id) if after and asked.done else []
        first = max((begin.start for begin in begins if begin.row <= after), default=0)
        reports = self.reports(asked.id, (offset for offset in asked.done if int(offset) >= first))
        return list(islice((r for report in reports for r in report.rejections if r["row"] > after), most))

    def finish(self, id_: str, totals: Mapping[str, int], now: int, refused: str = "") -> None:
        """All parts are reported; `refused`: why it is of no use all the same. Finishing twice changes nothing."""
        asked = self.get(id_)
        if asked and asked.state is ImportState.IMPORTING:
            try:
                state = ImportState.REFUSED if refused else ImportState.DONE
                self.put(asked, now, state=state, reason=refused, totals=dict(totals))
            except ChangedError:
                return  # the same totals, by another worker

    def ask(self, id_: str, parts: Sequence[tuple[int, int]]) -> None:
        """Queue these (offset, row) of an import. Offset 0 is the look at the whole file."""
        bodies = [json.dumps({"import": id_, "offset": offset, "row": row}) for offset, row in parts]
        for first in range(0, len(bodies), BATCH):
            entries: Any = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[first : first + BATCH])]
            answer = self._queue.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if answer.get("Failed"):
                raise RuntimeError("SQS did not take every part of the import")


def total(reports: Iterable[Report]) -> dict[str, int]:
    """The sums of these reports, every count named."""
    sums = dict.fromkeys(COUNTS, 0)
    for report in reports:
        for name, count in report.counts.items():
            sums[name] += count
    return sums


def _part_key(id_: str, start: int) -> str:
    return f"imports/{id_}/plan/{start}.json"


def _report_key(id_: str, offset: str) -> str:
    return f"imports/{id_}/parts/{offset}.json"


def _import(entry: Entry) -> Import:
    kind = ImportKind(entry.body.get("kind", ImportKind.SUPPORTERS))
    body = {**entry.body, "state": ImportState(entry.body["state"]), "kind": kind}
    return Import(id=entry.id, done=entry.done, entry=entry, **body)
