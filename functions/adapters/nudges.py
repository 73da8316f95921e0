"""Messages on the plan and deliver queues. They carry ids alone and may be lost: `tend_sends` sends them again."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH = 10  # entries in one SendMessageBatch (SQS limit)


class Nudges:
    def __init__(self, client: "SQSClient", plan_queue_url: str = "", deliver_queue_url: str = "") -> None:
        self._client, self._plan, self._deliver = client, plan_queue_url, deliver_queue_url

    def plan(self, send: str, part: int) -> None:
        """Ask for the next part of the audience to be frozen."""
        self._client.send_message(QueueUrl=self._plan, MessageBody=json.dumps({"send": send, "part": part}))

    def deliver(self, send: str, numbers: Sequence[str]) -> None:
        """Ask for chunks to be delivered. An entry that SQS refuses is only a nudge lost."""
        bodies = [json.dumps({"send": send, "chunk": number}) for number in numbers]
        for start in range(0, len(bodies), BATCH):
            entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(bodies[start : start + BATCH])]
            self._client.send_message_batch(QueueUrl=self._deliver, Entries=entries)  # type: ignore[arg-type]
