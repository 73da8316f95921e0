"""Between the handlers and AWS: counts their calls, and makes the chosen ones fail.

It hangs on botocore's `before-send` event of the handlers' own clients, so the SDK's retries, parsing and errors are the real
ones; each attempt of the SDK is one call here.
"""

import contextvars
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from functions.adapters import aws
from functions.deliver import mailing, step
from local.functions import Handle, _load
from local.platform import Platform

FUNCTIONS = ("plan_send", "deliver", "tend_sends", "feedback")


class Fault(StrEnum):
    BEFORE = "before"  # no connection: the call never took effect
    LOST = "lost"  # the call took effect, its answer got lost
    KILLED = "killed"  # the Lambda dies at this call: nothing of the visit runs after it, in no thread
    STALE = "stale"  # an eventually consistent read that does not see yet what was just written
    SLOW = "slow"  # the answer takes its time


class KilledError(BaseException):
    """No `except Exception` of a handler may see it: a dead process handles nothing."""


@dataclass(frozen=True)
class Call:
    """Which call: the `nth` (from 0) of this operation by this function in a run. `what` is "PutItem messages"."""

    function: str
    what: str
    nth: int


@dataclass
class Visit:
    """One invocation of a Lambda, with all its threads."""

    function: str
    killed: bool = False


_visit: contextvars.ContextVar[Visit | None] = contextvars.ContextVar("visit", default=None)

# What should happen to a call: None = nothing.
Choose = Callable[[Call], Fault | None]


def nothing(call: Call) -> None:
    """No fault."""


class _Carrying(ThreadPoolExecutor):
    """Threads of a visit know that they belong to it."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        return super().submit(contextvars.copy_context().run, work, *arguments, **named)


@dataclass
class Wire:
    """What went over it since `clear`, and what fails (`choose`)."""

    choose: Choose = nothing
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: list[tuple[Call, Fault]] = field(default_factory=list)
    slow_s: float = 0.05
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self, choose: Choose = nothing) -> None:
        with self._lock:
            self.choose = choose
            self.calls.clear()
            self.done.clear()

    def handler(self, send: Callable[[Any], AWSResponse]) -> Callable[..., AWSResponse | None]:
        """For the `before-send` event of one client; `send` does the call."""

        def before_send(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
            visit = _visit.get()
            if visit is None:
                return None
            if visit.killed:
                raise KilledError
            what = _what(event_name, request)
            with self._lock:
                call = Call(visit.function, what, self.calls[visit.function, what])
                self.calls[visit.function, what] += 1
                fault = self.choose(call)
                if fault is Fault.STALE and not _may_be_stale(request):
                    fault = None
                if fault:
                    self.done.append((call, fault))
            return self._suffer(fault, visit, request, send) if fault else None

        return before_send

    def _suffer(self, fault: Fault, visit: Visit, request: Any, send: Callable[[Any], AWSResponse]) -> AWSResponse | None:
        match fault:
            case Fault.BEFORE:
                raise EndpointConnectionError(endpoint_url=request.url)
            case Fault.LOST:
                send(request)
                raise ConnectionClosedError(endpoint_url=request.url)
            case Fault.KILLED:
                visit.killed = True
                raise KilledError
            case Fault.SLOW:
                time.sleep(self.slow_s)
                answer = send(request)
                time.sleep(self.slow_s)
                return answer
            case Fault.STALE:
                return _nothing_yet(request)


def _what(event_name: str, request: Any) -> str:
    """ "before-send.dynamodb.PutItem" with its table: "PutItem messages"."""
    operation = event_name.rpartition(".")[2]
    table = _asked(request).get("TableName") if ".dynamodb." in event_name else None
    return f"{operation} {table}" if table else operation


def _asked(request: Any) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(request.body or b"{}")
    return asked


def _may_be_stale(request: Any) -> bool:
    return not _asked(request).get("ConsistentRead", False)


def _nothing_yet(request: Any) -> AWSResponse:
    class Raw:
        """The body of an answer without items."""

        def stream(self, **_: Any) -> Iterator[bytes]:
            yield b'{"Items":[],"Count":0,"ScannedCount":0}'

    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.0"
    return AWSResponse(request.url, 200, headers, Raw())


@contextmanager
def tapped(platform: Platform) -> Iterator[Wire]:
    """The wire of a running platform: the send path's Lambdas and clients go through it meanwhile."""
    wire = Wire()
    clients: list[Any] = [aws.dynamodb(), aws.s3(), aws.sqs(), aws.secrets(), aws.ses()]
    handlers = [(client, wire.handler(client._endpoint.http_session.send)) for client in clients]
    with ExitStack() as undo:
        for module in (mailing, step):
            undo.enter_context(swapped(module, ThreadPoolExecutor=_Carrying))
        for name in FUNCTIONS:
            undo.enter_context(platform.functions.replaced(name, _visited(name, _load(name))))
        for client, handler in handlers:
            client.meta.events.register("before-send", handler)
            undo.callback(client.meta.events.unregister, "before-send", handler)
        yield wire


@contextmanager
def swapped(module: Any, **values: Any) -> Iterator[None]:
    """Other values for names of a module, for a while."""
    before = {name: getattr(module, name) for name in values}
    vars(module).update(values)
    try:
        yield
    finally:
        vars(module).update(before)


def _visited(name: str, handle: Handle) -> Handle:
    def visited(event: Any, context: Any) -> Any:
        token = _visit.set(Visit(name))
        try:
            return handle(event, context)
        except KilledError:
            raise RuntimeError("the Lambda was killed") from None  # what its caller is told
        finally:
            _visit.reset(token)

    return visited
