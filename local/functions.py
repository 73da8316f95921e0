"""The Lambdas, loaded from source and called in this process with what Lambda would pass: JSON in, JSON out, a context."""

import importlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from infra.description import Deployment
from local.context import context_for
from local.logs import Logs

Handle = Callable[[Any, Any], Any]

# The event handler of Powertools keeps the current request in the resolver: one request at a time per loaded copy, as in Lambda.
ONE_AT_A_TIME = frozenset({"staff_api"})

log = logging.getLogger("achterban.local")


class FunctionError(Exception):
    """The handler raised, or answered what is not JSON. The cause is chained; the log of the function has the traceback."""


class Functions:
    """Invokes a described Lambda by name. A folder that does not exist yet fails when it is invoked, not before."""

    def __init__(
        self,
        description: Deployment,
        logs: Logs,
        replaced: Mapping[str, Handle] | None = None,
        serial: frozenset[str] = ONE_AT_A_TIME,
    ) -> None:
        self._description = description
        self._logs = logs
        self._replaced = dict(replaced or {})
        self._locks = {name: threading.Lock() for name in serial}
        self._count = threading.Lock()
        self.running = 0
        self.invocations = 0

    def invoke(self, name: str, event: Any) -> Any:
        """The handler's answer. Raises FunctionError whenever Lambda would report a function error."""
        function = self._description.function(name)
        with self._counted(), self._locks.get(name) or nullcontext(), self._logs.of(name):
            try:
                handle = self._replaced.get(name) or _load(name)
                return json.loads(json.dumps(handle(json.loads(json.dumps(event)), context_for(function))))
            except Exception as error:
                self._logs.exception(name)
                raise FunctionError(f"{name}: {type(error).__name__}: {error}") from error

    @contextmanager
    def replaced(self, name: str, handle: Handle) -> Iterator[None]:
        """Put `handle` in the place of a Lambda for a while."""
        before = self._replaced.get(name)
        self._replaced[name] = handle
        try:
            yield
        finally:
            if before is None:
                self._replaced.pop(name, None)
            else:
                self._replaced[name] = before

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._count:
            self.running += 1
            self.invocations += 1
        try:
            yield
        finally:
            with self._count:
                self.running -= 1


_loading = threading.Lock()


def _load(name: str) -> Handle:
    # Two threads that import one module at a time see it half made; Lambda loads once per environment.
    with _loading:
        handle: Handle = importlib.import_module(f"functions.{name}.handler").handle
        return handle
