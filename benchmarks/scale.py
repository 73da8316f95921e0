"""Plan and deliver many on the local platform: `python -m benchmarks.scale 1000 10000`. Simulated supporters, real handlers.

What is looked at: whether the time per mail stays the same when there are more, how soon after pressing *send* the first
mail goes, and whether the memory of plan and deliver stays flat. The emulator and the SES capture share this machine's
cores with the handlers, so the rate is that of all three together and says nothing about AWS.
"""

import argparse
import os
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import figures
from functions.adapters.items import item
from functions.domain.assembly import CompiledEdition
from functions.domain.interest import click_token, encode_shown
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.stored import LIST, Stored

BATCH = 25  # items in a BatchWriteItem
TOPICS = ("care", "climate", "housing")
CODES = "abc"
WATCH_S = 0.1


def _people(platform: Platform, count: int) -> None:
    """Three in ten allow selection by clicks and have some; the others allow nothing more."""
    shown = encode_shown((CODES[n % 3], 0.05) for n in range(8))
    table = os.environ["SUPPORTERS_TABLE"]
    for start in range(0, count, BATCH):
        rows = [_person(n, shown) for n in range(start, min(start + BATCH, count))]
        platform.aws.dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item(row)}} for row in rows]})


def _person(n: int, shown: str) -> dict[str, Any]:
    row = {
        "supporter": f"{n:08d}",
        "address": f"simulated{n}@example.org",
        "address_hash": f"{n:022d}",
        "language": "nl",
        "name": "Jan",
        "form": "informal",
        "newsletter": {LIST: "grant001"},
        "grants": {},
        "version": 1,
        "state": "active",
    }
    if n % 10 < 3:
        clicks = {click_token(f"mail{i:04d}", n % 8, shown, 1_750_000_000_000 + i * 10**9) for i in range(6)}
        row |= {"grants": {"observed_interest": "grant002"}, "clicks": clicks}
    return row


class Memory:
    """Peak of what one visit of a Lambda takes, beyond what was there; measured by tracemalloc, which slows everything."""

    def __init__(self, platform: Platform) -> None:
        self.peaks: dict[str, int] = {}
        self._platform, self._lock = platform, threading.Lock()

    def watching(self, name: str, handle: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def watched(event: Any, context: Any) -> Any:
            with self._lock:  # one visit at a time: the peak is of the whole process
                tracemalloc.start()
                try:
                    return handle(event, context)
                finally:
                    self.peaks[name] = max(self.peaks.get(name, 0), tracemalloc.get_traced_memory()[1])
                    tracemalloc.stop()

        return watched


def measure(count: int, edition: CompiledEdition) -> dict[str, float]:
    """Seconds for `count` supporters, from pressing *send*."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder), schedules=False, delivery_delay_s=0.0) as platform:
        stored = Stored(platform)
        platform.account.max_24h, platform.account.max_rate = -1.0, 100_000.0
        stored.edition(edition)
        _people(platform, count)
        started = time.monotonic()
        stored.send(edition)
        first = _wait(lambda: platform.outbox.sent_since(0) > 0, started)
        planned = _wait(lambda: "planned_at" in stored.rows("sends")[0], started)
        sent = _wait(lambda: platform.outbox.sent_since(0) >= count, started)
        platform.drain(timeout=3600)
        settled = time.monotonic() - started
        platform.invoke("tend_sends", {})
        send = stored.rows("sends")[0]
        assert (send["state"], send["planned"]) == ("ended", count), send
        return {
            "supporters": count,
            "first_mail_s": round(first, 2),
            "planned_s": round(planned, 2),
            "sent_s": round(sent, 2),
            "with_feedback_s": round(settled, 2),
            "ms_per_mail": round(sent / count * 1000, 3),
            "ms_per_mail_with_feedback": round(settled / count * 1000, 3),
        }


def memory(count: int, edition: CompiledEdition) -> dict[str, float]:
    """Megabytes at the peak of one visit of plan and of deliver."""
    from functions.deliver.handler import handle as deliver
    from functions.plan_send.handler import handle as plan

    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder), schedules=False, delivery_delay_s=0.0) as platform:
        stored, seen = Stored(platform), Memory(platform)
        platform.account.max_24h, platform.account.max_rate = -1.0, 100_000.0
        stored.edition(edition)
        _people(platform, count)
        with (
            platform.functions.replaced("plan_send", seen.watching("plan_send", plan)),
            platform.functions.replaced("deliver", seen.watching("deliver", deliver)),
        ):
            stored.send(edition)
            platform.drain(timeout=3600)
        return {"supporters": count, **{f"{name}_mb": round(peak / 1e6, 1) for name, peak in seen.peaks.items()}}


def _wait(done: Callable[[], bool], started: float) -> float:
    while not done():
        time.sleep(WATCH_S)
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("supporters", nargs="*", type=int, default=[1_000, 10_000], help="how many, one run each")
    parser.add_argument("--memory", nargs="*", type=int, default=[500, 2_000], help="how many for the (slow) memory runs")
    wanted = parser.parse_args()
    blocks = [a_block(f"blok-{n}", topics=(TOPICS[n % 3],)) for n in range(40)]
    edition = a_compiled_edition(blocks)
    runs = []
    for count in wanted.supporters:
        runs.append(measure(count, edition))
        print("  ".join(f"{name} {value:,}" for name, value in runs[-1].items()), flush=True)
    growth = round(runs[-1]["ms_per_mail"] / runs[0]["ms_per_mail"], 2)
    print(f"time per mail, the largest run over the smallest: {growth} (linear is 1)")
    held = [memory(count, edition) for count in wanted.memory]
    for row in held:
        print("  ".join(f"{name} {value:,}" for name, value in row.items()), flush=True)
    figures.keep("scale", {"runs": runs, "growth": growth, "memory": held})


if __name__ == "__main__":
    main()
