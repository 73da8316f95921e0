"""The results as a person reads them, and as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from local.faultlab.run import Result

COLUMNS = ("runs", "injected", "recipients", "duplicates", "lost", "unknown before", "unknown after", "of those unmailed")


@dataclass(frozen=True)
class Row:
    """One run: what it was about, in two words, and what came of it."""

    group: str  # an operation, or "scenario"
    kind: str  # a fault, or the scenario's words
    result: Result


def figures(rows: Sequence[Row]) -> dict[str, int]:
    """The columns over some rows. "runs" that did not meet their fault are not "injected"."""
    results = [row.result for row in rows]
    sums = (
        len(results),
        sum(len(r.faults) for r in results),
        sum(r.planned for r in results),
        sum(r.duplicates for r in results),
        sum(r.lost for r in results),
        sum(r.unknown_before for r in results),
        sum(r.unknown_after for r in results),
        sum(r.unmailed for r in results),
    )
    return dict(zip(COLUMNS, sums, strict=True))


def wrong(rows: Iterable[Row]) -> list[str]:
    return [f"{row.group}, {row.kind}: {', '.join(row.result.wrong)}" for row in rows if row.result.wrong]


def as_json(rows: Sequence[Row], seconds: float) -> dict[str, Any]:
    return {
        "total": figures(rows),
        "seconds": round(seconds, 1),
        "wrong": wrong(rows),
        "rows": [{"group": group, "kind": kind, **figures(some)} for (group, kind), some in _grouped(rows).items()],
    }


def show(rows: Sequence[Row], console: Console) -> None:
    table = Table(box=None, padding=(0, 1, 0, 0), title="Faults on the send path", title_justify="left")
    for name in ("where", "what", *COLUMNS):
        table.add_column(name, justify="left" if name in ("where", "what") else "right", overflow="fold")
    for (group, kind), some in _grouped(rows).items():
        table.add_row(group, kind, *map(str, figures(some).values()))
    table.add_row("all", "", *map(str, figures(rows).values()), style="bold")
    console.print(table)


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.group, row.kind), []).append(row)
    return groups
