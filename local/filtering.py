"""Which records an event source mapping lets through, by the rules of Lambda's event filtering.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html. What this project uses: texts, numbers and nothing, one
of several, and whether something exists. Other rules are refused, so that no filter works here and differently in AWS.
"""

import json
from collections.abc import Iterable
from typing import Any

Pattern = dict[str, Any]


def patterns(written: Iterable[str]) -> tuple[Pattern, ...]:
    """The filters of a description. ValueError for a rule that is not known here."""
    found = tuple(json.loads(pattern) for pattern in written)
    for pattern in found:
        _check(pattern)
    return found


def passes(record: Any, filters: Iterable[Pattern]) -> bool:
    """Whether the record fits one of the filters; without filters every record passes."""
    wanted = tuple(filters)
    return not wanted or any(_fits(record, pattern) for pattern in wanted)


def _fits(value: Any, pattern: Any) -> bool:
    """Every key of a pattern must fit; of a list of rules one."""
    if isinstance(pattern, dict):
        inner = value if isinstance(value, dict) else {}
        return all(_fits(inner.get(key), rule) if key in inner else _fits_nothing(rule) for key, rule in pattern.items())
    return any(_follows(value, rule) for rule in pattern)


def _fits_nothing(pattern: Any) -> bool:
    if isinstance(pattern, dict):
        return all(map(_fits_nothing, pattern.values()))
    return {"exists": False} in pattern


def _follows(value: Any, rule: Any) -> bool:
    if isinstance(rule, dict):
        return bool(rule["exists"]) and not isinstance(value, dict)  # only a leaf exists
    return type(value) is type(rule) and value == rule


def _check(pattern: Any) -> None:
    if isinstance(pattern, dict) and pattern:
        for inner in pattern.values():
            _check(inner)
    elif not isinstance(pattern, list) or not pattern:
        raise ValueError(f"a filter ends in a list of rules, not in {pattern!r}")
    elif unknown := [rule for rule in pattern if isinstance(rule, (dict, list)) and not _is_exists(rule)]:
        raise ValueError(f"a filter's rule that local/filtering.py does not know: {unknown[0]!r}")


def _is_exists(rule: Any) -> bool:
    return isinstance(rule, dict) and rule.keys() == {"exists"} and isinstance(rule["exists"], bool)
