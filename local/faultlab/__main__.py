"""`python -m local.faultlab`: every AWS call of the send path fails in turn, and nobody is mailed twice or forgotten."""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from local.faultlab import table
from local.faultlab.killed import killed
from local.faultlab.shares import share
from local.faultlab.table import Row

OUT = Path("build/faults.json")


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
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(share, supporters, every, n, workers, "proven" if bulk else "off") for n in range(workers)]
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


if __name__ == "__main__":
    typer.run(main)
