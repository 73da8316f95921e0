"""AWS in memory, for tests that make tens of thousands of calls: the adapters are the real ones, on these instead of clients.

What is imitated is the contract the send path stands on: DynamoDB writes an item under a condition or not at all, an object is
there or not, SES takes a mail or says why not. Each expression is read and evaluated as it is written, so a slip in one of them
fails here too. tests/functions/test_memory.py holds this against the platform's DynamoDB.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from functions.adapters.items import value
from infra.description import DEPLOYMENT

Item = dict[str, Any]
Touch = Callable[[str], Callable[[], None]]
_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),+-]|[#:]?\w+(?:\.#?\w+)*)")


class ConditionalCheckFailedError(ClientError):
    """Botocore has it as client.exceptions.ConditionalCheckFailedException."""


def refusal(code: str, there: Item | None = None, status: int = 400) -> ClientError:
    """What botocore raises. `there`: the item that stood in the way (ReturnValuesOnConditionCheckFailure)."""
    kind = ConditionalCheckFailedError if code == "ConditionalCheckFailedException" else ClientError
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    if code == "TransactionCanceledException":
        answer["CancellationReasons"] = [{"Code": "ConditionalCheckFailed"}]
    return kind(answer | ({"Item": deepcopy(there)} if there else {}), "call")


def untouched(_: str) -> Callable[[], None]:
    """Nothing happens to any call."""
    return lambda: None


@dataclass
class Expression:
    """A condition or update of DynamoDB's expression language, as far as this project writes it."""

    text: str
    asked: Item
    item: Item | None
    tokens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = _TOKEN.findall(self.text)
        assert "".join(self.tokens) == re.sub(r"\s", "", self.text), f"not understood: {self.text}"
        self.tokens.reverse()

    def holds(self) -> bool:
        found = self._any()
        assert not self.tokens, f"not understood: {self.text}"
        return found

    def applied(self) -> Item:
        """The item after an update expression. Every value is read before any is written."""
        writes = []
        while self.tokens:
            clause = self.tokens.pop()
            writes.append(self._write(clause))
            while self.tokens and self.tokens[-1] == ",":
                self.tokens.pop()
                writes.append(self._write(clause))
        after = deepcopy(self.item or {})
        for write in writes:
            write(after)
        return after

    def _write(self, clause: str) -> Callable[[Item], None]:
        path = self._path(self.tokens.pop())
        if clause == "REMOVE":
            return lambda item: _remove(item, path)
        if clause == "SET":
            assert self.tokens.pop() == "="
            new = self._sum()
            return lambda item: _put(item, path, new)
        assert clause == "ADD", clause
        more, old = self._operand(), _get(self.item, path)
        return lambda item: _put(item, path, _added(old, more))

    def _any(self) -> bool:
        found = self._all()
        while self.tokens and self.tokens[-1] == "OR":
            self.tokens.pop()
            other = self._all()
            found = found or other
        return found

    def _all(self) -> bool:
        found = self._one()
        while self.tokens and self.tokens[-1] == "AND":
            self.tokens.pop()
            other = self._one()
            found = found and other
        return found

    def _one(self) -> bool:
        token = self.tokens.pop()
        if token == "NOT":
            return not self._one()
        if token == "(":
            found = self._any()
            assert self.tokens.pop() == ")"
            return found
        if token in ("attribute_exists", "attribute_not_exists"):
            assert self.tokens.pop() == "("
            there = _get(self.item, self._path(self.tokens.pop())) is not None
            assert self.tokens.pop() == ")"
            return there is (token == "attribute_exists")
        self.tokens.append(token)
        left, sign, right = self._operand(), self.tokens.pop(), self._operand()
        return _compared(left, sign, right)

    def _sum(self) -> Any:
        found = self._operand()
        while self.tokens and self.tokens[-1] in "+-":
            sign = -1 if self.tokens.pop() == "-" else 1
            found = {"N": str(value(found) + sign * value(self._operand()))}
        return found

    def _operand(self) -> Any:
        token = self.tokens.pop()
        if token == "if_not_exists":
            assert self.tokens.pop() == "("
            there = _get(self.item, self._path(self.tokens.pop()))
            assert self.tokens.pop() == ","
            otherwise = self._operand()
            assert self.tokens.pop() == ")"
            return otherwise if there is None else there
        if token.startswith(":"):
            return self.asked["ExpressionAttributeValues"][token]
        return _get(self.item, self._path(token))

    def _path(self, token: str) -> list[str]:
        names = self.asked.get("ExpressionAttributeNames", {})
        return [names[part] if part.startswith("#") else part for part in token.split(".")]


