"""Whether a supporter belongs to a segment: yes, no, or unknown where consent to ask is missing.

Three-valued (Kleene) logic. A test without its consent, or above the deployment's ceiling, is *unknown*: it never matches,
also under `not`, and its value is not looked at. Giving consent can only turn unknown into yes or no.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from functions.domain.click import DAY_S
from functions.domain.consent import Ceiling, Consents, Purpose, within
from functions.domain.interest import engagement, human_clicks
from functions.domain.retention import LAST_OPEN_S
from functions.domain.segment import FIELDS, All, Expression, Not, Some, Test, parse
from functions.domain.stage import reaches
from functions.domain.supporter import Attribute

# Selection may use what the person told the party (Regulation (EU) 2024/900, art. 18(1)(a)): themselves, or on the list that
# it imported. What staff wrote about somebody is not there for a segment.
TOLD = frozenset({"supporter", "import"})


class Outcome(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Match:
    """`missing`: the purposes without which the answer is unknown; empty for yes and no."""

    outcome: Outcome
    missing: frozenset[Purpose] = frozenset()


@dataclass(frozen=True)
class View:
    """What a segment may ask of one supporter. `topics` and `tags` by topic id; `clicks` are tokens; `joined`
    and `opened` (the newest open) epoch ms."""

    language: str = ""
    joined: int = 0
    attributes: Mapping[str, Attribute] = field(default_factory=dict, repr=False)
    stage: Attribute | None = field(default=None, repr=False)
    consents: Consents = field(default_factory=Consents)
    topics: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    clicks: frozenset[str] = frozenset()
    opened: int | None = None


@dataclass(frozen=True)
class Sifted:
    """What a segment made of some supporters: ids that match, how many do not, how many are unknown.

    `missing` counts the unknown by purpose; who lacks two is in both.
    """

    matched: tuple[str, ...] = ()
    not_matched: int = 0
    left_out: int = 0
    missing: Mapping[Purpose, int] = field(default_factory=dict)

    def __add__(self, other: "Sifted") -> "Sifted":
        return Sifted(
            self.matched + other.matched,
            self.not_matched + other.not_matched,
            self.left_out + other.left_out,
            Counter(self.missing) + Counter(other.missing),
        )


@dataclass(frozen=True)
class Sieve:
    """A segment as one send or count asks it: of everybody at the same moment, under the deployment's ceiling."""

    expression: Expression
    now_s: float
    ceiling: Ceiling

    def match(self, view: View) -> Match:
        return evaluate(self.expression, view, self.now_s, self.ceiling)

    def may_ask(self, view: View) -> bool:
        """Whether consent still lets us know the answer."""
        return self.match(view).outcome is not Outcome.UNKNOWN

    def sift(self, people: Iterable[tuple[str, View]]) -> Sifted:
        matched: list[str] = []
        outcomes: Counter[Outcome] = Counter()
        missing: Counter[Purpose] = Counter()
        for supporter, view in people:
            found = self.match(view)
            outcomes[found.outcome] += 1
            missing.update(found.missing)
            if found.outcome is Outcome.YES:
                matched.append(supporter)
        return Sifted(tuple(matched), outcomes[Outcome.NO], outcomes[Outcome.UNKNOWN], missing)


def sieve_of(audience: Mapping[str, Any], requested_at: int, ceiling: Ceiling) -> Sieve | None:
    """The segment that a send is for, as it was when it was requested (epoch ms), at that moment. None: it is for no segment."""
    return Sieve(parse(json.loads(audience["expression"])), requested_at / 1000, ceiling) if "segment" in audience else None


_YES, _NO = Match(Outcome.YES), Match(Outcome.NO)


def evaluate(expression: Expression, view: View, now_s: float, ceiling: Ceiling) -> Match:
    """Whether the supporter matches at `now_s` (epoch s; the same for every retry of a send)."""
    return _evaluate(expression, view, now_s, frozenset(within(view.consents, ceiling)))


