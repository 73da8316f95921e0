"""Trigger: the import queue, one message {"import", "offset", "row"} at a time; offset 0 is the whole file's first look.

Promise: each good row is a supporter with newsletter consent at most, or a suppression; each bad row is reported, whatever
comes twice.
Writes: supporters, identities, consents; suppressions, and that they are known now; the plan and the reports of the import to
the content bucket.
On failure: the message returns to the queue; rows already taken in are found as they are and reported the same.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, clock, keys
from functions.adapters.catalogue import Catalogue
from functions.adapters.content import Content
from functions.adapters.imports import ImportKind, Imports
from functions.adapters.intake import Intake
from functions.adapters.observability import logger
from functions.adapters.settings import load
from functions.adapters.settling import Settling
from functions.adapters.supporters import Supporters
from functions.adapters.suppressions import Suppressions
from functions.import_supporters.rows import SupporterRows, SuppressionRows
from functions.import_supporters.step import Importer


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    identities_table: str
    consents_table: str
    suppressions_table: str
    catalogue_table: str
    import_queue_url: str
    content_bucket: str
    keys_secret: str


@cache
def wiring() -> Importer:
    s = load(Settings)
    catalogue, content = Catalogue(s.catalogue_table), Content(aws.s3(), s.content_bucket)
    address_key = keys.load(s.keys_secret).address_key
    supporters = Supporters(s.supporters_table, s.identities_table, s.consents_table, address_key)
    suppressions = Suppressions(s.suppressions_table)
    return Importer(
        Imports(catalogue, content, aws.sqs(), s.import_queue_url),
        content,
        {
            ImportKind.SUPPORTERS: lambda: SupporterRows(
                Intake(supporters, suppressions), frozenset(entry.id for entry in catalogue.all("list"))
            ),
            ImportKind.SUPPRESSIONS: lambda: SuppressionRows(suppressions, supporters, Settling(catalogue)),
        },
    )


def handle(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        asked = json.loads(record["body"])
        done = wiring().step(asked["import"], asked["offset"], int(clock.now() * 1000))
        logger("import_supporters").info(done, extra={"import": asked["import"], "offset": asked["offset"]})
