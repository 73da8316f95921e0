"""Sends and their chunks: where a send stands, and who may work on which part of it.

The state of a chunk lives here; a queue message about it is only a nudge that may come twice, late or never.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, item, plain, typed
from functions.adapters.transactions import updated, written
from functions.domain.course import Course, Progress, course_of, mailable
from functions.domain.send import FINAL, SEND_NEXT, ChunkState, SendFact, SendState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 5
TENDED = "yes"  # in the index `by_tended` while rounds look at a send: what ended long ago costs a round nothing


@dataclass(frozen=True)
class Send:
    """One run of an edition. Times are epoch milliseconds."""

    id: str
    edition: str
    edition_version: str
    list: str
    state: SendState
    requested_at: int
    start_at: int  # 0: at once
    audience: Mapping[str, Any]
    comparison: float
    part: int  # parts of the audience planned so far
    cursor: str  # where the next part starts; "" at the beginning and the end
    planned: int
    chunk_count: int
    all_planned: bool  # the last part is frozen
    ended_at: int | None  # everybody planned has a named state, and the report is kept
    terms: Mapping[str, Any]  # what staff asked beside that, by name
    left_out: Mapping[str, int]  # of a segment, because consent is missing: "people", and by purpose
    course: Course | None  # None: mailed while it is planned
    progress: Progress
    item: Item

    @property
    def released(self) -> int | None:
        """The first so many of the frozen order may be mailed; None: all that are frozen."""
        return self.progress.released if self.course else None

    def begins(self, now_ms: int) -> bool:
        """Whether its time has come, or it began already. One that waits for a second person has not."""
        return bool(self.part) or (self.start_at <= now_ms and not self.awaits_approval)

    @property
    def personal(self) -> bool:
        """Whether it may select for somebody. Of a send that does not say, it may."""
        return bool(self.item.get("personal", True))

    @property
    def judged_from(self) -> int:
        """Epoch ms: what was mailed before, staff had seen when they let it go on after a stop of its breaker. 0: all counts."""
        return int(self.item.get("judged_from") or 0)

    @property
    def broken(self) -> bool:
        """Whether its breaker stopped it, and staff did not let it go on since."""
        return int(self.item.get("breaker", {}).get("at", 0)) > self.judged_from

    @property
    def approved(self) -> bool:
        return bool(self.item.get("approved_by"))

    @property
    def awaits_approval(self) -> bool:
        return bool(self.item.get("approval")) and not self.approved

    @classmethod
    def of(cls, stored: Item) -> "Send":
        terms: Mapping[str, Any] = stored.get("terms") or {}
        scheduled = Course() if stored.get("start_at") else None  # it is planned first: then it is known whether it fits the quota
        return cls(
            id=stored["send"],
            edition=stored["edition"],
            edition_version=stored["edition_version"],
            list=stored["list"],
            state=SendState(stored["state"]),
            requested_at=stored["requested_at"],
            start_at=stored.get("start_at") or 0,
            audience=stored["audience"],
            comparison=float(stored.get("comparison", 0)),
            part=stored.get("part", 0),
            cursor=stored.get("cursor", ""),
            planned=stored.get("planned", 0),
            chunk_count=stored.get("chunk_count", 0),
            all_planned="planned_at" in stored,
            ended_at=stored.get("ended_at"),
            terms=terms,
            left_out=stored.get("left_out", {}),
            course=course_of(terms) or scheduled,
            progress=Progress.of(stored),
            item=stored,
        )


@dataclass(frozen=True)
class Chunk:
    """Up to 500 supporters of a send, frozen. `key` is the S3 object with their ids."""

    number: str  # "00012"
    size: int
    key: str
    state: ChunkState = ChunkState.OPEN
    lease_until: int = 0  # epoch seconds
    began: int = 0  # epoch seconds of the first visit
    visited: int = 0  # epoch seconds of the last one
    nudged: int = 0  # epoch seconds
    not_before: int = 0  # epoch seconds; nobody left in it may be mailed earlier
    counts: Mapping[str, int] | None = None
    counted: int = 0  # epoch seconds
    lately: Mapping[str, Any] | None = None  # "counts" of what was mailed from "since" (epoch ms) on, where that was asked
    first: int = 0  # how many of the send are frozen before this chunk

    @property
    def settled(self) -> int:
        """How many had a named state when they were counted."""
        if self.state is ChunkState.DONE:
            return self.size
        return sum(n for state, n in (self.counts or {}).items() if state in FINAL)

    def mailable(self, send: Send) -> int:
        """How many of the chunk the send's course releases by now."""
        return mailable(send.released, self.first, self.size)


