"""The weeks of the demonstration: staff send, SES takes, readers read, and the clock goes on to the next week."""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.demo import readers
from local.demo.facts import Performed, Posted, SendFacts
from local.demo.mailbox import LINK, Mail, read_file
from local.demo.readers import Act, Doing, Letter, Seen
from local.demo.staff import Prepared, RefusedError, Staff
from local.demo.supporters import Taste, block_pull
from local.demo.tables import Tables
from local.demo.visits import Visits
from local.platform import Platform
from local.ses.outbox import Captured
from local.ses.outcome import Outcome

STAFF_ADDRESS = "staff@example.org"  # where this platform lets test sends go
WEEK = 7 * readers.DAY
DELIVERY_S = 2.0
PATIENCE_S = 180.0  # for machines that have more to do

Stage = Callable[[str, int | None], Any]


@dataclass
class Journey:
    """A run in the making: what it needs, and what it has gathered so far."""

    platform: Platform
    staff: Staff
    tastes: Mapping[str, Taste]
    block_topics: Mapping[str, tuple[str, ...]]
    mails: Path
    seed: int
    stage: Stage
    sends: list[SendFacts] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    performed: list[Performed] = field(default_factory=list)
    chosen: set[str] = field(default_factory=set)
    number: int = 0

    def __post_init__(self) -> None:
        self.tables = Tables(self.platform.aws, self.platform.resources.bucket)
        self._visits = Visits(self.platform.url, self.platform.clock, self.tastes)
        self.platform.account.outcome = self._outcome

    def week(self, body: Mapping[str, Any], comparison: float = 0.0) -> None:
        """One edition: written, prepared, looked at (the first), sent to everyone on its list, read; then a week has passed."""
        number = self.number = self.number + 1
        began = self.platform.clock.now()
        with self.stage(f"Edition {number}: send", None):
            prepared = self.staff.write_edition(dict(body))
            if number == 1:
                self.staff.preview(prepared.edition, "nl")
                self.staff.test_send(prepared.edition, STAFF_ADDRESS)
            send = self.staff.send(prepared, f"edition-{number}", comparison)
            self.platform.drain(PATIENCE_S)
        self.versions[prepared.edition] = prepared.version
        planned = self.tables.planned(send)
        self.sends.append(SendFacts(number, prepared.edition, body["name"], body["list"], send, began, planned, comparison))
        self._read(number, prepared, send, self._deliver(send, body["name"]))
        self.platform.clock.set(began + WEEK)
        self._wait_for_the_end(send)

    def _deliver(self, send: str, name: str) -> list[tuple[Captured, Path]]:
        """Put the mails of a send beside the outbox, numbered in the order in which they went out."""
        folder = self.mails / name
        folder.mkdir(parents=True, exist_ok=True)
        delivered = []
        for n, captured in enumerate(self.platform.outbox.mails(send=send), 1):
            file = folder / f"{n:04d}.eml"
            _copy(captured.path, file)
            self.posted.append(Posted(send, captured.tags["supporter"], captured.address, file))
            delivered.append((captured, file))
        return delivered

    def _read(self, number: int, prepared: Prepared, send: str, delivered: list[tuple[Captured, Path]]) -> None:
        acts: list[Act] = []
        for captured, file in delivered:
            taste = self.tastes.get(captured.address)
            if taste is not None and self._outcome(captured.address) not in _NEVER_ARRIVES:
                letter = self._letter(number, captured.at + DELIVERY_S, read_file(file), prepared.blocks)
                acts += readers.acts(taste, letter, self.seed, chosen=taste.address in self.chosen)
        with self.stage(f"Edition {number}: {len(delivered)} mails are read (simulated)", len(acts)) as tick:
            done = self._visits.perform(acts, tick)
            self.platform.drain(PATIENCE_S)
        for outcome in done:
            if outcome.act.doing is Doing.CHOOSE and outcome.status == 200:
                self.chosen.add(outcome.act.reader)
            link = LINK.search(outcome.act.url)
            n = int(link["n"]) if link else None
            personal = link is not None and link["kind"] == "c"
            self.performed.append(Performed(outcome.act, send, outcome.at, outcome.status, n, personal))

    def _letter(self, number: int, delivered: float, mail: Mail, blocks: Mapping[int, str | None]) -> Letter:
        """What the reader finds in this mail: its blocks by the links that stand in it."""
        links: dict[str, list[str]] = {}
        for link in mail.links:
            block = blocks.get(link.n)
            if block is not None:
                links.setdefault(block, []).append(link.url)
        seen = tuple(
            Seen(slot, self.block_topics[block], tuple(urls), block_pull(block, self.seed))
            for slot, (block, urls) in enumerate(links.items())
        )
        everything = (*(link.url for link in mail.links), mail.choices, mail.list_unsubscribe)
        return Letter(number, delivered, seen, everything, mail.pixel, mail.choices, mail.list_unsubscribe)

    def _outcome(self, address: str) -> Outcome | None:
        """What becomes of a mail to this address this week: most arrive."""
        fate = readers.fate(address, self.seed)
        return fate[1] if fate and fate[0] == self.number else None

    def _wait_for_the_end(self, send: str) -> None:
        """Sends are ended by their schedule, which the clock has reached by now."""
        deadline = time.monotonic() + PATIENCE_S
        while (state := self.staff.send_status(send)["state"]) != "ended":
            if time.monotonic() > deadline:
                raise RefusedError(f"the send {send} is still {state} after a week")
            time.sleep(0.05)


def _copy(source: Path, target: Path) -> None:
    """The same file under another name, or a copy where the file system has no hard links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


_NEVER_ARRIVES = (Outcome.BOUNCED, Outcome.MAILBOX_FULL)
