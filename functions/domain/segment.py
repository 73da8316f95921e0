"""Who a send is for, as a rule that staff write: a small expression over what is known of a supporter.

Choosing recipients by personal data is selection too, so every field names the purposes it needs; `matching.py` asks for it.
A field reads one *category* of personal data, and a segment combines at most five (Regulation (EU) 2024/900, recital 78).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import isfinite
from typing import Any

from functions.domain.consent import Purpose
from functions.domain.edition import Problem
from functions.domain.ids import is_slug
from functions.domain.stage import NAMED, Stage
from functions.domain.supporter import LANGUAGES

DEPTH = 6  # levels, a test alone being one
TESTS = 50
CATEGORIES = 5
Value = str | int | float | tuple[str, ...]


@dataclass(frozen=True)
class Test:
    """One question about a supporter: a field, how it is compared ("is", "in", "at_least") and with what.

    `name` is the attribute's name where the field is "attribute", else empty.
    """

    __test__ = False

    field: str
    operator: str
    value: Value
    name: str = ""


@dataclass(frozen=True)
class All:
    of: tuple["Expression", ...]


@dataclass(frozen=True)
class Some:
    """Any of these."""

    of: tuple["Expression", ...]


@dataclass(frozen=True)
class Not:
    of: "Expression"


Expression = Test | All | Some | Not


@dataclass(frozen=True)
class Field:
    """What can be asked of one field. `wrong` says what a value must be, or None when it is right."""

    category: str
    needs: tuple[Purpose, ...]  # each of them; none: no more than the consent to be mailed
    operators: tuple[str, ...]
    wrong: Callable[[object], str | None]


class NotASegmentError(ValueError):
    """Each thing that is wrong, with its path (`segment.all[2].field`) and what would be right."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.reason}" for problem in problems))
        self.problems = tuple(problems)


def _language(value: object) -> str | None:
    return None if isinstance(value, str) and value in LANGUAGES else f"must be {', '.join(LANGUAGES[:-1])} or {LANGUAGES[-1]}"


def _stage(value: object) -> str | None:
    return None if isinstance(value, str) and value in list(Stage) else f"must be {NAMED}"


def _text(value: object) -> str | None:
    right = isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable() and value.strip() == value
    return None if right else "must be a text of one line, 1 to 200 characters, no space around it"


def _topic(value: object) -> str | None:
    return None if is_slug(value) else "must be the id of a topic"


def _number(value: object, low: float, high: float, kind: type) -> str | None:
    number = isinstance(value, kind | int) and not isinstance(value, bool)
    right = number and isfinite(value) and low <= value <= high  # type: ignore[arg-type, operator]
    return None if right else f"must be a {'whole ' if kind is int else ''}number from {low} to {high}"


def _day(value: object) -> str | None:
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and date.fromisoformat(value):
            return None
    except ValueError:
        pass
    return "must be a day, such as 2026-10-01"


_ONE = ("is",)
_OF = ("is", "in")
_TOLD, _SEEN = (Purpose.DECLARED_TOPICS,), (Purpose.OBSERVED_INTEREST,)
_OPENED = (Purpose.OBSERVED_INTEREST, Purpose.OPEN_PIXEL)  # to know of opens, and to choose by what one does
FIELDS: Mapping[str, Field] = {
    "language": Field("language", (), _OF, _language),
    "region": Field("region", _TOLD, _OF, _text),
    "attribute": Field("", _TOLD, _OF, _text),  # a category by its own name
    "stage": Field("stage", _TOLD, (*_OF, "at_least"), _stage),
    "topic_declared": Field("declared topics", _TOLD, _OF, _topic),
    "interest_tag": Field("interest tags", _SEEN, _OF, _topic),
    "engagement": Field("engagement", _SEEN, ("at_least",), partial(_number, low=0.01, high=1000, kind=float)),
    "clicked_within_days": Field("last click", _SEEN, _ONE, partial(_number, low=1, high=730, kind=int)),
    "opened_within_days": Field("last open", _OPENED, _ONE, partial(_number, low=1, high=395, kind=int)),
    "joined_before": Field("joined", (), _ONE, _day),
    "joined_after": Field("joined", (), _ONE, _day),
}
_TOPICS = ("topic_declared", "interest_tag")
_SHAPES = 'must be {"all": [...]}, {"any": [...]}, {"not": {...}} or a test such as {"field": "language", "is": "nl"}'


def parse(raw: object, topics: Collection[str] | None = None) -> Expression:
    """The expression that this JSON says. NotASegmentError names everything that is wrong.

    `topics`: the ids that exist; None leaves that open (what was stored once may name a topic that is gone).
    """
    reader = _Reader(topics)
    expression = reader.read(raw, "segment", 1)
    if expression is not None and not reader.problems:
        if len(used := categories(expression)) > CATEGORIES:
            named = f"combines {len(used)} categories of personal data ({', '.join(used)})"
            reader.wrong("segment", f"{named}; at most {CATEGORIES} may be combined (Regulation (EU) 2024/900, recital 78)")
        else:
            return expression
    raise NotASegmentError(reader.problems[:TESTS])


