"""What a send's row keeps of its report: the counts of all its chunks together, and what its goal came to when its day had passed.

So a report of a send that has ended costs one read of one row, however large the send was.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.adapters.items import typed
from functions.adapters.sends import ATTEMPTS, Send, Sends
from functions.domain.report import together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Reports:
    """Attributes of the table `sends`: `report` (counts), `report_at` (epoch ms) and `goal_noted`."""

    def __init__(self, client: "DynamoDBClient", sends_table: str, sends: Sends) -> None:
        self._client, self._table, self._sends = client, sends_table, sends

    def renew(self, send_id: str, now_ms: int) -> None:
        """Add up the chunks of a send that has ended, after some of them were counted again. Repeating it is safe.

        Who read the chunks first writes first or not at all, so that an older sum never lies over a newer one.
        """
        for _ in range(ATTEMPTS):
            send = self._sends.get(send_id)
            if send is None or not send.ended_at:
                return  # it goes on: its end keeps the next one
            was = send.item.get("report_n", 0)
            report = together(chunk.counts for chunk in self._sends.chunks(send_id))
            values = {"report": report, "report_at": now_ms, "report_n": was + 1}
            if self._set(
                send_id, values, "report_n = :was" if was else "attribute_not_exists(report_n)", {"was": was} if was else {}
            ):
                return

    def note_goal(self, send_id: str, value: int) -> bool:
        """Keep how far the goal was when its day had passed. The first word stands."""
        return self._set(send_id, {"goal_noted": value}, "attribute_exists(send) AND attribute_not_exists(goal_noted)", {})

    def _set(self, send_id: str, values: Mapping[str, Any], condition: str, known: Mapping[str, Any]) -> bool:
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"send": {"S": send_id}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={f":{name}": typed(value) for name, value in {**values, **known}.items()},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def kept(send: Send) -> tuple[Mapping[str, int], int] | None:
    """The counts of a send that has ended, and when they were added up (epoch ms). None of one that goes on."""
    if not send.ended_at or "report" not in send.item:
        return None
    return send.item["report"], send.item.get("report_at") or send.ended_at