def _get(item: Item | None, path: list[str]) -> Any:
    found: Any = {"M": item or {}}
    for name in path:
        found = found.get("M", {}).get(name) if found else None
    return found


def _put(item: Item, path: list[str], new: Any) -> None:
    *way, last = path
    for name in way:
        item = item[name]["M"]
    item[last] = deepcopy(new)


def _remove(item: Item, path: list[str]) -> None:
    *way, last = path
    for name in way:
        item = item.get(name, {"M": {}})["M"]
    item.pop(last, None)


def _added(old: Any, more: Any) -> Any:
    if "SS" in more:
        return {"SS": sorted({*(old or {"SS": []})["SS"], *more["SS"]})}
    return {"N": str(value(old or {"N": "0"}) + value(more))}


def _compared(left: Any, sign: str, right: Any) -> bool:
    if left is None or right is None or left.keys() != right.keys():
        return sign == "<>"
    one, other = value(left), value(right)
    return bool(
        {
            "=": one == other,
            "<>": one != other,
            "<": sign == "<" and one < other,
            "<=": sign == "<=" and one <= other,
            ">": sign == ">" and one > other,
            ">=": sign == ">=" and one >= other,
        }[sign]
    )


class Dynamo:
    """The calls of a DynamoDB client that the send path makes. `touch` is told of each call before it, and after its effect."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedError)

    def __init__(self, touch: Touch = untouched) -> None:
        self._touch = touch
        self.tables: dict[str, dict[tuple[str, ...], Item]] = {table.name: {} for table in DEPLOYMENT.tables}

    def get_item(self, **asked: Any) -> Item:
        with_effect = self._touch(f"GetItem {asked['TableName']}")
        found = self.tables[asked["TableName"]].get(_key(asked["TableName"], asked["Key"]))
        with_effect()
        return {"Item": deepcopy(found)} if found else {}

    def batch_get_item(self, **asked: Any) -> Item:
        with_effect = self._touch("BatchGetItem")
        answer = {
            table: [deepcopy(found) for key in what["Keys"] if (found := self.tables[table].get(_key(table, key)))]
            for table, what in asked["RequestItems"].items()
        }
        with_effect()
        return {"Responses": answer, "UnprocessedKeys": {}}

    def put_item(self, **asked: Any) -> Item:
        return self._write(f"PutItem {asked['TableName']}", [("Put", asked)])

    def update_item(self, **asked: Any) -> Item:
        return self._write(f"UpdateItem {asked['TableName']}", [("Update", asked)])

    def delete_item(self, **asked: Any) -> Item:
        return self._write(f"DeleteItem {asked['TableName']}", [("Delete", asked)])

    def transact_write_items(self, **asked: Any) -> Item:
        parts = [next(iter(part.items())) for part in asked["TransactItems"]]
        return self._write("TransactWriteItems", parts, failing="TransactionCanceledException")

    def scan(self, **asked: Any) -> Item:
        with_effect = self._touch(f"Scan {asked['TableName']}")
        found = self._matching(asked, "FilterExpression")
        with_effect()
        return {"Items": found}

    def query(self, **asked: Any) -> Item:
        with_effect = self._touch(f"Query {asked['TableName']}")
        found = self._matching(asked, "KeyConditionExpression")
        with_effect()
        return {"Items": found}

    def get_paginator(self, operation: str) -> Any:
        call = getattr(self, operation)
        return SimpleNamespace(paginate=lambda **asked: iter([call(**asked)]))

    def _write(self, what: str, parts: list[tuple[str, Item]], failing: str = "ConditionalCheckFailedException") -> Item:
        """All or nothing. An answer that gets lost has the SDK do it again, which sees its own effect."""
        with_effect = self._touch(what)
        again = True
        while again:
            again = False
            for _, asked in parts:
                there = self._there(asked)
                if "ConditionExpression" in asked and not Expression(asked["ConditionExpression"], asked, there).holds():
                    raise refusal(failing, there)
            for kind, asked in parts:
                self._apply(kind, asked)
            try:
                with_effect()
            except LostError:
                again = True
        return {}

    def _there(self, asked: Item) -> Item | None:
        table = asked["TableName"]
        return self.tables[table].get(_key(table, asked["Key"] if "Key" in asked else asked["Item"]))

    def _apply(self, kind: str, asked: Item) -> None:
        table, there = asked["TableName"], self._there(asked)
        key = asked["Key"] if "Key" in asked else asked["Item"]
        if kind == "Put":
            self.tables[table][_key(table, key)] = deepcopy(asked["Item"])
        elif kind == "Update":
            update = Expression(asked["UpdateExpression"], asked, there)
            self.tables[table][_key(table, key)] = {**update.applied(), **deepcopy(key)}
        else:
            self.tables[table].pop(_key(table, key), None)

    def _matching(self, asked: Item, name: str) -> list[Item]:
        rows = [row for _, row in sorted(self.tables[asked["TableName"]].items())]
        return [deepcopy(row) for row in rows if name not in asked or Expression(asked[name], asked, row).holds()]


class KilledError(BaseException):
    """The Lambda is gone: no `except Exception` of a handler may see it."""


class LostError(Exception):
    """The call took effect and its answer got lost; told by `touch` after the effect."""


def _key(table: str, key: Item) -> tuple[str, ...]:
    described = DEPLOYMENT.table(table)
    return tuple(value(key[name]) for name in (described.key, described.sort) if name)


class Bucket:
    """The calls of an S3 client."""

    def __init__(self, touch: Touch = untouched) -> None:
        self._touch = touch
        self.objects: dict[str, bytes] = {}

    def get_object(self, **asked: Any) -> Item:
        self._touch("GetObject")
        return {"Body": io.BytesIO(self.objects[asked["Key"]])}

    def put_object(self, **asked: Any) -> Item:
        with_effect = self._touch("PutObject")
        self.objects[asked["Key"]] = asked["Body"]
        _again_if_lost(with_effect)
        return {}

    def copy_object(self, **asked: Any) -> Item:
        with_effect = self._touch("CopyObject")
        self.objects[asked["Key"]] = self.objects[asked["CopySource"]["Key"]]
        _again_if_lost(with_effect)
        return {}


class Queues:
    """The calls of an SQS client. `messages`: (queue URL, body); whoever reads decides what becomes of them."""

    def __init__(self, touch: Touch = untouched) -> None:
        self._touch = touch
        self.messages: list[tuple[str, Item]] = []

    def send_message(self, **asked: Any) -> Item:
        with_effect = self._touch("SendMessage")
        self.messages.append((asked["QueueUrl"], json.loads(asked["MessageBody"])))
        _again_if_lost(with_effect)
        return {}

    def send_message_batch(self, **asked: Any) -> Item:
        with_effect = self._touch("SendMessageBatch")
        self.messages += [(asked["QueueUrl"], json.loads(entry["MessageBody"])) for entry in asked["Entries"]]
        _again_if_lost(with_effect)
        return {}


def _again_if_lost(with_effect: Callable[[], None]) -> None:
    try:
        with_effect()
    except LostError:  # the SDK does it again, to the same end
        return


class Ses:
    """SES's API. `take` is asked about each mail, by its tags: it returns SES's message id or raises what SES answers."""

    def __init__(self, take: Callable[[dict[str, str], str], str]) -> None:
        self._take = take
        self._ready: dict[str, Callable[..., None]] = {}
        self.meta = SimpleNamespace(
            service_model=SimpleNamespace(service_name="sesv2"), events=SimpleNamespace(register=self._register)
        )

    def _register(self, name: str, handler: Callable[..., None], unique_id: str = "") -> None:
        self._ready[name.rpartition(".")[2]] = handler

    def get_account(self) -> Item:
        quota = {"MaxSendRate": 1e6, "Max24HourSend": -1.0, "SentLast24Hours": 0.0}
        return {"SendQuota": quota, "SendingEnabled": True, "ProductionAccessEnabled": True, "EnforcementStatus": "HEALTHY"}

    def send_email(self, **_: Any) -> Item:
        request: Item = {"body": b"{}"}
        self._ready["SendEmail"](request)
        mail = json.loads(request["body"])
        return {"MessageId": self._take(dict(_tags(mail["EmailTags"])), mail["Destination"]["ToAddresses"][0])}


def _tags(tags: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    return ((tag["Name"], tag["Value"]) for tag in tags)