def _evaluate(expression: Expression, view: View, now_s: float, granted: frozenset[Purpose]) -> Match:
    match expression:
        case Test():
            if missing := frozenset(FIELDS[expression.field].needs) - granted:
                return Match(Outcome.UNKNOWN, missing)
            if expression.field == "opened_within_days" and not _ever_opened(view, now_s):
                return Match(Outcome.UNKNOWN, frozenset({Purpose.OPEN_PIXEL}))
            return _YES if _holds(expression, view, now_s) else _NO
        case Not(part):
            inner = _evaluate(part, view, now_s, granted)
            return {Outcome.YES: _NO, Outcome.NO: _YES}.get(inner.outcome, inner)
        case All(of):
            return _first(of, view, now_s, granted, decides=_NO, otherwise=_YES)
        case Some(of):
            return _first(of, view, now_s, granted, decides=_YES, otherwise=_NO)


def _first(
    of: tuple[Expression, ...], view: View, now_s: float, granted: frozenset[Purpose], *, decides: Match, otherwise: Match
) -> Match:
    """One part can decide; else what is unknown leaves the whole unknown."""
    missing: frozenset[Purpose] = frozenset()
    for part in of:
        found = _evaluate(part, view, now_s, granted)
        if found.outcome is decides.outcome:
            return decides
        missing |= found.missing
    return Match(Outcome.UNKNOWN, missing) if missing else otherwise


def _holds(test: Test, view: View, now_s: float) -> bool:
    return _ASK[test.field](test, view, now_s)


def _language(test: Test, view: View, now_s: float) -> bool:
    return view.language in _wanted(test)


def _attribute(test: Test, view: View, now_s: float) -> bool:
    """Compared without regard to case. What is not known, or not told by the person, is not any value."""
    found = view.attributes.get(test.name or test.field)
    return found is not None and found.source in TOLD and found.value.casefold() in {w.casefold() for w in _wanted(test)}


def _staged(test: Test, view: View, now_s: float) -> bool:
    """As an attribute: one that is not known, or not told by the person, is no stage at all, not the first."""
    if view.stage is None or view.stage.source not in TOLD:
        return False
    if test.operator == "at_least":
        return reaches(view.stage.value, str(test.value))
    return view.stage.value in _wanted(test)


def _declared(test: Test, view: View, now_s: float) -> bool:
    return not view.topics.isdisjoint(_wanted(test))


def _tagged(test: Test, view: View, now_s: float) -> bool:
    return not view.tags.isdisjoint(_wanted(test))


def _engaged(test: Test, view: View, now_s: float) -> bool:
    return engagement(human_clicks(view.clicks, now_s), now_s).score >= _number(test)


def _clicked(test: Test, view: View, now_s: float) -> bool:
    last_s = engagement(human_clicks(view.clicks, now_s), now_s).last_s
    return last_s is not None and last_s > now_s - _number(test) * DAY_S


def _ever_opened(view: View, now_s: float) -> bool:
    """Who was never seen to open may read without pictures, or have allowed opens to be counted only: nothing is known then."""
    return view.opened is not None and view.opened / 1000 > now_s - LAST_OPEN_S


def _opened(test: Test, view: View, now_s: float) -> bool:
    return view.opened is not None and view.opened / 1000 > now_s - _number(test) * DAY_S


def _joined_before(test: Test, view: View, now_s: float) -> bool:
    return view.joined < _start_of_day(test)


def _joined_after(test: Test, view: View, now_s: float) -> bool:
    return view.joined >= _start_of_day(test)


_ASK: Mapping[str, Callable[[Test, View, float], bool]] = {
    "language": _language,
    "region": _attribute,
    "attribute": _attribute,
    "stage": _staged,
    "topic_declared": _declared,
    "interest_tag": _tagged,
    "engagement": _engaged,
    "clicked_within_days": _clicked,
    "opened_within_days": _opened,
    "joined_before": _joined_before,
    "joined_after": _joined_after,
}


def _wanted(test: Test) -> tuple[str, ...]:
    return test.value if isinstance(test.value, tuple) else (str(test.value),)


def _number(test: Test) -> float:
    return test.value if isinstance(test.value, int | float) else float("inf")


def _start_of_day(test: Test) -> int:
    """Epoch ms at which the day begins, UTC. Joining on that day is after it, not before it."""
    return (date.fromisoformat(str(test.value)) - date(1970, 1, 1)).days * DAY_S * 1000
