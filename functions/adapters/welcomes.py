"""What staff say to somebody who has just joined a list: kind `welcome` of the table `catalogue`, by list."""

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Welcome(NamedTuple):
    """In one language: a subject, and a text in Markdown."""

    subject: str
    text: str


class Welcomes:
    def __init__(self, client: "DynamoDBClient", catalogue_table: str) -> None:
        self._client, self._table = client, catalogue_table

    def of(self, list_: str, language: str) -> Welcome | None:
        """In this language, else in the first that staff wrote it in. None when they wrote none."""
        key = {"kind": {"S": "welcome"}, "id": {"S": list_}}
        found = self._client.get_item(TableName=self._table, Key=key, ProjectionExpression="body").get("Item")
        body = json.loads(found["body"]["S"]) if found else {"text": {}, "subject": {}}
        written = [code for code in (language, *body["text"]) if body["text"].get(code) and body["subject"].get(code)]
        return Welcome(body["subject"][written[0]], body["text"][written[0]]) if written else None
