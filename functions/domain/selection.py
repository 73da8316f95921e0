"""Which blocks one supporter gets, in which order, and why each.

Pure functions of their arguments: the same supporter, send and clicks give the same mail on a retry.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from math import log

from functions.domain.consent import Selection
from functions.domain.interest import DECLARED_CLICKS, KAPPA

RULESET = "1"
DIVERSITY = 0.85  # per block of the same topic that is already in: 5.0 instead of 3.7 topics in a mail, for 1.5 % of clicks
LIKED = 1.2  # from this lift on it is true to say that the interest put a block here

_PICK = re.compile(r"(\d+)([emdopx])")


class Reason(StrEnum):
    EDITORIAL = "e"  # staff's order
    MUST = "m"  # everybody gets it
    DECLARED = "d"  # a topic the supporter ticked
    OBSERVED = "o"  # a topic the supporter reads about
    POPULAR = "p"
    NEW = "x"  # something new, so that nobody is locked in


@dataclass(frozen=True, slots=True)
class Candidate:
    """One block of an edition. `topics`: codes, the primary one first. `prior`: click-through of an average reader, on any
    positive scale. `order`: staff's rank."""

    index: int
    block: str
    topics: tuple[str, ...]
    prior: float
    order: int
    must: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    index: int
    reason: Reason


def choose(
    candidates: Sequence[Candidate],
    selection: Selection,
    lifts: Mapping[str, float],
    declared: Collection[str],
    k: int,
    seed: str,
) -> tuple[Pick, ...]:
    """The blocks of one mail, lead first: k of them, or all must-haves when there are more.

    editorial: staff's order; lifts and declared topics are not looked at. declared: only the declared topics (codes) count,
    lifts are not looked at. observed: lifts, which may hold declared topics. Without any of them: the most popular.
    `seed`: see `send.seed`.
    """
    if selection is Selection.EDITORIAL:
        return _editorial(candidates, k)
    if selection is Selection.DECLARED:
        lifts = dict.fromkeys(declared, (DECLARED_CLICKS + KAPPA) / KAPPA)
    return _selected(candidates, lifts, declared, k, seed)


def score(candidate: Candidate, lifts: Mapping[str, float]) -> float:
    """Expected click-through for this supporter: the prior times the mean lift of the block's topics."""
    topics = candidate.topics
    if len(topics) == 1:
        return candidate.prior * lifts.get(topics[0], 1.0)
    return candidate.prior * (sum(lifts.get(t, 1.0) for t in topics) / len(topics)) if topics else candidate.prior


def _editorial(candidates: Sequence[Candidate], k: int) -> tuple[Pick, ...]:
    ordered = sorted(candidates, key=lambda c: (c.order, c.index))
    free = k - sum(c.must for c in ordered)
    picks = []
    for c in ordered:
        if c.must or free > 0:
            picks.append(Pick(c.index, Reason.MUST if c.must else Reason.EDITORIAL))
            free -= not c.must
    return tuple(picks)


def _selected(
    candidates: Sequence[Candidate], lifts: Mapping[str, float], declared: Collection[str], k: int, seed: str
) -> tuple[Pick, ...]:
    """Greedily by score, each further block of a topic at .85 of the one before; ties by staff's order."""
    ranked = sorted(((score(c, lifts), -c.order, -c.index, c) for c in candidates), key=lambda r: r[:3], reverse=True)
    factor = DIVERSITY if lifts else 1.0  # nothing known: the popular mail as it is
    musts = sum(c.must for c in candidates)
    slots = min(max(k, musts), len(candidates))
    exploring = bool(lifts) and slots > 1 and _explores(seed)
    seen: dict[str, float] = {}
    picks: list[Pick] = []
    for left in range(slots, 0, -1):
        pool = [r for r in ranked if r[3].must] if left == musts else ranked
        new = _something_new(pool, lifts, seen, seed) if exploring and left == 1 and not musts else None
        best = new or _best(pool, seen)
        ranked.remove(best)
        chosen = best[3]
        picks.append(Pick(chosen.index, Reason.NEW if new else _reason(chosen, lifts, declared)))
        musts -= chosen.must
        if chosen.topics:
            seen[chosen.topics[0]] = seen.get(chosen.topics[0], 1.0) * factor
    return tuple(picks)


_Ranked = tuple[float, int, int, Candidate]


def _best(pool: Iterable[_Ranked], seen: Mapping[str, float]) -> _Ranked:
    """The first in rank whose score, less what its topic has had, no other exceeds."""
    best, most = None, -1.0
    for ranked in pool:
        value, _, _, c = ranked
        if value <= most:
            break  # sorted: all that follow score less even undiminished
        value *= seen.get(c.topics[0], 1.0) if c.topics else 1.0
        if value > most:
            best, most = ranked, value
    assert best is not None
    return best


def _explores(seed: str) -> bool:
    """Every second mail: exploring costs a point of clicks, half as much this way."""
    return blake2b(seed.encode(), digest_size=1).digest()[0] & 1 == 0


def _something_new(pool: Iterable[_Ranked], lifts: Mapping[str, float], seen: Mapping[str, float], seed: str) -> _Ranked | None:
    """The best of prior times a draw of the lift, among topics not yet in the mail.

    A topic without clicks has a Gamma(1) lift, which is its mean times an exponential draw; the draw depends on seed and topic.
    """
    draws: dict[str, float] = {}
    best, most = None, -1.0
    for ranked in pool:
        c = ranked[3]
        if not c.topics or c.topics[0] in seen:
            continue
        topic = c.topics[0]
        if topic not in draws:
            drawn = int.from_bytes(blake2b(f"{seed}|{topic}".encode(), digest_size=6).digest())
            draws[topic] = -log((drawn + 1) / 2**48) * lifts.get(topic, 1.0)
        if c.prior * draws[topic] > most:
            best, most = ranked, c.prior * draws[topic]
    return best


def _reason(candidate: Candidate, lifts: Mapping[str, float], declared: Collection[str]) -> Reason:
    if candidate.must:
        return Reason.MUST
    if any(t in declared for t in candidate.topics):
        return Reason.DECLARED
    liked = any(lifts.get(t, 1.0) >= LIKED for t in candidate.topics)
    return Reason.OBSERVED if liked else Reason.POPULAR


def encode_picks(picks: Iterable[Pick]) -> str:
    """The picks as the ledger keeps them: "3e.12o.7x"."""
    return ".".join(f"{p.index}{p.reason}" for p in picks)


def decode_picks(text: str) -> tuple[Pick, ...]:
    """The picks of a ledger row. ValueError when it is none."""
    if not text:
        return ()
    found = [_PICK.fullmatch(part) for part in text.split(".")]
    if not all(found):
        raise ValueError("not a list of picks")
    return tuple(Pick(int(m[1]), Reason(m[2])) for m in found if m)
