"""Imports of supporters: where each stands (catalogue), its file, plan and reports (content bucket), its parts (queue).

The first message, at offset 0, reads the whole file once and cuts it into parts; then each part has a message of its own.
A part's report is the same however often its message comes, and the totals are summed from the reports.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from functions.adapters.catalogue import Catalogue, ChangedError, Entry
from functions.adapters.content import Content
from functions.domain.importing import Part, Plan

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10  # entries in one SendMessageBatch (SQS limit)
READERS = 16
COUNTS = ("rows", "imported", "updated", "unchanged", "suppressed", "rejected", "left")


class ImportState(StrEnum):
    WAITING = "waiting"  # for the file to be uploaded and started
    READING = "reading"  # the file is looked through once
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"  # as a whole: `reason` says why


@dataclass(frozen=True)
class Import:
    """One import. `parts` is how many parts the file has, `done` the offsets of those reported."""

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
    totals: Mapping[str, int] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    entry: Entry | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> str:
        return f"imports/{self.id}/file.csv"


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

    def put_plan(self, id_: str, plan: Plan) -> None:
        self._content.put_json(f"imports/{id_}/plan.json", asdict(plan))

    def plan(self, id_: str) -> Plan:
        return _plan(self._content.json(f"imports/{id_}/plan.json"))

    def put_report(self, id_: str, start: int, report: Report) -> frozenset[str]:
        """Keep the report of the part at this offset; returns the offsets of all parts reported."""
        self._content.put_json(_report_key(id_, str(start)), asdict(report))
        return self._catalogue.mark_done("import", id_, str(start))

    def reports(self, id_: str, offsets: Iterable[str]) -> list[Report]:
        """The reports of these parts, in the order of the file."""
        keys = [_report_key(id_, offset) for offset in sorted(offsets, key=int)]
        with ThreadPoolExecutor(READERS) as readers:
            return [Report(**body) for body in readers.map(self._content.json, keys)]

    def finish(self, id_: str, totals: Mapping[str, int], now: int) -> None:
        """All parts are reported. Finishing twice changes nothing."""
        asked = self.get(id_)
        if asked and asked.state is ImportState.IMPORTING:
            try:
                self.put(asked, now, state=ImportState.DONE, totals=dict(totals))
            except ChangedError:
                return  # the same totals, by another worker

    def ask(self, id_: str, parts: Sequence[tuple[int, int]]) -> None:
        """Queue these (offset, row) of an import."""
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


def _report_key(id_: str, offset: str) -> str:
    return f"imports/{id_}/parts/{offset}.json"


def _import(entry: Entry) -> Import:
    body = {**entry.body, "state": ImportState(entry.body["state"])}
    return Import(id=entry.id, done=entry.done, entry=entry, **body)


def _plan(body: Mapping[str, Any]) -> Plan:
    parts = tuple(
        Part(p["start"], p["end"], p["row"], {int(row): (column, first) for row, (column, first) in p["same"].items()})
        for p in body["parts"]
    )
    return Plan(body["delimiter"], tuple(body["header"]), tuple(body["columns"]), parts)
