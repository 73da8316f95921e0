"""The plug-in by which the personalisation is judged, on click logs and simulator seeds that do not ship with the project.

A thin adapter: every rule is in `functions.domain`, in the very functions that the Lambdas run. Here topics that are any
string get a one-character code, events become click tokens, candidates become candidates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from functions.domain.consent import EventKind, Selection
from functions.domain.event import Network, Verdict, judge_arrival
from functions.domain.ids import from_bytes
from functions.domain.interest import (
    DAY_S,
    HALF_LIFE_S,
    POSITION,
    InterestTag,
    click_token,
    counts,
    encode_shown,
    human_clicks,
    lifts,
    prune,
    taste,
)
from functions.domain.interest import tags as interest_tags
from functions.domain.selection import Candidate, choose
from functions.domain.selection import score as relevance

CODES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Profile:
    """What is stored of one supporter: click tokens, and the tags that are on. `latest` stands in for the clock."""

    clicks: frozenset[str] = frozenset()
    on: tuple[InterestTag, ...] = ()
    latest: float = 0.0


@dataclass(frozen=True)
class Population:
    """What is known of everybody. `personal`: whether lifts foretell clicks here (else popularity decides)."""

    pi: Mapping[str, float] | None = None
    pos: tuple[float, ...] = POSITION
    half_life_s: float = HALF_LIFE_S
    personal: bool = True


_codes: dict[str, str] = {}
_population = Population()


def configure(
    topics: Iterable[str] | None = None,
    pi: Mapping[str, float] | None = None,
    pos: Sequence[float] | None = None,
    half_life: float | None = None,
    **_: object,
) -> None:
    """Set population parameters; those not given stay, unless `topics` starts another population.

    `half_life`: in days; from 10,000 on in seconds.
    """
    global _population
    if topics is not None:
        _population = Population()
        for topic in topics:
            _code(topic)
    p = replace(_population, personal=True)
    if pi is not None:
        p = replace(p, pi={_code(topic): float(share) for topic, share in pi.items()})
    if pos is not None:
        p = replace(p, pos=tuple(map(float, pos)))
    if half_life is not None:
        p = replace(p, half_life_s=half_life * DAY_S if half_life < 10_000 else half_life)
    _population = p


def new_profile() -> Profile:
    return Profile()


def update(profile: Profile, event: Mapping[str, Any]) -> Profile:
    """What happens from the tracker to the derive Lambda: judge, add a token, prune, derive the tags."""
    kind = EventKind.CLICKED if event["type"] == "click" else EventKind.OPENED
    network = Network.DATACENTRE if event.get("datacentre") else Network.PROXY if event.get("proxy") else Network.UNKNOWN
    judgement = judge_arrival("GET", None, event.get("delay"), network, kind)
    if kind is EventKind.OPENED or judgement.verdict is not Verdict.HUMAN:
        return profile
    clicks = profile.clicks | {_token(event)}
    if clicks == profile.clicks:
        return profile
    now = max(profile.latest, event["ts"])
    kept = Profile(clicks - prune(clicks, now), profile.on, now)
    return replace(kept, on=_tags(kept, now))


def rank(
    profile: Profile, candidates: Sequence[Mapping[str, Any]], now: float, k: int = 8, seed: str = "", ctx: object = None
) -> list[Any]:
    """The ids of the k blocks served, lead first."""
    picks = choose(_candidates(candidates), Selection.OBSERVED, _lifts(profile, now), (), k, str(seed))
    return [candidates[pick.index]["id"] for pick in picks]


def score(profile: Profile, candidates: Sequence[Mapping[str, Any]], now: float, ctx: object = None) -> list[float]:
    """The relevance of each candidate before diversity, must-haves and exploration."""
    lift = _lifts(profile, now)
    return [relevance(c, lift) for c in _candidates(candidates)]


def tags(profile: Profile, now: float) -> set[str]:
    """The topics whose interest tag is on."""
    topics = {code: topic for topic, code in _codes.items()}
    return {topics[tag.topic] for tag in _tags(profile, now)}


def nightly(profiles: Iterable[Profile] | Mapping[Any, Profile], now: float) -> None:
    """The population's guard: do lifts foretell clicks here at all?"""
    global _population
    people = profiles.values() if isinstance(profiles, Mapping) else profiles
    z = taste((human_clicks(p.clicks, now) for p in people), pos=_population.pos, pi=_population.pi)
    _population = replace(_population, personal=z >= -2)


def size(profile: Profile) -> int:
    """Stored bytes: set members and tags."""
    return sum(len(token.encode()) for token in profile.clicks) + sum(len(tag.topic) + 13 for tag in profile.on)


def _code(topic: str) -> str:
    if topic not in _codes:
        n = len(_codes)
        _codes[topic] = CODES[n] if n < len(CODES) else chr(0x4E00 + n)
    return _codes[topic]


def _number(text: object) -> bytes:
    return blake2b(str(text).encode(), digest_size=6).digest()


def _token(event: Mapping[str, Any]) -> str:
    topic, slot = _code(event["topic"]), event.get("slot")
    held = sorted(event.get("shown") or (), key=lambda s: s[1])
    at = int(event["ts"] * 1000)
    if slot is not None and slot < len(held) and _code(held[slot][0]) == topic:
        return click_token(from_bytes(_number(event["campaign"])), slot, encode_shown((_code(t), b) for t, _, b in held), at)
    link = int.from_bytes(_number(event.get("block"))[:3])
    return click_token(from_bytes(_number(event.get("campaign"))), link, topic, at)


def _candidates(candidates: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    return [
        Candidate(i, str(c["id"]), (_code(c["topic"]),), float(c["base"]), int(c.get("order", i)), bool(c.get("must")))
        for i, c in enumerate(candidates)
    ]


def _lifts(profile: Profile, now: float) -> dict[str, float]:
    p = _population
    clicks = human_clicks(profile.clicks, now) if p.personal else []
    return lifts(clicks, (), now, pos=p.pos, half_life_s=p.half_life_s, pi=p.pi)


def _tags(profile: Profile, now: float) -> tuple[InterestTag, ...]:
    p, clicks = _population, human_clicks(profile.clicks, now)
    lift = lifts(clicks, (), now, pos=p.pos, half_life_s=p.half_life_s, pi=p.pi)
    return interest_tags(lift, counts(clicks, (), now, p.half_life_s), profile.on, now)
