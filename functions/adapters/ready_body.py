"""A request body that is JSON already, for a botocore client: botocore signs, sends and reads the answer as ever.

Writing and checking a request member by member costs a mail of 50 KB more than making the mail. Here one client makes the
call with small parameters and the ready body takes the place of theirs (`before-call`, botocore's documented event).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.client import BaseClient

_held = threading.local()


def accept(client: "BaseClient", operation: str) -> None:
    """Make `operation` of this client take a ready body where one is given. Again is nothing."""
    service = client.meta.service_model.service_name
    client.meta.events.register(f"before-call.{service}.{operation}", _swap, unique_id=f"ready-body-{operation}")


@contextmanager
def carrying(body: bytes) -> Iterator[None]:
    """Within the `with`, a call in this thread of an operation that takes ready bodies carries `body`."""
    _held.body = body
    try:
        yield
    finally:
        _held.body = None


def _swap(params: dict[str, Any], **_: Any) -> None:
    body = getattr(_held, "body", None)
    if body is not None:
        params["body"] = body
