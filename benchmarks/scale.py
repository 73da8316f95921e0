"""What grows with the number of recipients, and whether the pace is held: `python -m benchmarks.scale 10000 100000`.

Simulated supporters, the real handlers, the emulator and the SES capture, all on this machine's cores: the rate is that of all
together and says nothing about AWS; what is looked at is growth. Supporters are written straight into their table, not imported.
Before that, one send with a rate that SES holds to (`--rate`): how much of it is used, and how many mails SES drops.

Results go to build/scale.json after every step, so that a run that is broken off leaves what it saw.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import figures
from benchmarks.memory import Memory
from benchmarks.reports import Valve
from functions.adapters.items import item
from functions.domain.assembly import CompiledEdition
from functions.domain.interest import click_token, encode_shown
from local.platform import Platform
from local.progress import Bar
from tests.builders import a_block, a_compiled_edition
from tests.stored import LIST, Stored

OUT = Path("build/scale.json")
BATCH = 25  # items in a BatchWriteItem
TOPICS = ("care", "climate", "housing")
CODES = "abc"
WATCH_S = 0.1
HOURS_S = 6 * 3600.0
LOOKED_AT = 2  # chunks delivered under a memory watch
TARGETS = {"growth": 1.3, "first_mail_s": 30, "held": 0.95}


def people(platform: Platform, count: int, there: int = 0) -> None:
    """`count` in all, so many of them `there` already. Three in ten allow selection by clicks and have some; the others allow
    nothing more."""
    shown = encode_shown((CODES[n % 3], 0.05) for n in range(8))
    table = os.environ["SUPPORTERS_TABLE"]
    bar = Bar("writing supporters", count)
    for start in range(there, count, BATCH):
        rows = [_person(n, shown) for n in range(start, min(start + BATCH, count))]
        platform.aws.dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item(row)}} for row in rows]})
        bar.show(start + len(rows))
    bar.end()


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


@contextmanager
def _stage(count: int, edition: CompiledEdition) -> Iterator[tuple[Platform, Stored, Valve]]:
    """A platform with its schedules, an account without limits, and so many supporters."""
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder), delivery_delay_s=0.0) as platform:
        stored, behind = Stored(platform), platform.capture.publisher
        valve = platform.capture.publisher = Valve(behind, lambda: _waiting(platform, "feedback"))
        platform.account.max_24h, platform.account.max_rate = -1.0, 100_000.0
        stored.edition(edition)
        people(platform, count)
        try:
            yield platform, stored, valve
        finally:
            valve.close()
            platform.capture.publisher = behind


def _cpu_s(platform: Platform) -> float:
    """Processor seconds so far, of this process and of the emulator: what a busy machine does not stretch as it does time."""
    fields = Path(f"/proc/{platform.ministack.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    emulator = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime and stime
    return time.process_time() + emulator


def _waiting(platform: Platform, queue: str) -> int:
    found = platform.aws.sqs.get_queue_attributes(QueueUrl=platform.resources.queue_urls[queue], AttributeNames=["All"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def measure(count: int, edition: CompiledEdition) -> dict[str, float]:
    """Seconds for `count` supporters, from pressing *send*, and then the memory of one more send to as many."""
    with _stage(count, edition) as (platform, stored, valve):
        started, busy = time.monotonic(), _cpu_s(platform)
        stored.send(edition)
        first = _wait(lambda: platform.outbox.sent_since(0) > 0, started)
        sent = _mails_out(platform, count, started)
        busy = _cpu_s(platform) - busy
        reported = _wait(lambda: not valve.held, started, Bar("reports", max(1, valve.held)), lambda total: total - valve.held)
        platform.drain(timeout=HOURS_S)
        settled = time.monotonic() - started
        platform.invoke("tend_sends", {})
        [send] = stored.rows("sends")
        assert (send["state"], send["planned"], platform.outbox.sent_since(0)) == ("ended", count, count), send
        assert reported <= settled
        return {
            "supporters": count,
            "first_mail_s": round(first, 2),
            "sent_s": round(sent, 2),
            "with_feedback_s": round(settled, 2),
            "ms_per_mail": round(sent / count * 1000, 3),
            "cpu_ms_per_mail": round(busy / count * 1000, 3),
            "ms_per_mail_with_feedback": round(settled / count * 1000, 3),
            **_memory(platform, stored, edition),
        }


def _memory(platform: Platform, stored: Stored, edition: CompiledEdition) -> dict[str, float]:
    """Megabytes at the peak of a visit of plan, and of deliver, of a send to everybody of which two chunks are delivered."""
    seen, id_ = Memory(), "sendmemo"
    with seen.watching(platform, "plan_send"), platform.functions.replaced("deliver", lambda *_: None):
        stored.send(edition, id_)
        _wait(lambda: any("planned_at" in row for row in stored.rows("sends") if row["send"] == id_), time.monotonic())
        platform.drain(timeout=HOURS_S)
        chunks = sorted((row for row in stored.rows("chunks") if row["send"] == id_), key=lambda row: str(row["chunk"]))
        for row in chunks:
            stored.put("chunks", row | {"nudged": int(time.time() + HOURS_S)})  # no round of tending nudges the others
    with seen.watching(platform, "deliver"):
        for row in chunks[:LOOKED_AT]:
            platform.invoke("deliver", {"Records": [{"body": json.dumps({"send": id_, "chunk": row["chunk"]})}]})
    return {f"{name}_mb": round(peak / 1e6, 1) for name, peak in seen.peaks.items()}


def pace(count: int, rate: float, edition: CompiledEdition) -> dict[str, float]:
    """How much of the rate that SES holds to a send uses, from its first mail to its last, and how many mails SES dropped."""
    with _stage(count, edition) as (platform, stored, _):
        platform.account.max_rate, platform.account.enforce_rate = rate, True
        started = time.monotonic()
        stored.send(edition)
        _mails_out(platform, count, started)
        platform.drain(timeout=HOURS_S)
        times = sorted(mail.at for mail in platform.outbox.mails())
        assert len(times) == count
        took = times[-1] - times[0]
        held = (count - 1) / took / rate
        return {
            "mails": count,
            "rate": rate,
            "seconds": round(took, 1),
            "held": round(held, 4),
            "throttled": platform.capture.throttled,
        }


def _mails_out(platform: Platform, count: int, started: float) -> float:
    return _wait(
        lambda: platform.outbox.sent_since(0) >= count, started, Bar("mails", count), lambda _: platform.outbox.sent_since(0)
    )


def _wait(
    done: Callable[[], bool], started: float, bar: Bar | None = None, progress: Callable[[int], int] = lambda total: total
) -> float:
    """Seconds from `started` until it is done."""
    while not done():
        if bar:
            bar.show(progress(bar.total))
        time.sleep(WATCH_S)
    if bar:
        bar.end()
    return time.monotonic() - started


def _tell(name: str, found: dict[str, float]) -> None:
    figures.keep(name, found, OUT)
    print("  ".join(f"{what} {value:,}" for what, value in found.items()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("supporters", nargs="*", type=int, default=[10_000, 100_000], help="how many, one run each")
    parser.add_argument("--paced", type=int, default=2_000, help="mails of the send whose rate SES holds to; 0: none")
    parser.add_argument("--rate", type=float, default=40.0, help="mails a second that SES grants it")
    wanted = parser.parse_args()
    edition = a_compiled_edition([a_block(f"blok-{n}", topics=(TOPICS[n % 3],)) for n in range(40)])
    if wanted.paced:
        _tell("pace", pace(wanted.paced, wanted.rate, edition))
    runs = []
    for count in wanted.supporters:
        runs.append(measure(count, edition))
        _tell(f"{count} supporters", runs[-1])
    if len(runs) > 1:
        growth = {
            name: round(runs[-1][of] / runs[0][of], 2)
            for name, of in {"time_per_mail": "ms_per_mail", "cpu_per_mail": "cpu_ms_per_mail"}.items()
        }
        _tell("growth", {"smallest": runs[0]["supporters"], "largest": runs[-1]["supporters"], **growth})
    print(f"targets: {TARGETS}; written to {OUT}")


if __name__ == "__main__":
    main()
