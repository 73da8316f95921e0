"""`python -m local.faultlab`: every AWS call of the send path fails in turn, and nobody is mailed twice or forgotten."""

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from local.faultlab import table
from local.faultlab.killed import killed
from local.faultlab.shares import Told, share
from local.faultlab.table import Row
from local.progress import Bar

OUT = Path("build/faults.json")
LOOK_S = 0.5


def main(
    supporters: Annotated[int, typer.Option(help="How many each send goes to.")] = 20,
    every: Annotated[int, typer.Option(help="Only every so manieth point of injection.")] = 1,
    workers: Annotated[int, typer.Option(help="Platforms side by side.")] = 2,
    bulk: Annotated[bool, typer.Option("--bulk", help="Send many mails in a call.")] = False,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Fail every AWS call of a send in turn: before its effect, with its answer lost, and as the end of its Lambda.

    Prints a table; ends with 1 when anybody was mailed twice or is without a named state. Real AWS is not involved.
    """
    started = time.monotonic()
    context, path = get_context("spawn"), "proven" if bulk else "off"
    with context.Manager() as manager, ProcessPoolExecutor(workers, mp_context=context) as pool:
        told: Told = manager.dict()
        shares = [pool.submit(share, supporters, every, n, workers, told, path) for n in range(workers)]
        _watch(shares, told)
        rows = [row for done in shares for row in done.result()]
    rows.append(Row("scenario", "kill -9 of the platform in mid-send, started again", killed()))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    table.show(sorted(rows, key=lambda row: (row.group == "scenario", row.group)), console)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(table.as_json(rows, time.monotonic() - started), indent=2) + "\n", "utf-8")
    console.print(f"\n{table.in_words(rows)}")
    wrong = table.wrong(rows)
    console.print(f"\n{time.monotonic() - started:.0f} s; the figures are in {out}.")
    console.print("\n".join(wrong) if wrong else "Nobody was mailed twice, nobody was forgotten.")
    raise typer.Exit(bool(wrong))


def _watch(shares: Sequence[Future[list[Row]]], told: Told) -> None:
    """Show how far the workers are until they are through."""
    bar: Bar | None = None
    while wait(shares, timeout=LOOK_S).not_done:
        so_far = list(told.values())
        if len(so_far) == len(shares):
            bar = bar or Bar("sends", sum(of for _, of in so_far))
            bar.show(sum(done for done, _ in so_far))
    if bar:
        bar.end()


if __name__ == "__main__":
    typer.run(main)
