"""Which blocks an edition had when it was sent, for whoever asks what was in their mails."""

from typing import TYPE_CHECKING

from functions.adapters.editions import Content

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class MailedBlocks:
    """Reads `sends` and the compiled editions; keeps what it read."""

    def __init__(self, client: "DynamoDBClient", sends: str, content: Content) -> None:
        self._client, self._sends, self._content = client, sends, content
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def blocks(self, send: str, version: str) -> tuple[str, ...]:
        """Staff's names for the blocks, in the order that picks count in. () when the send or edition is kept no longer."""
        if (send, version) not in self._known:
            self._known[send, version] = self._read(send, version)
        return self._known[send, version]

    def _read(self, send: str, version: str) -> tuple[str, ...]:
        found = self._client.get_item(TableName=self._sends, Key={"send": {"S": send}}, ProjectionExpression="edition").get("Item")
        edition = self._content.kept(found["edition"]["S"], version) if found and version else None
        return tuple(entry.block for entry in edition.entries) if edition else ()