class Sends:
    """The tables `sends` and `chunks`."""

    def __init__(self, client: "DynamoDBClient", sends_table: str, chunks_table: str) -> None:
        self._client, self._sends, self._chunks = client, sends_table, chunks_table

    def get(self, send: str) -> Send | None:
        found = self._client.get_item(TableName=self._sends, Key={"send": {"S": send}}, ConsistentRead=True).get("Item")
        return Send.of(plain(found)) if found else None

    def terms(self, send: str) -> Mapping[str, Any]:
        """What staff asked of a send; nothing of one that is not there."""
        found = self._client.get_item(TableName=self._sends, Key={"send": {"S": send}}).get("Item", {})
        return plain({name: value for name, value in found.items() if name == "terms"}).get("terms") or {}

    def tended(self) -> Iterator[Send]:
        """The sends that there may be something to do for, as they are now."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._sends,
            IndexName="by_tended",
            KeyConditionExpression="tended = :yes",
            ExpressionAttributeValues={":yes": {"S": TENDED}},
        )
        ids = [found["send"]["S"] for page in pages for found in page["Items"]]
        yield from filter(None, map(self.get, ids))  # an index may be behind, and has keys alone

    def tend(self, send: Send) -> None:
        """Have rounds look at a send of a time when there was no such index."""
        self._update(self._sends, {"send": send.id}, {"tended": TENDED}, "#state = :was", was=send.state.value)

    def rest(self, send: Send) -> bool:
        """Rounds pass it over from now on, until a fact moves it again. False when that happened since it was read."""
        return updated(
            self._client,
            TableName=self._sends,
            Key=item({"send": send.id}),
            UpdateExpression="REMOVE tended",
            ConditionExpression="#state = :state AND ended_at = :ended",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":state": typed(send.state.value), ":ended": typed(send.ended_at)},
        )

    def all(self) -> Iterator[Send]:
        """Every send that there ever was, for when staff ask."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._sends):
            yield from (Send.of(plain(found)) for found in page["Items"])

    def note(self, send: Send, fact: SendFact, **attributes: Any) -> SendState | None:
        """Move a send on by a fact, with attributes to keep. None when the fact changes nothing, or the send is gone.

        Staff, `plan_send` and `deliver` may all be at it: whoever comes second reads again what the fact means now.
        """
        now: Send | None = send
        for _ in range(ATTEMPTS):
            if now is None:
                return None
            state = SEND_NEXT[now.state, fact]
            if state is now.state and not attributes:
                return None
            values = {"state": state.value, "tended": TENDED, **attributes}
            if self._update(self._sends, {"send": send.id}, values, "#state = :was", was=now.state.value):
                return state
            now = self.get(send.id)
        raise RuntimeError(f"send {send.id} changed {ATTEMPTS} times meanwhile")

    def keep(self, send: Send, **values: Any) -> bool:
        """Keep attributes of a send. False when its state, or any of them, is not what was read any more."""
        was = {name: send.item[name] for name in values if name in send.item}
        same = [f"#{name} = :was_{name}" if name in was else f"attribute_not_exists(#{name})" for name in values if name != "state"]
        condition = " AND ".join(["#state = :was_state", *same])
        known = {f"was_{name}": value for name, value in was.items() if name != "state"}
        return self._update(self._sends, {"send": send.id}, values, condition, was_state=send.state.value, **known)

    def add_part(self, send: Send, chunks: Sequence[Chunk], cursor: str, left_out: Mapping[str, int] | None = None) -> bool:
        """Freeze one part of the audience: its chunks and the place where the next part starts, all or nothing.

        `left_out`: for a segment, how many were left out so far because consent is missing ("people", and by purpose).
        At most 90 chunks (a transaction takes 100 items). False when this part was planned already.
        """
        firsts = accumulate((c.size for c in chunks), initial=send.planned)
        puts: list[Any] = [
            {
                "Put": {
                    "TableName": self._chunks,
                    "Item": item(
                        {"send": send.id, "chunk": c.number, "n": c.size, "first": first, "key": c.key, "state": c.state.value}
                    ),
                    "ConditionExpression": "attribute_not_exists(send)",
                }
            }
            for c, first in zip(chunks, firsts, strict=False)
        ]
        move: Any = {
            "Update": {
                "TableName": self._sends,
                "Key": {"send": {"S": send.id}},
                "UpdateExpression": "SET part = :next, #cursor = :cursor, planned = :planned, chunk_count = :count"
                + (", left_out = :left_out" if left_out is not None else ""),
                "ConditionExpression": "(part = :part OR (attribute_not_exists(part) AND :part = :zero)) "
                "AND attribute_not_exists(planned_at) AND #state <> :cancelled",
                "ExpressionAttributeNames": {"#cursor": "cursor", "#state": "state"},
                "ExpressionAttributeValues": item(
                    {
                        ":next": send.part + 1,
                        ":cursor": cursor,
                        ":planned": send.planned + sum(c.size for c in chunks),
                        ":count": send.chunk_count + len(chunks),
                        ":part": send.part,
                        ":zero": 0,
                        ":cancelled": SendState.CANCELLED.value,
                        ":left_out": left_out,
                    }
                ),
            }
        }
        return written(self._client, [*puts, move])

    def chunks(self, send: str) -> Iterator[Chunk]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._chunks,
            KeyConditionExpression="send = :s",
            ExpressionAttributeValues={":s": {"S": send}},
            ConsistentRead=True,  # a chunk just frozen must not be missed when a send is called finished
        )
        for page in pages:
            yield from (_chunk(plain(found)) for found in page["Items"])

    def lease(self, send: str, number: str, now_s: int, until_s: int) -> Chunk | None:
        """The open chunk, ours until `until_s`; None when it is done or someone else's."""
        key = {"send": send, "chunk": number}
        if not self._update(
            self._chunks,
            key,
            {"lease_until": until_s, "visited": now_s},
            "#state = :open AND (attribute_not_exists(lease_until) OR lease_until < :now)",
            once={"began": now_s},
            open=ChunkState.OPEN.value,
            now=now_s,
        ):
            return None
        found = self._client.get_item(TableName=self._chunks, Key=item(key), ConsistentRead=True)["Item"]
        return _chunk(plain(found))

    def reopen(self, send: str, number: str, now_s: int, until_s: int) -> bool:
        """Open a chunk again and keep visits out until `until_s`. False when somebody is at it now."""
        return self._update(
            self._chunks,
            {"send": send, "chunk": number},
            {"state": ChunkState.OPEN.value, "lease_until": until_s},
            "attribute_exists(send) AND (attribute_not_exists(lease_until) OR lease_until < :now)",
            now=now_s,
        )

    def release(self, send: str, number: str, until_s: int) -> None:
        """Give a lease back, if it is still ours (it ended at `until_s`)."""
        self._update(self._chunks, {"send": send, "chunk": number}, {"lease_until": 0}, "lease_until = :ours", ours=until_s)

    def finish(self, send: str, number: str, counts: Mapping[str, int], now_s: int) -> None:
        """Every supporter of the chunk has a row in a named state. The counts are put, never added: batches repeat."""
        self._put_counts(send, number, counts, now_s, {"state": ChunkState.DONE.value, "lease_until": 0})

    def count(self, send: str, number: str, counts: Mapping[str, int], now_s: int, not_before: int | None = None) -> None:
        """New counts of a chunk, recomputed from its rows. `not_before`: nobody left in it may be mailed earlier (0: now)."""
        self._put_counts(send, number, counts, now_s, {} if not_before is None else {"not_before": not_before})

    def recount(
        self, send: str, chunk: Chunk, counts: Mapping[str, int], now_s: int, lately: Mapping[str, Any] | None = None
    ) -> bool:
        """The same, unless somebody counted since `chunk` was read: their counts are the newer."""
        values = {"counts": dict(counts), "counted": now_s, **({"lately": lately} if lately else {})}
        key = {"send": send, "chunk": chunk.number}
        return self._update(self._chunks, key, values, "#counted = :counted_then", counted_then=chunk.counted)

    def recorded(self, send: str, ended_at: int) -> None:
        """The public record of the end at `ended_at` (epoch ms) is kept."""
        self._update(self._sends, {"send": send}, {"recorded": ended_at}, "attribute_exists(send)")

    def nudged(self, send: str, number: str, now_s: int) -> None:
        self._update(self._chunks, {"send": send, "chunk": number}, {"nudged": now_s}, "attribute_exists(send)")

    def _put_counts(self, send: str, number: str, counts: Mapping[str, int], now_s: int, more: Item) -> None:
        values = {"counts": dict(counts), "counted": now_s, **more}
        self._update(self._chunks, {"send": send, "chunk": number}, values, "attribute_exists(send)")

    def _update(
        self, table: str, key: Item, values: Item, condition: str, once: Item | None = None, **condition_values: Any
    ) -> bool:
        """Write `values`, and those of `once` that are not there yet, under a condition. False when it does not hold."""
        first = once or {}
        sets = [f"#{name} = :new_{name}" for name in values] + [f"#{n} = if_not_exists(#{n}, :new_{n})" for n in first]
        names = {f"#{name}": name for name in (*values, *first)}
        if "#state" in condition:
            names["#state"] = "state"
        return updated(
            self._client,
            TableName=table,
            Key=item(key),
            UpdateExpression="SET " + ", ".join(sets),
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={
                **{f":new_{name}": typed(new) for name, new in (values | first).items()},
                **{f":{name}": typed(was) for name, was in condition_values.items()},
            },
        )


def _chunk(stored: Item) -> Chunk:
    return Chunk(
        number=stored["chunk"],
        size=stored["n"],
        key=stored["key"],
        first=stored.get("first", 0),
        state=ChunkState(stored["state"]),
        lease_until=stored.get("lease_until", 0),
        began=stored.get("began", 0),
        visited=stored.get("visited") or stored.get("began", 0),
        nudged=stored.get("nudged", 0),
        not_before=stored.get("not_before", 0),
        counts=stored.get("counts"),
        counted=stored.get("counted", 0),
        lately=stored.get("lately"),
    )
