"""A supporter's profile of clicks: written only while the consent stands under which the click was recorded.

The condition is the grant's own id, so a withdrawal in between wins, and a new yes does not let old clicks back in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters.items import plain, typed
from functions.domain.consent import OPENS_CHOOSE, Purpose
from functions.domain.interest import InterestTag

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_STANDS = "grants.#purpose = :grant AND (attribute_not_exists(too_young) OR too_young <> :yes)"


@dataclass(frozen=True)
class Profile:
    """The newest clicks of a supporter, as tokens, and the interest tags that are stored. Topics by id."""

    clicks: frozenset[str]
    tags: tuple[InterestTag, ...]
    muted: frozenset[str] = frozenset()


class Profiles:
    """What clicks and opens taught, in the table `supporters`. None of these touches the supporter's version.

    `consents` for opens: their words decide what they may be used for.
    """

    def __init__(self, client: "DynamoDBClient", table: str, consents: str = "") -> None:
        self._client, self._table, self._consents = client, table, consents

    def add_click(self, supporter: str, topic: str, token: str, grant: str) -> Profile | None:
        """Add one click on a topic and return the profile. Adding it again changes nothing.

        None when that grant does not stand, or the supporter muted the topic.
        """
        stored = self._update(
            supporter,
            grant,
            "ADD clicks :new",
            {":new": {token}, ":topic": topic},
            "(attribute_not_exists(muted) OR NOT contains(muted, :topic))",
            ReturnValues="ALL_NEW",
        )
        if stored is None:
            return None
        held = plain({name: stored[name] for name in ("clicks", "tags", "muted") if name in stored})
        tags = tuple(InterestTag(tag["topic"], tag["since"]) for tag in held.get("tags", []))
        return Profile(held["clicks"], tags, held.get("muted", frozenset()))

    def allowed(self, supporter: str) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of the grants that stand now, and the muted topics, read consistently.

        Nothing for one who is gone, no grants for one who is too young.
        """
        found = self._client.get_item(
            TableName=self._table,
            Key={"supporter": {"S": supporter}},
            ProjectionExpression="grants, muted, too_young",
            ConsistentRead=True,
        ).get("Item")
        held = plain(found) if found else {}
        standing = {} if held.get("too_young") else held.get("grants", {})
        return frozenset(standing.values()), held.get("muted", frozenset())

    def forget_clicks(self, supporter: str, tokens: Iterable[str], grant: str) -> None:
        """Delete clicks that count no more."""
        self._update(supporter, grant, "DELETE clicks :old", {":old": set(tokens)})

    def store_tags(self, supporter: str, tags: Iterable[InterestTag], grant: str) -> bool:
        """Replace the interest tags. False when that grant does not stand."""
        new = [{"topic": tag.topic, "since": tag.since} for tag in tags]
        return self._update(supporter, grant, "SET tags = :tags", {":tags": new}) is not None

    def note_open(self, supporter: str, at: int, grant: str) -> bool:
        """Keep when they last opened a mail (epoch ms). False when that grant does not stand, its words did not say that opens
        may choose, or a later open is kept.
        """
        if not self._may_choose(supporter, grant):
            return False
        newer = "(attribute_not_exists(opened_at) OR opened_at < :at)"
        noted = self._update(supporter, grant, "SET opened_at = :at", {":at": at}, newer, purpose=Purpose.OPEN_PIXEL)
        return noted is not None

    def forget_open(self, supporter: str, before: int) -> None:
        """Delete the time of the last open where it is older (epoch ms), whatever consent stands."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"supporter": {"S": supporter}},
                UpdateExpression="REMOVE opened_at",
                ConditionExpression="opened_at < :before",
                ExpressionAttributeValues={":before": typed(before)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _may_choose(self, supporter: str, grant: str) -> bool:
        """Whether the words of this grant said so. A proof that is not there said nothing."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._consents,
            KeyConditionExpression="supporter = :s",
            FilterExpression="id = :grant",
            ExpressionAttributeValues={":s": typed(supporter), ":grant": typed(grant)},
            ProjectionExpression="wording",
        )
        return any(found["wording"]["S"].partition(".")[0] in OPENS_CHOOSE for page in pages for found in page["Items"])

    def _update(
        self,
        supporter: str,
        grant: str,
        expression: str,
        values: dict[str, Any],
        also: str = "",
        purpose: Purpose = Purpose.OBSERVED_INTEREST,
        **more: Any,
    ) -> dict[str, Any] | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"supporter": {"S": supporter}},
                UpdateExpression=expression,
                ConditionExpression=" AND ".join([_STANDS, *([also] if also else [])]),
                ExpressionAttributeNames={"#purpose": purpose.value},
                ExpressionAttributeValues={":grant": typed(grant), ":yes": typed(True)}
                | {name: typed(value) for name, value in values.items()},
                **more,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return answer.get("Attributes", {})
