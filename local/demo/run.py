"""`make demo`: the whole journey on this machine, over real HTTP and with real files. The readers are simulated."""

import json
import shutil
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from functions.domain.topic import Taxonomy
from local.clock import AcceleratedClock
from local.demo import content, report, story, supporters
from local.demo.checks import ENOUGH_SELECTIONS, Check
from local.demo.facts import Facts
from local.demo.gather import Taken, gather
from local.demo.journey import PATIENCE_S, Journey
from local.demo.own_pages import own_pages
from local.demo.show import Show
from local.demo.staff import RefusedError, Staff
from local.demo.summary import closing, self_checks, summary
from local.drain import NotDrainedError
from local.ministack import claim
from local.platform import Platform

OUT = Path("build/demo")
WEEKS = 8
PORT = 8765  # where `make serve` answers, so that links in the mails work there again
SHARE = 0.5  # of those who could be selected for, sent in staff's order in the last edition


class Scale:
    """How much of it: everything, or as little as a test has time for."""

    def __init__(self, quick: bool) -> None:
        self.quick = quick
        self.editions = 2 if quick else WEEKS
        self.enough = 3 if quick else ENOUGH_SELECTIONS

    def csv(self, seed: int) -> bytes:
        """The import file; when quick its first 60 good rows with the bad ones between them."""
        whole = supporters.supporters_csv(seed)
        return b"".join(whole.splitlines(keepends=True)[:64]) if self.quick else whole


def main(out: Path = OUT, seed: int = supporters.SEED, quick: bool = False) -> int:
    """Run it; results in `out`. 0 when all self-checks hold, 1 when one does not, 130 after Ctrl-C."""
    show = Show()
    show.heed_interrupts()
    try:
        return _run(show, out, seed, Scale(quick))
    except KeyboardInterrupt:
        show.say("Stopped. Nothing is left running.")
        return 130
    except (RefusedError, NotDrainedError) as error:
        show.say(f"The demonstration stopped: {error}")
        return 1


def _run(show: Show, out: Path, seed: int, scale: Scale) -> int:
    began = time.monotonic()
    seconds: dict[str, float] = {}
    _clear(out)
    first = datetime.now(UTC).replace(hour=6, minute=30, second=0, microsecond=0) - timedelta(weeks=WEEKS, days=1)
    clock = AcceleratedClock(first.timestamp())
    show.say(f"{scale.editions} weekly editions from {first:%d %B %Y} on, in accelerated time. The readers are simulated.")
    port = 0 if scale.quick else _port()
    with Platform(out / "data", clock=clock, ceiling="observed", port=port, leaps_age_caches=False) as platform:
        platform.account.max_rate = 2000.0
        seconds["platform up"] = time.monotonic() - began
        facts = _walk(show, platform, out, seed, scale, seconds)
        started = time.monotonic()
        with show.stage("Look at what came of it", None):
            found, mails = self_checks(facts, scale.enough), story.pair(facts)
            pictures = report.pictures(mails, platform.url)
        with show.stage("Three supporters look at their own pages", None):
            own = own_pages(platform, facts)
        seconds["looking back"] = time.monotonic() - started
    seconds["total"] = time.monotonic() - began
    figures = summary(facts, seconds, found)
    (out / "summary.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (out / "report.html").write_text(report.render(facts, figures, mails, pictures, own), "utf-8")
    return _close(show, out, figures, found)


def _walk(show: Show, platform: Platform, out: Path, seed: int, scale: Scale, seconds: dict[str, float]) -> Facts:
    started = time.monotonic()
    staff = Staff(platform.url, lambda role, who: platform.staff_token(role, subject=who))
    blocks, editions = content.blocks(), content.editions()[: scale.editions]
    taken = _set_up(show, platform, staff, editions, seed, scale)
    seconds["set-up"] = time.monotonic() - started
    topics = {name: tuple(block["topics"]) for name, block in blocks.items()}
    journey = Journey(platform, staff, supporters.tastes(seed), topics, out / "mails", seed, show.stage)
    started = time.monotonic()
    for body in editions:
        journey.week(body, SHARE if len(journey.sends) + 1 == scale.editions else 0.0)
    seconds["weeks"] = time.monotonic() - started
    return gather(journey, taken, Taxonomy.from_json(content.topics()), _titles(blocks))


def _set_up(show: Show, platform: Platform, staff: Staff, editions: Sequence[content.Body], seed: int, scale: Scale) -> Taken:
    offered = sorted({entry["block"] for body in editions for entry in body["entries"]})
    with show.stage("Staff set up topics, lists, pictures and blocks", len(offered) + len(content.lists()) + 1) as tick:
        staff.set_up(content, offered, tick)
    with show.stage("Staff import suppressions, then supporters", None):
        suppressed = staff.suppress(supporters.suppressions_csv(seed))
        asked = staff.import_supporters(scale.csv(seed), "national", "ledenadministratie")
        platform.drain(PATIENCE_S)
        return Taken(staff.import_status(asked), suppressed, tuple(supporters.suppressions(seed)))


def _titles(blocks: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {name: {language: text["title"] for language, text in block["texts"].items()} for name, block in blocks.items()}


def _clear(out: Path) -> None:
    """Forget the last run: what it wrote, and nothing else that may lie in the folder.

    CannotStartError when somebody is still looking around in it (`serve --data`).
    """
    claim(out / "data").close()
    for folder in ("data", "mails"):
        shutil.rmtree(out / folder, ignore_errors=True)
    for file in ("summary.json", "report.html"):
        with suppress(FileNotFoundError):
            (out / file).unlink()
    out.mkdir(parents=True, exist_ok=True)


def _port() -> int:
    """The port of `make serve` when it is free, else any."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return 0
    return PORT


def _close(show: Show, out: Path, figures: Mapping[str, Any], found: tuple[Check, ...]) -> int:
    show.say("")
    show.table("What came of it (simulated readers, who click several times as often as people do)", closing(figures))
    show.say("")
    for check in found:
        show.say(f"{'holds ' if check.ok else 'FAILED'}  {check.says} ({check.found})")
    mails = sum(1 for _ in (out / "mails").rglob("*.eml"))
    show.say("")
    show.say(f"Open {out / 'report.html'} in a browser: the whole story, with two supporters' mails side by side.")
    show.say(f"{out / 'mails'} holds all {mails} mails as .eml, {out / 'summary.json'} the figures.")
    show.say(f"To look around in it: python -m local serve --data {out / 'data'}   (or `make serve` to start with nothing)")
    if failed := [check for check in found if not check.ok]:
        show.say(f"\nThe demonstration failed: {failed[0].says} But {failed[0].found}.")
        return 1
    return 0
