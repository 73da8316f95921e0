"""The ledger: one row per (send, supporter), made before SES is called, so that nobody gets an edition twice.

Rows lie in partitions of one chunk, so no item and no partition is written by every message of a send.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.adapters.ids import new_id
from functions.adapters.items import Item, item, plain, typed
from functions.domain.consent import Links, MailSettings, Pixel, Selection
from functions.domain.correction import may_have_got
from functions.domain.letter import Recipe
from functions.domain.report import TAKEN
from functions.domain.retention import MESSAGES_S
from functions.domain.selection import decode_picks, encode_picks
from functions.domain.send import NEXT, MessageFact, MessageState
from functions.domain.supporter import FormOfAddress
from functions.domain.transparency import COUNTED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAILED = frozenset({*TAKEN, MessageState.UNKNOWN})  # or perhaps mailed


class Ledger:
    """The table `messages`. `chunk` is its partition key "<send>#<number>"."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def states(self, chunk: str) -> dict[str, MessageState]:
        """Supporter -> state, for every row of a chunk."""
        return {row["supporter"]["S"]: MessageState(row["state"]["S"]) for row in self._rows(chunk, "supporter, #state")}

    def close_claims(self, chunk: str, now_ms: int) -> dict[str, MessageState]:
        """The same, for who holds the chunk's lease: what a visit that died left claimed may have gone out, and is unknown."""
        states = self.states(chunk)
        for supporter, state in states.items():
            if state is MessageState.CLAIMED:
                self.note(chunk, supporter, state, MessageFact.LEASE_EXPIRED, now_ms, reason="no answer kept")
        return states

    def counts(self, chunk: str, since_ms: int = 0) -> dict[str, int]:
        """How many rows of a chunk are in which state, of the skipped and failed ones why ("skipped:suppressed"), and of those
        mailed how their blocks were chosen ("selection:declared"). Of all of them, or of those claimed since (epoch ms).
        """
        counts: Counter[str] = Counter()
        for row in self._rows(chunk, "#state, reason, arm, selection, #at", {"#at": "at"}):
            if int(row["at"]["N"]) < since_ms:
                continue
            state = row["state"]["S"]
            counts[state] += 1
            if "selection" in row and state in MAILED:
                counts[f"{COUNTED}{row['selection']['S']}"] += 1
            if "reason" in row:
                counts[f"{state}:{row['reason']['S']}"] += 1
            if row.get("arm", {}).get("S"):
                counts[f"arm:{row['arm']['S']}"] += 1
        return dict(counts)

    def unknown(self, chunk: str) -> list[Item]:
        """The rows of a chunk of which nobody knows whether they were mailed: supporter, at and settled_at (epoch ms), reason."""
        rows = self._rows(chunk, "supporter, #state, #at, settled_at, reason", {"#at": "at"})
        return [plain(row) for row in rows if row["state"]["S"] == MessageState.UNKNOWN]

    def reached(self, chunk: str) -> list[str]:
        """The supporters of a chunk whom the send reached or may have reached (`functions/domain/correction.py`)."""
        rows = map(plain, self._rows(chunk, "supporter, #state, reason, delivered_at"))
        return [
            row["supporter"]
            for row in rows
            if may_have_got(MessageState(row["state"]), row.get("reason", ""), "delivered_at" in row)
        ]

    def skip(self, chunk: str, supporter: str, reason: str, now_ms: int) -> bool:
        """Name why this supporter gets no mail. False when there is a row already."""
        return self._put({"chunk": chunk, "supporter": supporter, "state": MessageState.SKIPPED, "reason": reason, "at": now_ms})

    def fail(self, chunk: str, supporter: str, reason: str, now_ms: int) -> bool:
        """Name why no mail could be made for this supporter. False when there is a row already."""
        return self._put({"chunk": chunk, "supporter": supporter, "state": MessageState.FAILED, "reason": reason, "at": now_ms})

    def claim(self, chunk: str, supporter: str, recipe: Recipe, version: str, now_ms: int) -> bool:
        """Take the right to mail this supporter, with the recipe of the letter. False when it was taken before.

        The row keeps the claim's own id: when the answer to the write got lost, the SDK's second try finds its own row.
        """
        return self._put(
            {
                "chunk": chunk,
                "supporter": supporter,
                "state": MessageState.CLAIMED,
                "claim": new_id(),
                "at": now_ms,
                "picks": encode_picks(recipe.picks),
                "selection": recipe.settings.selection,
                "links": recipe.settings.links,
                "pixel": recipe.settings.pixel is Pixel.PERSONAL,
                "arm": recipe.arm,
                "language": recipe.language,
                "form": recipe.form,
                "greeting": recipe.greeting,
                "ruleset": recipe.ruleset,
                "targeted": recipe.targeted or None,
                "version": version,
            }
        )

    def note(self, chunk: str, supporter: str, was: MessageState, fact: MessageFact, now_ms: int, **attributes: Any) -> bool:
        """Move a row on by a fact. False when feedback moved it first (SES can be faster than its own answer)."""
        values = {"state": NEXT[was, fact].value, "settled_at": now_ms, **attributes}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=item({"chunk": chunk, "supporter": supporter}),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression="#state = :was",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={f":{name}": typed(v) for name, v in values.items()} | {":was": {"S": was.value}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _put(self, row: Mapping[str, Any]) -> bool:
        """A new row, or one over a row that waits (SES said for certain that it did not take that mail)."""
        stored: Item = {**row, "expires": row["at"] // 1000 + MESSAGES_S}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item(stored),
                ConditionExpression="attribute_not_exists(chunk) OR #state = :waiting",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":waiting": {"S": MessageState.WAITING.value}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            there: Any = error.response
            return "claim" in row and there.get("Item", {}).get("claim") == {"S": row["claim"]}
        return True

    def _rows(self, chunk: str, projection: str, names: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="chunk = :c",
            ProjectionExpression=projection,
            ExpressionAttributeNames={"#state": "state", **(names or {})},
            ExpressionAttributeValues={":c": {"S": chunk}},
            ConsistentRead=True,
        )
        return [row for page in pages for row in page["Items"]]


def recipe_of(row: Item) -> Recipe | None:
    """The recipe of the letter that a row of the ledger was claimed with. None for a row without a letter."""
    if "picks" not in row or "version" not in row:
        return None
    settings = MailSettings(Selection(row["selection"]), Links(row["links"]), Pixel.PERSONAL if row["pixel"] else Pixel.NONE)
    return Recipe(
        picks=decode_picks(row["picks"]),
        settings=settings,
        language=row["language"],
        form=FormOfAddress(row["form"]),
        greeting=row["greeting"],
        arm=row["arm"],
        ruleset=row["ruleset"],
        targeted=row.get("targeted", False),
    )
