"""The pace that one send asked for, below the account's: a bucket of its own beside `pace.py`'s, as plain rules.

A mail of such a send needs a moment of both. The account's are taken first; this bucket then spaces them out. It says beforehand
whether its next mail is near, so that nothing is taken of the account that would lie unused while others could mail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from functions.domain.pace import BLOCK_S, BURST_MS, LEAD_MS, Bucket
from functions.domain.send import CHUNK_SIZE

MOST = 1_000  # mails a second that a send may ask for
NEAR_MS = 250.0  # a moment that is not farther away may be taken
ROUND_S = 90  # work for so long is given in each round of a minute: a visit lasts as long


@dataclass(frozen=True)
class Own:
    """`per_second` mails at most, by all deliveries of the send together; the next one at `free_at` (epoch ms)."""

    per_second: float
    free_at: float = 0.0

    @property
    def block(self) -> int:
        """How many mails are taken at once at most."""
        return max(1, int(self.per_second * BLOCK_S))


def pace_of(terms: Mapping[str, Any]) -> float | None:
    """Mails a second; None: as fast as the account may."""
    return terms.get("pace")


def wait_ms(own: Own, now: float) -> float:
    """After which time to ask for mails; 0: now."""
    return max(0.0, own.free_at - now - NEAR_MS)


def spaced(own: Own, moments: Sequence[float]) -> tuple[Own, tuple[float, ...]]:
    """The moments that the account gave, each put off to where this pace allows it; none when others of this send were first and
    theirs fill the next second.
    """
    start, step = max(own.free_at, moments[0] - BURST_MS), 1000 / own.per_second
    if start > moments[0] + LEAD_MS:
        return own, ()
    after = replace(own, free_at=start + len(moments) * step)
    return after, tuple(max(moment, start + n * step) for n, moment in enumerate(moments))


def seen_at(bucket: Bucket, per_second: float | None) -> Bucket:
    """The account's bucket as this send may use it."""
    return replace(bucket, most=min(bucket.most, per_second)) if per_second else bucket


def chunks_a_round(per_second: float) -> int:
    """How many chunks to nudge each minute: more would keep Lambdas waiting that other sends could use."""
    return max(1, ceil(per_second * ROUND_S / CHUNK_SIZE))
