"""Where the links of an edition lead, read from its compiled form and kept in the warm process."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError

from functions.adapters import clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT = 64  # link tables in memory: some kilobytes each
SENT_FOR_S = 60  # which version of an edition is out hardly ever changes
# Without the right to list a bucket, S3 answers 403 for what is not there.
_MISSING = frozenset({"NoSuchKey", "404", "AccessDenied", "403"})


@dataclass(frozen=True)
class LinkEntry:
    """A block of the edition: topic codes (the primary one first), expected click-through."""

    topics: tuple[str, ...]
    prior: float


@dataclass(frozen=True)
class LinkTable:
    """Link number n leads to `urls[n]` and belongs to entry `owners[n]` (-1: the mail's shell)."""

    urls: tuple[str, ...]
    owners: tuple[int, ...]
    entries: tuple[LinkEntry, ...]


class LinkTables:
    """Objects under `editions/` in the content bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._tables: OrderedDict[str, tuple[float, LinkTable]] = OrderedDict()

    def version(self, edition: str, version: str) -> LinkTable | None:
        """The links of one compiled version; it never changes. None when there is none."""
        return self._kept(f"editions/{edition}/{version}.json", float("inf"))

    def sent(self, edition: str) -> LinkTable | None:
        """The links of the version that was sent. None when none was."""
        return self._kept(f"editions/{edition}/sent.json", clock.now() + SENT_FOR_S)

    def tested(self, edition: str) -> LinkTable | None:
        """The links of the version that staff last mailed to themselves. None when none was."""
        return self._kept(f"editions/{edition}/tested.json", clock.now())

    def _kept(self, key: str, until: float) -> LinkTable | None:
        kept = self._tables.get(key)
        if kept and kept[0] >= clock.now():
            return kept[1]
        table = self._read(key)
        if table:
            self._tables[key] = (until, table)
            while len(self._tables) > KEPT:
                self._tables.popitem(last=False)
        return table

    def _read(self, key: str) -> LinkTable | None:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        compiled = json.loads(body)
        return LinkTable(
            urls=tuple(_ascii(link["url"]) for link in compiled["links"]),
            owners=tuple(link["entry"] for link in compiled["links"]),
            entries=tuple(LinkEntry(tuple(entry["topics"]), entry["prior"]) for entry in compiled["entries"]),
        )


def _ascii(url: str) -> str:
    """A URL fit for a header: no control characters, everything beyond ASCII percent-encoded, the rest as it was."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")
