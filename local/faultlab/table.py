"""The results as a person reads them, and as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from local.faultlab.run import Result
from local.faultlab.wire import Fault

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


def two_kinds(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """What is unknown, by how it came to be: answers got lost, or visits were killed between their claim and SES's answer."""
    killed = [row for row in rows if _kills(row)]
    alive = [row for row in rows if not _kills(row) and "kill -9" not in row.kind]
    return {"answers lost": _unknown(alive, Fault.LOST), "visits killed": _unknown(killed, Fault.KILLED)}


def _kills(row: Row) -> bool:
    return any(fault is Fault.KILLED for _, fault in row.result.faults)


def _unknown(rows: Sequence[Row], fault: Fault) -> dict[str, int]:
    found = figures(rows)
    injected = sum(kind is fault for row in rows for _, kind in row.result.faults)
    return {"injected": injected, **{name: found[name] for name in ("unknown before", "unknown after", "of those unmailed")}}


def in_words(rows: Sequence[Row]) -> str:
    lost, killed = two_kinds(rows).values()
    return (
        f"{lost['injected']} answers lost: {lost['unknown before']} unknown before SES reported, {lost['unknown after']} after.\n"
        f"{killed['injected']} visits killed: {killed['unknown before']} unknown before, {killed['unknown after']} after; "
        f"of {killed['of those unmailed']} of these SES never had a mail: claimed, not asked."
    )


def as_json(rows: Sequence[Row], seconds: float) -> dict[str, Any]:
    return {
        "total": figures(rows),
        "unknown": two_kinds(rows),
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
