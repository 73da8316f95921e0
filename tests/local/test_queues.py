"""Queues feed Lambdas by AWS's rules, also the unpleasant ones."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.platform import Platform

Answer = Callable[[list[dict[str, Any]]], Any]


class Recorder:
    """A batch handler that keeps what it got and answers as told."""

    def __init__(self, answer: Answer = lambda records: None) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self._answer = answer

    def __call__(self, event: Any, context: Any) -> Any:
        self.batches.append(event["Records"])
        return self._answer(event["Records"])

    @property
    def bodies(self) -> list[str]:
        return [record["body"] for batch in self.batches for record in batch]


def feed(platform: Platform, recorder: Recorder, *bodies: str) -> None:
    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
    url = platform.resources.queue_urls["feedback"]
    with platform.functions.replaced("feedback", recorder):
        platform.aws.sqs.send_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]
        platform.drain()


def failing(*bodies: str) -> Answer:
    return lambda records: {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in records if r["body"] in bodies]}


def test_a_message_arrives_once_in_the_documented_shape(empty_platform: Platform) -> None:
    recorder = Recorder()
    feed(empty_platform, recorder, "hello")
    assert recorder.bodies == ["hello"]
    record = recorder.batches[0][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(":feedback")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"messageId", "receiptHandle", "md5OfBody", "messageAttributes", "awsRegion"} <= record.keys()
    assert empty_platform.dead_letters("feedback") == []


def test_only_the_failed_message_of_a_batch_comes_back_and_dies_after_five_receipts(empty_platform: Platform) -> None:
    recorder = Recorder(failing("bad"))
    feed(empty_platform, recorder, "good", "bad", "fine")
    assert (recorder.bodies.count("good"), recorder.bodies.count("fine"), recorder.bodies.count("bad")) == (1, 1, 5)
    assert empty_platform.dead_letters("feedback") == ["bad"]
    assert empty_platform.dead_letters("feedback") == ["bad"]  # looking takes nothing away


@pytest.mark.parametrize("report", [{"itemIdentifier": ""}, {"itemIdentifier": None}, {"itemIdentifier": "other"}, {"id": "x"}])
def test_a_report_with_a_bad_identifier_brings_the_whole_batch_back(empty_platform: Platform, report: Any) -> None:
    answers = iter([{"batchItemFailures": [report]}])
    recorder = Recorder(lambda records: next(answers, None))
    feed(empty_platform, recorder, "a")
    assert recorder.bodies == ["a", "a"]


def test_an_exception_brings_the_whole_batch_back(empty_platform: Platform) -> None:
    attempts = iter([RuntimeError("no")])

    def once(records: list[dict[str, Any]]) -> None:
        for error in attempts:
            raise error

    recorder = Recorder(once)
    feed(empty_platform, recorder, "a", "b")
    assert sorted(recorder.bodies)[:2] == ["a", "a"] or len(recorder.batches[0]) == 1
    assert set(recorder.bodies) == {"a", "b"}
    assert len(recorder.bodies) == 2 + len(recorder.batches[0])
    assert "RuntimeError: no" in empty_platform.logs.read("feedback")


def test_a_lost_delete_delivers_the_batch_again(empty_platform: Platform) -> None:
    empty_platform.faults.duplicate_messages = 1
    recorder = Recorder()
    feed(empty_platform, recorder, "a")
    assert recorder.bodies == ["a", "a"]
    assert [batch[0]["attributes"]["ApproximateReceiveCount"] for batch in recorder.batches] == ["1", "2"]


def test_no_more_batches_at_a_time_than_the_description_allows(empty_platform: Platform) -> None:
    allowed = empty_platform.description.function("import_supporters").queues[0].concurrency
    running, most, lock = 0, 0, threading.Lock()
    several = threading.Event()

    def slow(event: Any, context: Any) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == allowed:
                several.set()
        several.wait(10)
        time.sleep(0.05)  # for one too many to come
        with lock:
            running -= 1

    with empty_platform.functions.replaced("import_supporters", slow):
        for n in range(8):
            empty_platform.send_message("import", {"n": n})
        empty_platform.drain()
    assert most == allowed


def test_a_function_that_does_not_exist_yet_fails_only_when_it_is_invoked(empty_platform: Platform) -> None:
    def missing(event: Any, context: Any) -> None:
        raise ModuleNotFoundError("functions.feedback.handler")

    with empty_platform.functions.replaced("feedback", missing):
        empty_platform.send_message("feedback", "x")
        empty_platform.drain()
    assert empty_platform.dead_letters("feedback") == ["x"]
