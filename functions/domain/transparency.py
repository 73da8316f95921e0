"""What the public may know of one send: how blocks and recipients were chosen, by which data, for how many people.

Regulation (EU) 2024/900 art. 19(1)(b) asks for records of the techniques used, (c) for their main parameters with the message;
kept seven years. A record holds sums alone: no supporter's id, and no group of fewer than ten.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from functions.domain.consent import Selection
from functions.domain.report import SHOWN_FROM
from functions.domain.retention import TRANSPARENCY_YEARS
from functions.domain.selection import RULESET

FORMAT = 1
KEPT_YEARS = TRANSPARENCY_YEARS  # policies "seven years after their last use" (art. 19(1)(a)); records alike (art. 9(3))
FEW = "fewer than 10"
COUNTED = "selection:"  # prefix in a chunk's counts: people mailed, by how their blocks were chosen

# What each way of choosing does and reads. Words for people are in templates/pages/words/*/transparency.json.
TECHNIQUES: Mapping[Selection, str] = {
    Selection.DECLARED: "blocks_by_declared_topics",
    Selection.OBSERVED: "blocks_by_observed_interest",
}
CATEGORIES: Mapping[Selection, tuple[str, ...]] = {
    Selection.DECLARED: ("topics_ticked",),
    Selection.OBSERVED: ("topics_ticked", "links_clicked"),
}
SEGMENT, NAMED = "recipients_by_segment", "recipients_named_by_staff"


@dataclass(frozen=True)
class Facts:
    """All that a record is made of. Times in epoch ms; `counts` are the send's, from its chunks; `segment` as it was frozen."""

    send: str
    party: str
    mailing_list: str
    subject: Mapping[str, str]
    began_at: int
    ended_at: int
    counts: Mapping[str, int]
    comparison: float
    policy: str
    topics: tuple[str, ...]
    named: bool = False  # staff named the recipients one by one
    segment: Mapping[str, Any] | None = None
    segment_categories: tuple[str, ...] = ()
    goal: Mapping[str, Any] | None = None
    label: Mapping[str, Any] | None = None  # what each mail said, of a party that needs one (art. 11)


def record_of(facts: Facts) -> dict[str, Any]:
    """The record as public JSON. The same facts give the same record."""
    people = {selection: facts.counts.get(f"{COUNTED}{selection}", 0) for selection in Selection}
    chosen = [selection for selection in TECHNIQUES if people[selection]]
    categories = {category for selection in chosen for category in CATEGORIES[selection]} | set(facts.segment_categories)
    personal = bool(chosen or facts.segment)
    return {
        "format": FORMAT,
        "send": facts.send,
        "sponsor": facts.party,
        "label": facts.label,
        "list": facts.mailing_list,
        "subject": dict(facts.subject),
        "period": {"from": _day(facts.began_at), "to": _day(facts.ended_at)},
        "people": {"mailed": _mailed(people.values()), **{s.value: _group(n) for s, n in people.items()}},
        "targeted": personal,
        "techniques": [*(TECHNIQUES[s] for s in chosen), *([SEGMENT] if facts.segment else []), *([NAMED] if facts.named else [])],
        "parameters": {
            "topics": list(facts.topics) if chosen else [],
            "ruleset": RULESET if chosen else None,
            "segment": facts.segment,
            "in_staffs_order_for_comparison": facts.comparison,
        },
        "data_categories": sorted(categories),
        "excluded": ["no_consent_for_the_list", "left_or_suppressed"],
        "goal": {name: facts.goal[name] for name in ("metric", "target", "by")} if facts.goal else None,
        "artificial_intelligence": False,
        "policy": facts.policy,
    }


def _group(people: int) -> int | str:
    return people if people == 0 or people >= SHOWN_FROM else FEW


def _mailed(groups: Collection[int]) -> int | str:
    """All of them together; without the small groups where those could be reckoned by subtraction, so at most nine short."""
    few = sum(n for n in groups if n < SHOWN_FROM)
    shown = sum(groups) - few
    return _group(shown + few) if few >= SHOWN_FROM or not shown else shown


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()
