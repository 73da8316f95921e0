"""Counts what AWS would bill while the handlers run on the local platform: calls by botocore's own events, Lambda time by wrapping.

Capacity units by the DynamoDB developer guide ("Read/write capacity mode"): a write per begun KB of the item, and one per index
that gets a new entry; a read per begun 4 KB, half when not consistent; transactions twice; a refused condition costs a write too.
Sizes are the average of the table's items as they are in the end.
"""

import importlib
import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.prices import Unit
from functions.adapters import aws
from infra.description import DEPLOYMENT, Function
from local.platform import Platform

PLATFORM_LOG_BYTES = 400  # START, END and REPORT of one invocation, in Lambda's JSON form
_S3_PUT = ("PutObject", "CopyObject", "ListObjectsV2")
Use = tuple[Unit, str, float]  # how much of a unit, and what used it
Usage = Mapping[tuple[Unit, str], float]


class Meter:
    """Everything since the last `take`. `functions` goes to Platform(functions=...); `attach` once it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]] = []
        self._uses: list[Use] = []
        self._logged = 0
        self.functions = {function.name: self._timed(function.name) for function in DEPLOYMENT.functions}

    def attach(self, platform: Platform) -> None:
        self._platform = platform
        tables, buckets = (aws.dynamodb(), aws.brief_dynamodb(), aws.hasty_dynamodb()), (aws.s3(), aws.hasty_s3())
        for client in (*tables, *buckets, aws.sqs(), aws.secrets(), aws.ses()):
            service, events = client.meta.service_model.service_name, client.meta.events
            events.register(f"before-parameter-build.{service}", _remember, unique_id="meter-before")
            events.register(f"after-call.{service}", self._called, unique_id="meter-after")

    def take(self) -> tuple[Usage, Counter[str]]:
        """Usage since the last time, and the calls by operation."""
        with self._lock:
            calls, uses = self._calls, self._uses
            self._calls, self._uses = [], []
        sizes = self.sizes()
        for service, operation, asked, answer in calls:
            uses += _billed(service, operation, asked, answer, sizes)
        logged = sum(len(self._platform.logs.read(f.name).encode()) for f in DEPLOYMENT.functions)
        uses.append((Unit.LOG_BYTE, "the functions' own lines", logged - self._logged))
        self._logged = logged
        usage: dict[tuple[Unit, str], float] = defaultdict(float)
        for unit, what, amount in uses:
            usage[unit, what] += amount
        return usage, Counter(f"{service} {operation}" for service, operation, _, _ in calls)

    def sizes(self) -> dict[str, float]:
        """Average bytes of an item, per table; 1 where there is none."""
        return {table.name: self._size(table.name) for table in DEPLOYMENT.tables}

    def _size(self, table: str) -> float:
        pages = self._platform.aws.dynamodb.get_paginator("scan").paginate(TableName=table)
        sizes = [_item_bytes(item) for page in pages for item in page["Items"]]
        return sum(sizes) / len(sizes) if sizes else 1.0

    def _called(self, model: Any, parsed: Any, context: dict[str, Any], **_: Any) -> None:
        if "metered" in context:
            with self._lock:
                self._calls.append((model.service_model.service_name, model.name, context["metered"], parsed))

    def _timed(self, name: str) -> Callable[[Any, Any], Any]:
        function = DEPLOYMENT.function(name)

        def handle(event: Any, context: Any) -> Any:
            entry = importlib.import_module(f"functions.{name}.handler").handle
            start = time.perf_counter()
            try:
                return entry(event, context)
            finally:
                self._invoked(function, time.perf_counter() - start, event)

        return handle

    def _invoked(self, function: Function, seconds: float, event: Any) -> None:
        uses: list[Use] = [
            (Unit.LAMBDA_CALL, function.name, 1),
            (Unit.GB_SECOND, function.name, math.ceil(seconds * 1000) / 1000 * function.memory_mb / 1024),
            (Unit.LOG_BYTE, "Lambda's own lines", PLATFORM_LOG_BYTES),
        ]
        if function.queues:
            uses.append((Unit.SQS, f"{function.name}: receive and delete", 2))
        if function.name == "feedback":
            uses.append((Unit.SNS, "SES's reports", len(event["Records"])))
        if "routeKey" in event:
            uses.append((Unit.HTTP, function.name, 1))
        with self._lock:
            self._uses += uses


def _remember(params: Any, context: dict[str, Any], **_: Any) -> None:
    context["metered"] = dict(params)


def _billed(
    service: str, operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any], sizes: Mapping[str, float]
) -> Iterator[Use]:
    match service:
        case "dynamodb":
            yield from _capacity(operation, asked, answer, sizes)
        case "sqs":
            yield Unit.SQS, operation, 1
        case "s3":
            yield (Unit.S3_PUT if operation in _S3_PUT else Unit.S3_GET), operation, 1
        case "secretsmanager":
            yield Unit.SECRET, operation, 1
        # SES's own price is not in this.


def _capacity(operation: str, asked: Mapping[str, Any], answer: Mapping[str, Any], sizes: Mapping[str, float]) -> Iterator[Use]:
    table = asked.get("TableName", "")
    match operation:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            yield Unit.WRITE, f"{table} {operation}", _writes(sizes[table])
            indexes = len(DEPLOYMENT.table(table).indexes)  # keys only: an update that leaves the keys alone costs them nothing
            if indexes and operation != "UpdateItem" and "Error" not in answer:
                yield Unit.WRITE, f"{table} by its index", indexes
        case "TransactWriteItems":
            for part in asked["TransactItems"]:
                [(kind, what)] = part.items()
                yield Unit.WRITE, f"{what['TableName']} {kind} in a transaction", 2 * _writes(sizes[what["TableName"]])
        case "GetItem":
            yield Unit.READ, f"{table} {operation}", _reads(sizes[table], asked)
        case "BatchGetItem":
            for name, what in asked["RequestItems"].items():
                yield Unit.READ, f"{name} {operation}", len(what["Keys"]) * _reads(sizes[name], what)
        case "Query" | "Scan":
            yield Unit.READ, f"{table} {operation}", _reads(answer.get("ScannedCount", 0) * sizes[table], asked)
        case _:
            raise ValueError(f"not metered: {operation}")


def _writes(size: float) -> int:
    return math.ceil(size / 1024)


def _reads(size: float, asked: Mapping[str, Any]) -> float:
    return max(1, math.ceil(size / 4096)) * (1.0 if asked.get("ConsistentRead") else 0.5)


def _item_bytes(item: Mapping[str, Any]) -> int:
    """Developer guide, "Item sizes and formats": names and values in UTF-8, numbers about a byte per two digits."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    [(kind, held)] = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return len(held) // 2 + 2
        case "B":
            return len(held)
        case "SS":
            return sum(len(text.encode()) for text in held)
        case "L":
            return 3 + sum(1 + _value_bytes(one) for one in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(one) for name, one in held.items())
    return 1
