"""One import: look through the file once, then take it in, part by part."""

from collections import Counter
from dataclasses import asdict

from functions.adapters.catalogue import Catalogue
from functions.adapters.content import Content
from functions.adapters.imports import Import, Imports, ImportState, Report, total
from functions.adapters.intake import Intake, Outcome, Taken, Terms
from functions.domain.importing import Draft, HeaderError, Part, Plan, Rejection, read_row
from functions.domain.sheet import Record, SheetError, lines, records
from functions.import_supporters.looking import look_through


class Importer:
    def __init__(self, imports: Imports, intake: Intake, catalogue: Catalogue, content: Content) -> None:
        self._imports, self._intake, self._catalogue, self._content = imports, intake, catalogue, content

    def step(self, id_: str, offset: int, now: int) -> str:
        """Do what one queue message asks; doing it twice changes nothing. `now` is epoch ms. Returns a word for the log."""
        asked = self._imports.get(id_)
        if asked is None:
            return "unknown import"
        if offset == 0:
            return self._look_through(asked, now)
        return self._take_in(asked, offset, now)

    def _look_through(self, asked: Import, now: int) -> str:
        if asked.state is ImportState.READING:
            try:
                plan, parts = look_through(self._content.pieces(asked.file), self._lists())
                count, rows = self._imports.put_parts(asked.id, plan, parts)
            except (HeaderError, SheetError) as wrong:
                self._imports.put(asked, now, state=ImportState.REFUSED, reason=str(wrong))
                return "refused"
            asked = self._imports.put(asked, now, state=ImportState.IMPORTING, parts=count, rows=rows)
            if not count:
                self._imports.finish(asked.id, total([]), now)
        if asked.state is ImportState.IMPORTING:
            self._imports.ask(asked.id, [begin for begin in self._imports.begins(asked.id) if str(begin.start) not in asked.done])
        return "looked through"

    def _take_in(self, asked: Import, offset: int, now: int) -> str:
        done = asked.done
        if asked.state is not ImportState.IMPORTING:
            return "nothing to do"
        if str(offset) not in done:
            plan, part = self._imports.part(asked.id, offset)
            done = self._imports.put_report(asked.id, offset, self._part(asked, plan, part, now))
        if len(done) == asked.parts:
            self._imports.finish(asked.id, total(self._imports.reports(asked.id, done)), now)
            return "done"
        return "taken in"

    def _lists(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self._catalogue.all("list"))

    def _part(self, asked: Import, plan: Plan, part: Part, now: int) -> Report:
        lists = self._lists()
        found = lines([self._content.range(asked.file, part.start, part.end)])
        read = [_read(r, plan, part, lists) for r in records(found, plan.delimiter, part.row, part.start)]
        drafts = [row for row in read if isinstance(row, Draft)]
        taken = self._intake.take(drafts, _terms(asked), now)
        refused = [
            Rejection(d.row, t.column, t.reason) for d, t in zip(drafts, taken, strict=True) if t.outcome is Outcome.REJECTED
        ]
        rejections = sorted([*(row for row in read if isinstance(row, Rejection)), *refused], key=lambda r: r.row)
        return Report(_counts(len(read), taken, len(rejections)), [asdict(rejection) for rejection in rejections])


def _terms(asked: Import) -> Terms:
    return Terms(
        lists=(asked.list,),
        source=f"import:{asked.id}",
        attribute_source="import",
        actor=asked.actor,
        language=asked.language,
        import_id=asked.id,
    )


def _read(record: Record, plan: Plan, part: Part, lists: frozenset[str]) -> Draft | Rejection:
    if record.problem:
        return Rejection(record.row, "", record.problem)
    if record.row in part.same:
        column, first = part.same[record.row]
        named = plan.header[plan.columns.index(column)].strip()
        return Rejection(record.row, named, f"same {column.replace('_', ' ')} as row {first}")
    return read_row(record.row, record.cells, plan.columns, plan.header, lists)


def _counts(rows: int, taken: list[Taken], rejected: int) -> dict[str, int]:
    outcomes = Counter(t.outcome for t in taken)
    return {
        "rows": rows,
        **{outcome.value: outcomes[outcome] for outcome in Outcome},
        "rejected": rejected,
        "left": sum(1 for t in taken if t.left),
    }
