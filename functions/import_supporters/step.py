"""One import: look through the file once, then take it in, part by part."""

from collections.abc import Callable, Mapping

from functions.adapters.content import Content
from functions.adapters.imports import Import, ImportKind, Imports, ImportState, total
from functions.domain.importing import HeaderError
from functions.domain.sheet import SheetError, lines, records
from functions.import_supporters.looking import look_through
from functions.import_supporters.rows import Rows


class Importer:
    """`rows` makes what reads the rows of each kind of import, as things are now."""

    def __init__(self, imports: Imports, content: Content, rows: Mapping[ImportKind, Callable[[], Rows]]) -> None:
        self._imports, self._content, self._rows = imports, content, rows

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
                plan, parts = look_through(self._content.pieces(asked.file), self._rows[asked.kind]())
                count, rows = self._imports.put_parts(asked.id, plan, parts)
            except (HeaderError, SheetError) as wrong:
                self._imports.put(asked, now, state=ImportState.REFUSED, reason=str(wrong))
                return "refused"
            asked = self._imports.put(asked, now, state=ImportState.IMPORTING, parts=count, rows=rows)
        if asked.state is ImportState.IMPORTING and not asked.parts:
            self._finish(asked, total([]), now)
        elif asked.state is ImportState.IMPORTING:
            self._imports.ask(asked.id, [begin for begin in self._imports.begins(asked.id) if str(begin.start) not in asked.done])
        return "looked through"

    def _take_in(self, asked: Import, offset: int, now: int) -> str:
        done = asked.done
        if asked.state is not ImportState.IMPORTING:
            return "nothing to do"
        if str(offset) not in done:
            plan, part = self._imports.part(asked.id, offset)
            found = lines([self._content.range(asked.file, part.start, part.end)])
            rows = list(records(found, plan.delimiter, part.row, part.start))
            done = self._imports.put_report(asked.id, offset, self._rows[asked.kind]().take(asked, plan, part, rows, now))
        if len(done) == asked.parts:
            self._finish(asked, total(self._imports.reports(asked.id, done)), now)
            return "done"
        return "taken in"

    def _finish(self, asked: Import, totals: Mapping[str, int], now: int) -> None:
        refused = self._rows[asked.kind]().settle(asked, totals["rows"] - totals["rejected"], now)
        self._imports.finish(asked.id, totals, now, refused)
