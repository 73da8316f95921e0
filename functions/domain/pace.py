"""How fast an SES account may mail, shared by everything that mails: one bucket, as plain rules.

Virtual scheduling (the generic cell rate algorithm, ITU-T I.371): the bucket holds the next free moment. Who takes a block of mails
gets the moments from there on, one each `1/rate`, and moves it on. When SES throttles, the rate falls at once; it grows again
little by little (additive increase, multiplicative decrease), up to what SES grants.

Times are epoch milliseconds of the machines' own clocks: SES counts real seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

BLOCK_S = 0.25  # of mails in a block: four writes a second for the whole account, however many Lambdas mail
BURST_MS = 250.0  # what nobody took for a while may be caught up with, this much of it
LEAD_MS = 1_000.0  # nobody takes moments further ahead, so that many Lambdas take turns
SLOWER, SLOWER_AGAIN_MS = 0.7, 1_000.0  # many mails meet one throttle: they count as one
FASTER = 0.02  # of what SES grants, per second: from a throttle back to the full rate in 15 seconds
LEAST = 0.1  # of what SES grants: slower than this it does not get
ASK_AGAIN_MS = 300_000.0  # SES, how much it grants: non-sending calls are limited to one a second per account
ASK_SOON_MS, ASK_LATER_MS = 1_500.0, 10_000.0  # after a question that got no answer: without any rate yet, and with an old one
HELD_MS = 5_000.0  # who took mails has precedence so long; longer than from one block to the next
ANNOUNCED_MS = 15_000.0  # and a send whose deliveries are on their way so long: theirs come after others in the queue


class Priority(StrEnum):
    """Of a send, among those that mail at the same time."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def above(self) -> "tuple[Priority, ...]":
        order = tuple(Priority)
        return order[order.index(self) + 1 :]


def priority_of(terms: Mapping[str, Any]) -> Priority:
    return Priority(terms.get("priority", Priority.NORMAL))


@dataclass(frozen=True)
class Bucket:
    """`most` mails a second are granted (0: nobody knows yet), as SES told at `told_at`; it was last asked at `asked_at`.

    At `slowed_at` the rate fell to `slow`. `holds`: until when sends of a priority have precedence over lower ones.
    """

    most: float = 0.0
    told_at: float = 0.0
    asked_at: float = 0.0
    slow: float = 0.0
    slowed_at: float = 0.0
    free_at: float = 0.0
    holds: Mapping[Priority, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """What became of asking for mails: `moments` at which one may go each; when none, ask again after `again_ms`.

    A moment may lie a little before now: that mail may go at once. `yields`: sends of a higher priority are at it.
    """

    bucket: Bucket
    moments: tuple[float, ...] = ()
    again_ms: float = 0.0
    yields: bool = False


def rate(bucket: Bucket, now: float) -> float:
    """Mails a second at this moment."""
    if not bucket.slowed_at:
        return bucket.most
    return min(bucket.most, bucket.slow + bucket.most * FASTER * max(0.0, now - bucket.slowed_at) / 1000)


def take(bucket: Bucket, need: int, want: int, priority: Priority, now: float) -> Turn:
    """`need` mails at least, or none. More, up to `want`, as far as a block goes."""
    if not bucket.most:
        return Turn(bucket, again_ms=100.0)
    if yields(bucket, priority, now):
        return Turn(bucket, again_ms=500.0, yields=True)
    if (ahead := bucket.free_at - now) > LEAD_MS:
        return Turn(bucket, again_ms=ahead - LEAD_MS)
    now_rate = rate(bucket, now)
    count = max(need, min(want, at_once(bucket, now)))
    start, step = max(bucket.free_at, now - BURST_MS), 1000 / now_rate
    moments = tuple(start + n * step for n in range(count))
    held = _held(bucket, priority, now + HELD_MS)
    return Turn(replace(bucket, free_at=start + count * step, holds=held), moments)


def at_once(bucket: Bucket, now: float) -> int:
    """How many mails may be asked for together, so that they are no burst that SES throttles."""
    return max(1, int(rate(bucket, now) * BLOCK_S))


def yields(bucket: Bucket, priority: Priority, now: float) -> bool:
    """Whether sends of a higher priority mail, or are about to."""
    return any(bucket.holds.get(higher, 0.0) > now for higher in priority.above)


def announced(bucket: Bucket, priority: Priority, now: float) -> Bucket:
    """Deliveries of a send with this priority are on their way: lower ones make room."""
    return replace(bucket, holds=_held(bucket, priority, now + ANNOUNCED_MS))


def slowed(bucket: Bucket, now: float) -> Bucket:
    """SES dropped a mail because of the rate. Once a second this counts."""
    if not bucket.most or now - bucket.slowed_at < SLOWER_AGAIN_MS:
        return bucket
    return replace(bucket, slow=max(bucket.most * LEAST, rate(bucket, now) * SLOWER), slowed_at=now)


def must_ask(bucket: Bucket, now: float) -> bool:
    """Whether SES is to be asked what it grants."""
    soon = ASK_LATER_MS if bucket.most else ASK_SOON_MS
    return now - bucket.told_at >= ASK_AGAIN_MS and now - bucket.asked_at >= soon


def asked(bucket: Bucket, now: float) -> Bucket:
    """Somebody asks SES now: nobody else needs to."""
    return replace(bucket, asked_at=now)


def told(bucket: Bucket, most: float, now: float) -> Bucket:
    """SES grants `most` mails a second."""
    return replace(bucket, most=max(most, 0.1), told_at=now)


def _held(bucket: Bucket, priority: Priority, until: float) -> Mapping[Priority, float]:
    return {**bucket.holds, priority: max(until, bucket.holds.get(priority, 0.0))}
