"""One send with faults in it, brought to rest, and counted."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from functions.adapters.bulk_mailer import MOST_ENTRIES
from functions.adapters.items import Item, item, plain
from functions.adapters.pace import ACCOUNT
from functions.deliver.mailing import THREADS
from functions.domain.assembly import CompiledEdition
from functions.domain.send import FINAL, MessageState, chunk_key
from functions.plan_send import step as planning
from local.environment import forget_caches
from local.faultlab import people
from local.faultlab.reports import HeldReports
from local.faultlab.wire import Call, Choose, Fault, Wire, nothing, swapped, tapped
from local.functions import FunctionError
from local.platform import Platform

CHUNK_SIZE, PART = 5, 2  # small, so that a send of a dozen has chunks and parts
ROUND_S = 200.0  # longer than a lease and than the pause between two nudges
ROUNDS = 12

Start = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What came of one send. `unmailed`: unknown ones whom SES never had a mail for, by the outbox."""

    send: str
    planned: int
    mails: int
    duplicates: int
    lost: int
    unknown_before: int  # at rest, SES has reported nothing yet
    unknown_after: int  # SES has reported everything
    unmailed: int
    ended: bool
    rounds: int  # of tending, one for each `ROUND_S` on the platform's clock
    faults: tuple[tuple[Call, Fault], ...]
    calls: tuple[tuple[tuple[str, str], int], ...]  # (function, operation), how often
    wrong: tuple[str, ...] = field(default=())


class Lab:
    """A platform on which send after send goes to the same supporters."""

    def __init__(self, platform: Platform, wire: Wire, edition: CompiledEdition, supporters: list[str]) -> None:
        self.platform, self.wire, self._edition, self.supporters = platform, wire, edition, supporters
        self._publisher = platform.capture.publisher
        self._count, self._round_s = 0, ROUND_S

    def run(
        self,
        choose: Choose = nothing,
        *,
        hold: bool = True,
        everyone: bool = False,
        start: Start | None = None,
        terms: Mapping[str, Any] | None = None,
        round_s: float = ROUND_S,
    ) -> Result:
        """One send under the faults of `choose`.

        `hold`: SES reports only when all is at rest. `everyone`: found by a scan, in one part, instead of named, in several.
        `start` may do more once staff have asked, `terms` are what they asked beside that. A round of tending is each `round_s`.
        """
        self._round_s = round_s
        send = self._new()
        reports = HeldReports(self._publisher)
        self.platform.capture.publisher = reports if hold else self._publisher
        self.wire.clear(choose)
        people.ask(self.platform, self._edition, send, {"everyone": True} if everyone else {"supporters": self.supporters}, terms)
        if start:
            start(send)
        return self._finish(send, reports)

    def recover(self, send: str) -> Result:
        """Bring to rest a send that another life of the platform began."""
        return self._finish(send, HeldReports(self._publisher))

    def _finish(self, send: str, reports: HeldReports) -> Result:
        rounds = self._rest(send)
        before = self._unknown(send)
        reports.let_go()
        self.platform.capture.publisher = self._publisher
        self.platform.drain(120)
        result = self._count_all(send, before, rounds)
        self._forget(send)
        return result

    def _new(self) -> str:
        """A cold start for every send, so that each reads its keys, edition and quota anew."""
        forget_caches(clients=False)
        self.platform.aws.dynamodb.delete_item(TableName=os.environ["PACE_TABLE"], Key=item({"account": ACCOUNT}))
        self._count += 1
        return f"send{self._count:04d}"

    def _rest(self, send: str) -> int:
        self.platform.drain(120)
        for done in range(1, ROUNDS):
            with suppress(FunctionError):  # the next minute does it again
                self.platform.invoke("tend_sends", {})
            self.platform.drain(120)
            if self._item(send).get("state") == "ended":
                return done
            self.platform.clock.advance(self._round_s)
        return ROUNDS

    def _count_all(self, send: str, before: int, rounds: int) -> Result:
        rows = self._rows(send)
        mailed = Counter(mail.tags["supporter"] for mail in self.platform.outbox.mails(send=send))
        named = Counter(row["supporter"] for row in rows if MessageState(row["state"]) in FINAL)
        unknown = {row["supporter"] for row in rows if row["state"] == MessageState.UNKNOWN}
        wants = set(self.supporters)
        result = Result(
            send=send,
            planned=len(wants),
            mails=mailed.total(),
            duplicates=sum(n - 1 for n in mailed.values()),
            lost=len((wants - named.keys()) | (wants - unknown - mailed.keys())),
            unknown_before=before,
            unknown_after=len(unknown),
            unmailed=len(unknown - mailed.keys()),
            ended=self._item(send).get("state") == "ended",
            rounds=rounds,
            faults=tuple(self.wire.done),
            calls=tuple(self.wire.calls.items()),
        )
        per_call = MOST_ENTRIES if os.environ["BULK_PATH"] == "proven" else 1
        return judged(result, sum(n - 1 for n in named.values()), per_call)

    def _rows(self, send: str) -> list[Item]:
        return [
            row for chunk in self._chunks(send) for row in self._query("messages", "chunk", chunk_key(send, int(chunk["chunk"])))
        ]

    def _unknown(self, send: str) -> int:
        return sum(row["state"] == MessageState.UNKNOWN for row in self._rows(send))

    def _chunks(self, send: str) -> list[Item]:
        return self._query("chunks", "send", send)

    def _query(self, table: str, key: str, value: str) -> list[Item]:
        found = self.platform.aws.dynamodb.query(
            TableName=os.environ[f"{table.upper()}_TABLE"],
            KeyConditionExpression="#k = :v",
            ExpressionAttributeNames={"#k": key},
            ExpressionAttributeValues={":v": {"S": value}},
            ConsistentRead=True,
        )
        return [plain(row) for row in found["Items"]]

    def _item(self, send: str) -> Item:
        found = self._query("sends", "send", send)
        return found[0] if found else {}

    def _forget(self, send: str) -> None:
        """`tend_sends` looks at every send; the next run is to see its own alone."""
        for chunk in self._chunks(send):
            key = item({"send": send, "chunk": chunk["chunk"]})
            self.platform.aws.dynamodb.delete_item(TableName=os.environ["CHUNKS_TABLE"], Key=key)
        self.platform.aws.dynamodb.delete_item(TableName=os.environ["SENDS_TABLE"], Key=item({"send": send}))


