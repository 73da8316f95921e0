"""Filters of an event source let through what Lambda's would, and refuse rules that are not known here."""

import json
from typing import Any

import pytest

from infra.description import WRITTEN
from local.filtering import passes, patterns

INSERTED = {"eventName": "INSERT", "dynamodb": {"Keys": {"supporter": {"S": "anna"}}, "NewImage": {"supporter": {"S": "anna"}}}}
REMOVED = {"eventName": "REMOVE", "dynamodb": {"Keys": {"supporter": {"S": "anna"}}}}


def fits(record: Any, *written: Any) -> bool:
    return passes(record, patterns(w if isinstance(w, str) else json.dumps(w) for w in written))


def test_what_was_written_passes_and_what_expired_or_was_erased_does_not() -> None:
    assert fits(INSERTED, WRITTEN)
    assert not fits(REMOVED, WRITTEN)


def test_without_filters_all_pass_and_with_several_one_is_enough() -> None:
    assert fits(REMOVED)
    assert fits(REMOVED, WRITTEN, {"eventName": ["REMOVE"]})
    assert not fits(REMOVED, WRITTEN, {"eventName": ["MODIFY"]})


def test_every_key_must_fit_and_of_a_list_one_rule() -> None:
    assert fits({"a": 1, "b": "x"}, {"a": [1, 2], "b": ["x"]})
    assert not fits({"a": 1, "b": "y"}, {"a": [1, 2], "b": ["x"]})
    assert not fits({"a": "1"}, {"a": [1]})
    assert fits({"a": None}, {"a": [None]})
    assert not fits({}, {"a": [None]})


def test_only_a_leaf_exists() -> None:
    assert fits({"a": ""}, {"a": [{"exists": True}]})
    assert not fits({"a": {"b": 1}}, {"a": [{"exists": True}]})
    assert fits({}, {"a": {"b": [{"exists": False}]}})
    assert not fits({"a": {"b": 1}}, {"a": {"b": [{"exists": False}]}})


@pytest.mark.parametrize("wrong", [{"a": [{"prefix": "x"}]}, {"a": "x"}, {"a": []}, {}, {"a": [{"exists": "true"}]}])
def test_a_rule_that_is_not_known_here_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="a filter"):
        patterns([json.dumps(wrong)])
