"""The stream feeds a Lambda by AWS's rules: retries, bisecting, checkpoints, expiry, and S3 for what never works."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.description import StreamSource
from local import streams
from local.faults import Faults
from local.platform import Platform
from local.stream_batch import Batches

NOW = 1_800_000_000.0
Invoke = Callable[[list[str]], Any]


def record(name: str, age_s: float = 0) -> dict[str, Any]:
    return {"dynamodb": {"SequenceNumber": name, "ApproximateCreationDateTime": NOW - age_s}}


class Run:
    """Delivers records 1..n to `invoke` and notes what was tried and what was given up."""

    def __init__(self, invoke: Invoke, *, bisect: bool = True, faults: Faults | None = None) -> None:
        self.tried: list[str] = []
        self.discarded: list[tuple[str, str]] = []
        self._invoke = invoke
        source = StreamSource("events", retries=3, max_age_s=3600, bisect=bisect)
        self._batches = Batches(source, self._note, self._discard, faults or Faults(), now=lambda: NOW, sleep=lambda seconds: None)

    def deliver(self, *records: dict[str, Any]) -> "Run":
        self._batches.deliver(records)
        return self

    def _note(self, event: Any) -> Any:
        names = [r["dynamodb"]["SequenceNumber"] for r in event["Records"]]
        self.tried.append("".join(names))
        return self._invoke(names)

    def _discard(self, event: Any, condition: str, invocations: int) -> None:
        self.discarded.append(("".join(r["dynamodb"]["SequenceNumber"] for r in event["Records"]), condition))


def poison(name: str) -> Invoke:
    def invoke(names: list[str]) -> None:
        if name in names:
            raise RuntimeError(name)

    return invoke


def reporting(name: str) -> Invoke:
    return lambda names: {"batchItemFailures": [{"itemIdentifier": name}]} if name in names else None


def test_a_good_batch_is_delivered_once() -> None:
    assert Run(lambda names: None).deliver(record("1"), record("2")).tried == ["12"]


def test_bisecting_isolates_a_poison_record_and_uses_no_retry() -> None:
    run = Run(poison("3")).deliver(*map(record, "1234"))
    assert run.tried == ["1234", "12", "34", "3", "3", "3", "3", "4"]
    assert run.discarded == [("3", "RetryAttemptsExhausted")]


def test_without_bisecting_the_whole_batch_is_retried_and_given_up() -> None:
    run = Run(poison("2"), bisect=False).deliver(*map(record, "123"))
    assert run.tried == ["123"] * 4
    assert run.discarded == [("123", "RetryAttemptsExhausted")]


def test_a_report_moves_the_checkpoint_to_the_lowest_failed_record() -> None:
    run = Run(reporting("3")).deliver(*map(record, "1234"))
    assert run.tried[:2] == ["1234", "34"]  # 1 and 2 are done and never come again
    assert run.tried[-1] == "4"
    assert run.discarded == [("3", "RetryAttemptsExhausted")]


def test_with_several_failures_the_later_good_ones_come_again() -> None:
    answers = iter([{"batchItemFailures": [{"itemIdentifier": "4"}, {"itemIdentifier": "2"}]}])
    assert Run(lambda names: next(answers, None)).deliver(*map(record, "1234")).tried == ["1234", "234"]


def test_a_report_of_an_unknown_record_retries_everything() -> None:
    answers = iter([{"batchItemFailures": [{"itemIdentifier": "9"}]}])
    assert Run(lambda names: next(answers, None), bisect=False).deliver(record("1"), record("2")).tried == ["12", "12"]


def test_a_record_that_is_too_old_is_given_up_without_a_try() -> None:
    run = Run(lambda names: None).deliver(record("1", age_s=3601), record("2"))
    assert run.tried == ["2"]
    assert run.discarded == [("1", "RecordAgeExceeded")]


def test_a_duplicated_batch_comes_twice() -> None:
    faults = Faults(duplicate_stream_batches=1)
    assert Run(lambda names: None, faults=faults).deliver(record("1")).tried == ["1", "1"]


def put(platform: Platform, supporter: str, event: str) -> None:
    platform.aws.dynamodb.put_item(TableName="events", Item={"supporter": {"S": supporter}, "event": {"S": event}})


def test_a_written_event_arrives_in_the_documented_shape(empty_platform: Platform) -> None:
    got: list[Any] = []
    with empty_platform.functions.replaced("derive", lambda event, context: got.extend(event["Records"])):
        put(empty_platform, "anna", "1")
        empty_platform.drain()
    [found] = got
    assert (found["eventSource"], found["eventName"]) == ("aws:dynamodb", "INSERT")
    assert "/stream/" in found["eventSourceARN"]
    assert found["dynamodb"]["Keys"] == {"supporter": {"S": "anna"}, "event": {"S": "1"}}
    assert found["dynamodb"]["NewImage"] == found["dynamodb"]["Keys"]
    assert found["dynamodb"]["StreamViewType"] == "NEW_IMAGE"
    assert isinstance(found["dynamodb"]["ApproximateCreationDateTime"], (int, float))


def test_nobody_who_waits_for_the_platform_waits_for_the_window(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "WINDOW_S", 60.0)
    got: list[Any] = []
    with empty_platform.functions.replaced("derive", lambda event, context: got.extend(event["Records"])):
        put(empty_platform, "anna", "1")
        empty_platform.drain(timeout=10)
    assert len(got) == 1


def test_what_expires_or_is_erased_wakes_nobody_and_holds_nothing_up(empty_platform: Platform) -> None:
    got: list[list[tuple[str, str]]] = []

    def keep(event: Any, context: Any) -> None:
        got.append([(r["eventName"], r["dynamodb"]["Keys"]["event"]["S"]) for r in event["Records"]])

    with empty_platform.functions.replaced("derive", keep):
        put(empty_platform, "anna", "1")
        empty_platform.drain()
        empty_platform.aws.dynamodb.delete_item(TableName="events", Key={"supporter": {"S": "anna"}, "event": {"S": "1"}})
        empty_platform.drain()
        put(empty_platform, "anna", "2")
        empty_platform.drain()
    assert got == [[("INSERT", "1")], [("INSERT", "2")]]


def test_events_of_one_supporter_arrive_in_order(empty_platform: Platform) -> None:
    got: list[tuple[str, str]] = []

    def keep(event: Any, context: Any) -> None:
        keys = [r["dynamodb"]["Keys"] for r in event["Records"]]
        got.extend((k["supporter"]["S"], k["event"]["S"]) for k in keys)

    with empty_platform.functions.replaced("derive", keep):
        for n in range(40):
            put(empty_platform, f"s{n % 4}", f"{n:03d}")
        empty_platform.drain()
    for supporter in ("s0", "s1", "s2", "s3"):
        own = [event for who, event in got if who == supporter]
        assert own == sorted(own)
        assert len(own) == 10


def test_what_never_works_lies_whole_in_the_bucket(empty_platform: Platform) -> None:
    def refuse(event: Any, context: Any) -> None:
        raise RuntimeError("poison")

    with empty_platform.functions.replaced("derive", refuse):
        put(empty_platform, "anna", "1")
        empty_platform.drain()
    s3, bucket = empty_platform.aws.s3, empty_platform.resources.bucket
    [kept] = s3.list_objects_v2(Bucket=bucket, Prefix=StreamSource("events").failures_prefix)["Contents"]
    body = json.loads(s3.get_object(Bucket=bucket, Key=kept["Key"])["Body"].read())
    assert body["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert body["requestContext"]["approximateInvokeCount"] == 6
    [found] = json.loads(body["payload"])["Records"]
    assert found["dynamodb"]["NewImage"]["supporter"] == {"S": "anna"}


def test_a_reset_leaves_no_record_behind(empty_platform: Platform) -> None:
    got: list[Any] = []
    put(empty_platform, "anna", "1")
    empty_platform.reset()
    with empty_platform.functions.replaced("derive", lambda event, context: got.extend(event["Records"])):
        put(empty_platform, "bert", "1")
        empty_platform.drain()
    assert [r["dynamodb"]["Keys"]["supporter"]["S"] for r in got] == ["bert"]
