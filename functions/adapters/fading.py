"""What has had its time goes from the profiles of those who click no more: clicks after 24 months, the last
open after 13, tags that have faded.

Whoever clicks is tidied by `derive`. For the others a round goes over the table `supporters`, a page (1 MB at most) a minute, and
begins again each week: a few cents a year for each hundred thousand supporters. How far it is stands in the catalogue (kind
`fading`).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, plain
from functions.adapters.memo import Memo
from functions.adapters.profile import Profiles
from functions.domain.click import prune
from functions.domain.consent import Purpose
from functions.domain.retention import LAST_OPEN_S
from functions.domain.supporter import InterestTag
from functions.domain.tagging import tags_of
from functions.domain.topic import Taxonomy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AGAIN_MS = 7 * 86_400_000


class Fading:
    """Reads and tidies `supporters`; a withdrawal in between wins (`Profiles`)."""

    def __init__(self, client: "DynamoDBClient", catalogue: str, supporters: str, taxonomy: Callable[[], Taxonomy]) -> None:
        self._client, self._supporters = client, supporters
        self._memo = Memo(client, catalogue, "fading", "round")
        self._profiles, self._taxonomy = Profiles(client, supporters), taxonomy

    def visit(self, now_ms: int) -> int:
        """Tidy the profiles of the next page. Returns how many there was something to take from. Repeating it is safe."""
        was = self._memo.read()
        begun, after = was.get("begun", 0), was.get("after", "")
        if not after:
            if now_ms - begun < AGAIN_MS:
                return 0
            begun = now_ms
        start: dict[str, Any] = {"ExclusiveStartKey": {"supporter": {"S": after}}} if after else {}
        page = self._client.scan(
            TableName=self._supporters,
            ProjectionExpression="supporter, clicks, tags, muted, grants, opened_at",
            FilterExpression="attribute_exists(clicks) OR attribute_exists(tags) OR attribute_exists(opened_at)",
            **start,
        )
        tidied = sum(self._tidy(plain(row), now_ms / 1000) for row in page["Items"])
        self._memo.write(now_ms, begun=begun, after=page.get("LastEvaluatedKey", {}).get("supporter", {}).get("S", ""))
        return tidied

    def _tidy(self, row: Item, now_s: float) -> bool:
        ended = int((now_s - LAST_OPEN_S) * 1000)
        stale: bool = row.get("opened_at", ended) < ended
        if stale:
            self._profiles.forget_open(row["supporter"], ended)
        grant, tokens = row.get("grants", {}).get(Purpose.OBSERVED_INTEREST.value), row.get("clicks", frozenset())
        if grant is None:  # without it nothing is kept; what crossed a withdrawal is for `derive`
            return stale
        old = frozenset(prune(tokens, now_s))
        if old:
            self._profiles.forget_clicks(row["supporter"], old, grant)
        before = tuple(InterestTag(tag["topic"], tag["since"]) for tag in row.get("tags", []))
        on = tags_of(tokens - old, before, row.get("muted", frozenset()), self._taxonomy(), now_s)
        gone = tuple(tag for tag in before if tag.topic not in {kept.topic for kept in on})
        if gone:
            self._profiles.store_tags(row["supporter"], [tag for tag in before if tag not in gone], grant)
        return bool(stale or old or gone)