def judged(result: Result, twice: int, per_call: int = 1) -> Result:
    """With what breaks the promise, in words.

    A lost answer is settled by SES's events. A killed visit may leave claims whose mails SES never had: nobody can know, so
    they stay unknown for staff to decide on, at most one call of `per_call` for each thread that was at work.
    """
    kinds = Counter(fault for _, fault in result.faults)
    open_claims = kinds[Fault.KILLED] * THREADS * per_call
    rules = {
        f"{result.duplicates} mailed twice": result.duplicates > 0,
        f"{result.lost} lost": result.lost > 0,
        f"{twice} with two rows": twice > 0,
        "the send did not end": not result.ended,
        f"{result.unknown_before} unknown": result.unknown_before > kinds[Fault.LOST] * per_call + open_claims,
        f"{result.unknown_after} still unknown": result.unknown_after > open_claims,
        "unknown although SES reported": result.unknown_after > result.unmailed,
    }
    wrong = tuple(what for what, broken in rules.items() if broken)
    return Result(**{**vars(result), "wrong": wrong})


@contextmanager
def lab(platform: Platform, count: int) -> Iterator[Lab]:
    """A lab on a running, empty platform, with `count` supporters."""
    platform.account.max_rate, platform.account.delivery_delay_s = 4000.0, 0.0
    publisher = platform.capture.publisher
    edition, supporters = people.an_edition(), people.names(count)
    people.settle(platform, edition, supporters)
    try:
        with swapped(planning, CHUNK_SIZE=CHUNK_SIZE, PART=PART), tapped(platform) as wire:
            yield Lab(platform, wire, edition, supporters)
    finally:
        platform.capture.publisher = publisher