class _Reader:
    def __init__(self, topics: Collection[str] | None) -> None:
        self.problems: list[Problem] = []
        self._topics, self._tests = topics, 0

    def wrong(self, at: str, reason: str) -> None:
        self.problems.append(Problem(at, reason))

    def read(self, raw: object, at: str, depth: int) -> Expression | None:
        if depth > DEPTH:
            self.wrong(at, f"is nested deeper than {DEPTH} levels")
            return None
        if not isinstance(raw, Mapping):
            self.wrong(at, _SHAPES)
            return None
        if "field" in raw:
            return self._test(raw, at)
        if raw.keys() == {"not"}:
            inner = self.read(raw["not"], f"{at}.not", depth + 1)
            return None if inner is None else Not(inner)
        if raw.keys() not in ({"all"}, {"any"}):
            self.wrong(at, _SHAPES)
            return None
        [(word, parts)] = raw.items()
        if not isinstance(parts, list | tuple) or not 0 < len(parts) <= TESTS:
            self.wrong(f"{at}.{word}", f"must be a list of 1 to {TESTS} expressions")
            return None
        read = [self.read(part, f"{at}.{word}[{n}]", depth + 1) for n, part in enumerate(parts)]
        of = tuple(part for part in read if part is not None)
        return All(of) if word == "all" else Some(of)

    def _test(self, raw: Mapping[Any, Any], at: str) -> Test | None:
        self._tests += 1
        if self._tests > TESTS:  # said once
            if self._tests == TESTS + 1:
                self.wrong("segment", f"has more than {TESTS} tests")
            return None
        field = raw["field"]
        if not isinstance(field, str) or field not in FIELDS:
            self.wrong(f"{at}.field", f"must be one of {', '.join(FIELDS)}")
            return None
        spec, named = FIELDS[field], ("name",) if field == "attribute" else ()
        for key in raw.keys() - {"field", *named, *spec.operators}:
            self.wrong(at, f"{str(key)[:40]!a} is not known here: a test on {field} has {' or '.join(spec.operators)}")
        operators = [word for word in spec.operators if word in raw]
        if len(operators) != 1:
            self.wrong(at, f"a test on {field} needs {' or '.join(spec.operators)}, and one of them")
            return None
        if named and not (isinstance(raw.get("name"), str) and re.fullmatch(r"[a-z0-9_]{1,40}", raw["name"])):
            self.wrong(f"{at}.name", "must be an attribute's name: lower-case letters, digits and _, at most 40")
        [operator] = operators
        value = self._value(spec, field, raw[operator], f"{at}.{operator}", many=operator == "in")
        return None if value is None else Test(field, operator, value, raw["name"] if named and "name" in raw else "")

    def _value(self, spec: Field, field: str, raw: Any, at: str, many: bool) -> Value | None:
        if not many:
            return raw if self._right(spec, field, raw, at) else None
        if not isinstance(raw, list | tuple) or not 0 < len(raw) <= TESTS:
            self.wrong(at, f"must be a list of 1 to {TESTS} values")
            return None
        right = [self._right(spec, field, each, f"{at}[{n}]") for n, each in enumerate(raw)]
        return tuple(raw) if all(right) else None

    def _right(self, spec: Field, field: str, value: object, at: str) -> bool:
        reason = spec.wrong(value)
        if reason is None and field in _TOPICS and self._topics is not None and value not in self._topics:
            reason = f"there is no topic {value!r}"
        if reason:
            self.wrong(at, reason)
        return reason is None


def to_json(expression: Expression) -> dict[str, Any]:
    """The JSON that `parse` reads as this expression."""
    match expression:
        case All(of):
            return {"all": [to_json(part) for part in of]}
        case Some(of):
            return {"any": [to_json(part) for part in of]}
        case Not(part):
            return {"not": to_json(part)}
        case Test(field, operator, value, name):
            held = list(value) if isinstance(value, tuple) else value
            return {"field": field, **({"name": name} if name else {}), operator: held}


def asked(expression: Expression) -> Iterator[Test]:
    """Every test in it, in order."""
    match expression:
        case Test():
            yield expression
        case Not(part):
            yield from asked(part)
        case All(of) | Some(of):
            for part in of:
                yield from asked(part)


def categories(expression: Expression) -> tuple[str, ...]:
    """The categories of personal data it reads, by name. An attribute is one of its own; "region" is always the same one."""
    return tuple(sorted({FIELDS[test.field].category or test.name for test in asked(expression)}))


def purposes(expression: Expression) -> tuple[Purpose, ...]:
    """The purposes that its tests need, beyond the consent to be mailed."""
    return tuple(sorted({need for test in asked(expression) for need in FIELDS[test.field].needs}))
