"""What a visit of `deliver` takes: peak of memory, however many a send goes to, and CPU per mail: `python -m benchmarks.visits`.

A visit mails one chunk, at most 500. It is the very handler against the emulator's tables and a stub of SES over TLS
(benchmarks/stub.py), each in a process of its own: in this one there are but the handler and pollers that wait. The mail is the one
of `benchmarks.assembly`, 54 KB; three in ten get it chosen by their clicks.
"""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import figures, stub
from benchmarks.assembly import Contest
from benchmarks.memory import Memory
from benchmarks.scale import people
from functions.adapters import aws
from local.environment import Environment, forget_caches
from local.platform import Platform
from tests.stored import Stored

SUPPORTERS = (500, 2_000, 5_000)
WARM_UP = 20  # what is loaded at a first visit is none of the peak
FLAT = 1.1  # target: largest peak over smallest
PATIENCE_S = 300.0


@contextmanager
def _platform(folder: Path) -> Iterator[Platform]:
    """Without schedules; in the place of SES is the stub, which reports nothing."""
    with Platform(folder / "platform", schedules=False) as platform, stub.running(folder) as url:
        environment = Environment()
        environment.set({"AWS_ENDPOINT_URL_SESV2": url, "AWS_CA_BUNDLE": str(folder / stub.CERTIFICATE)})
        aws.ses.cache_clear()
        try:
            yield platform
        finally:
            environment.restore()


def _planned(platform: Platform, stored: Stored, count: int) -> tuple[str, list[str]]:
    """A send to everybody, frozen into chunks of which none is delivered: its id and the chunks' numbers in order."""
    with platform.functions.replaced("deliver", lambda *_: None):
        send = stored.send(Contest().compiled, f"s{count:07d}")
        platform.drain(timeout=PATIENCE_S)
    return send, sorted(str(row["chunk"]) for row in stored.rows("chunks") if row["send"] == send)


def _visit(platform: Platform, send: str, chunk: str) -> None:
    platform.invoke("deliver", {"Records": [{"body": json.dumps({"send": send, "chunk": chunk})}]})


def _peak_mb(platform: Platform, send: str, chunk: str) -> float:
    """As of a new Lambda: with no edition and no keys read before."""
    seen = Memory()
    forget_caches(clients=False)
    with seen.watching(platform, "deliver"):
        _visit(platform, send, chunk)
    return round(seen.peaks["deliver"] / 1e6, 2)


def _cpu_ms(platform: Platform, stored: Stored, send: str, chunk: str) -> float:
    """Per mail, of this process alone; without a watch on its memory, which slows it."""
    before, start = len(stored.rows("messages")), time.process_time()
    _visit(platform, send, chunk)
    spent = time.process_time() - start
    return round(spent * 1000 / (len(stored.rows("messages")) - before), 2)


def run(supporters: Sequence[int] = SUPPORTERS) -> dict[str, Any]:
    """The figures as kept in bench.json; the largest send has two chunks at least. AssertionError when somebody was not mailed."""
    peaks: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, _platform(Path(folder)) as platform:
        stored, there = Stored(platform), 0
        stored.edition(Contest().compiled)
        for count in (WARM_UP, *supporters):
            people(platform, count, there)
            there = count
            send, chunks = _planned(platform, stored, count)
            peaks[str(count)] = _peak_mb(platform, send, chunks[-1])
        cpu = _cpu_ms(platform, stored, send, chunks[0])
        assert {row["state"] for row in stored.rows("messages")} == {"sent"}
    del peaks[str(WARM_UP)]
    spread = max(peaks.values()) / min(peaks.values())
    return {"peak_mb": peaks, "largest_over_smallest": round(spread, 2), "target": FLAT, "cpu_ms_per_mail": cpu}


def main() -> None:
    found = run()
    figures.keep("visits", found)
    print("recipients of the send      peak of one visit of deliver")
    for count, peak in found["peak_mb"].items():
        print(f"  {int(count):16,} {peak:24.1f} MB")
    flat = "flat" if found["largest_over_smallest"] <= FLAT else "NOT FLAT"
    print(f"{flat}: the largest is {found['largest_over_smallest']} times the smallest (target at most {FLAT})")
    print(f"CPU {found['cpu_ms_per_mail']} ms per mail, claim and settling in it\n\nwritten to {figures.OUT}")


if __name__ == "__main__":
    main()
