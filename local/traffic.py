"""What this process wrote to: then nobody need ask the emulator about a table or queue that nobody has touched since.

Handlers and platform run in one process, so their clients tell of every write. What comes by another way (another process, a file
sent straight to S3) they do not see: queues and streams are looked at every two seconds all the same, the bucket always; a reset is
for tests, which write by no other way.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.client import BaseClient

from local.resources import DEAD, TOPIC

HARMLESS = ("Get", "List", "Receive", "Delete", "Purge")  # what can make no queue fuller
_NOTE = "achterban-writes"


def writes(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """What a call may have put something into: "table:<name>" or "queue:<name>"."""
    match service, operation:
        case "dynamodb", "PutItem" | "UpdateItem" | "DeleteItem":
            yield f"table:{parameters['TableName']}"
        case "dynamodb", "BatchWriteItem":
            yield from (f"table:{name}" for name in parameters["RequestItems"])
        case "dynamodb", "TransactWriteItems":
            yield from (f"table:{part['TableName']}" for item in parameters["TransactItems"] for part in item.values())
        case "sqs", _ if "QueueUrl" in parameters and not operation.startswith(HARMLESS):
            yield f"queue:{parameters['QueueUrl'].rpartition('/')[2]}"
        case "sns", "Publish" | "PublishBatch":
            yield f"queue:{TOPIC}"  # which alone is subscribed, and is called like the topic


class Traffic:
    """Counts, per table and queue, the writes that are over (whatever came of them)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def listen(self, client: BaseClient) -> None:
        """From now on every call of this client is noted."""
        client.meta.events.register("before-parameter-build", self._began)
        client.meta.events.register("after-call", self._ended)
        client.meta.events.register("after-call-error", self._ended)

    def written(self, thing: str) -> int:
        """How often it was written to; for a queue also what its dead-letter queue got by hand."""
        return self._counts[thing] + self._counts[thing + DEAD]

    def _began(self, params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context[_NOTE] = tuple(writes(model.service_model.service_name, model.name, params))

    def _ended(self, context: dict[str, Any], **_: Any) -> None:
        noted = context.get(_NOTE)
        if noted:
            with self._lock:
                self._counts.update(noted)
