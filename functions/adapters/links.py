"""Where the links of an edition lead, read from its compiled form and kept in the warm process."""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError

from functions.adapters import clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT = 64  # link tables in memory: some kilobytes each
SENT_FOR_S = 60  # which version of an edition is out hardly ever changes
AMENDED_FOR_S = 20  # how late an amended link may be seen; twice that when a reading fails
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


Amended = Mapping[int, tuple[str, str]]  # link number -> (where it led as compiled, where it leads now)


class LinkTables:
    """Objects under `editions/` in the content bucket."""

    def __init__(self, client: "S3Client", hasty: "S3Client", bucket: str, failed: Callable[[str, Exception], None]) -> None:
        """`hasty` reads what a reader shall not wait for; `failed` notes that it could not."""
        self._client, self._hasty, self._bucket, self._failed = client, hasty, bucket, failed
        self._tables: OrderedDict[str, tuple[float, LinkTable]] = OrderedDict()
        self._amended: OrderedDict[str, tuple[float, Amended]] = OrderedDict()

    def version(self, edition: str, version: str) -> LinkTable | None:
        """The links of one compiled version; it never changes. None when there is none."""
        return self._kept(f"editions/{edition}/{version}.json", float("inf"))

    def sent(self, edition: str) -> LinkTable | None:
        """The links of the version that was sent. None when none was."""
        return self._kept(f"editions/{edition}/sent.json", clock.watch() + SENT_FOR_S)

    def tested(self, edition: str) -> LinkTable | None:
        """The links of the version that staff last mailed to themselves. None when none was."""
        return self._kept(f"editions/{edition}/tested.json", clock.watch())

    def leads(self, edition: str, table: LinkTable, n: int) -> str:
        """Where link `n` of this table leads now: as staff amended it, else as it was compiled. It never fails."""
        was, new = self._amendments(edition).get(n, ("", ""))
        return new if was == table.urls[n] else table.urls[n]

    def _amendments(self, edition: str) -> Amended:
        """Read once in a while, also when there are none or reading fails: then what was known before still holds."""
        until, kept = self._amended.get(edition, (0.0, {}))
        if until >= clock.watch():
            return kept
        try:
            kept = self._read_amendments(edition)
        except Exception as error:  # whatever went wrong, the reader gets there
            self._failed("amended links", error)
        self._amended[edition] = (clock.watch() + AMENDED_FOR_S, kept)
        while len(self._amended) > KEPT:
            self._amended.popitem(last=False)
        return kept

    def _read_amendments(self, edition: str) -> Amended:
        body = _body(self._hasty, self._bucket, amended_key(edition))
        links = json.loads(body)["links"] if body else {}
        return {int(n): (_ascii(link["was"]), _ascii(link["url"])) for n, link in links.items()}

    def _kept(self, key: str, until: float) -> LinkTable | None:
        kept = self._tables.get(key)
        if kept and kept[0] >= clock.watch():
            return kept[1]
        table = self._read(key)
        if table:
            self._tables[key] = (until, table)
            while len(self._tables) > KEPT:
                self._tables.popitem(last=False)
        return table

    def _read(self, key: str) -> LinkTable | None:
        body = _body(self._client, self._bucket, key)
        if body is None:
            return None
        compiled = json.loads(body)
        return LinkTable(
            urls=tuple(_ascii(link["url"]) for link in compiled["links"]),
            owners=tuple(link["entry"] for link in compiled["links"]),
            entries=tuple(LinkEntry(tuple(entry["topics"]), entry["prior"]) for entry in compiled["entries"]),
        )


def amended_key(edition: str) -> str:
    """The object with the amended links of an edition: {"links": {"3": {"was": as compiled, "url": where it leads now}}}."""
    return f"editions/{edition}/amendments.json"


def _body(client: "S3Client", bucket: str, key: str) -> bytes | None:
    """None when there is no such object."""
    try:
        return client.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def _ascii(url: str) -> str:
    """A URL fit for a header: no control characters, everything beyond ASCII percent-encoded, the rest as it was."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~-._")
