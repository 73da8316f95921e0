"""How a batch handler's answer is read, case by case from the documentation."""

from typing import Any

import pytest

from local.batch import failures

BATCH = ("a", "b", "c")


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_nothing_reported_is_success(answer: Any) -> None:
    assert failures(answer, BATCH) == frozenset()


@pytest.mark.parametrize(
    "answer",
    [
        "fine",
        [],
        {"batchItemFailures": "a"},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemID": "a"}]},
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "unknown"}]},
    ],
)
def test_a_report_that_cannot_be_understood_fails_the_whole_batch(answer: Any) -> None:
    assert failures(answer, BATCH) == frozenset(BATCH)


def test_the_named_ones_failed() -> None:
    assert failures({"batchItemFailures": [{"itemIdentifier": "b"}]}, BATCH) == {"b"}
