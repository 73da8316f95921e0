"""How long what is kept. One place; docs/rights.md gives the reasons, tests/functions/test_retention.py holds it to them.

DynamoDB deletes days after an item has expired, so whoever reads leaves out what has (`live`). What is not named here stays
until somebody is erased (their profile), or for good (suppressions, proof of consent: they are what proves and prevents).
"""

from collections.abc import Mapping
from typing import Any

DAY_S = 86_400
EVENTS_S = 396 * DAY_S  # 13 months: a year of editions can be compared with the one before
TOTALS_S = EVENTS_S  # clicks as numbers, without a person
MESSAGES_S = 400 * DAY_S  # 13 months: long enough to answer "why did I get this" for a year of editions
LEARNED_CLICKS_S = 730 * DAY_S  # what interests are derived from, fading all the while
LAST_OPEN_S = EVENTS_S  # as the question says; the opens themselves go then too
AUDIT_S = 3 * 366 * DAY_S  # as long as somebody may still ask who saw their profile
SIGN_UPS_DAYS = 7  # not confirmed
TRANSPARENCY_YEARS = 7  # Regulation (EU) 2024/900 art. 9(3), 19(1)(a): no person is in it
REQUESTS_S = 3 * 366 * DAY_S  # rights requests that staff noted: as long as the audit log that tells how they were met


def live(item: Mapping[str, Any], now_s: float) -> bool:
    """Whether a stored item (plain) has not expired. One without an end never does."""
    return bool(item.get("expires", now_s + 1) > now_s)
