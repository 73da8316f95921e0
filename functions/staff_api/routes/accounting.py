"""What is stored, of how many, for how long, on which consent: the figures of a record of processing (GDPR art. 30)."""

from collections.abc import Callable, Mapping

from functions.adapters import aws
from functions.adapters.holdings import PARTS, count_holdings
from functions.domain import retention
from functions.domain.report import SHOWN_FROM
from functions.staff_api.request import caller
from functions.staff_api.results import DataProtection, Holding, Kept
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["rights"]
# On what each part rests, where that is a purpose that was asked for.
BASIS = {"topics": "declared_topics", "clicks": "observed_interest", "tags": "observed_interest", "opened_at": "open_pixel"}
THEIRS = frozenset({"muted", "paused_until", "at_most", "too_young"})
KEPT = (
    Kept(
        what="events: clicks, opens, answers", days=retention.EVENTS_S // retention.DAY_S, basis="the purpose each was recorded for"
    ),
    Kept(what="totals: numbers without a person", days=retention.TOTALS_S // retention.DAY_S, basis="no personal data"),
    Kept(what="messages: what was mailed to whom", days=retention.MESSAGES_S // retention.DAY_S, basis="newsletter"),
    Kept(what="clicks in the profile", days=retention.LEARNED_CLICKS_S // retention.DAY_S, basis="observed_interest"),
    Kept(what="sign-ups not confirmed", days=retention.SIGN_UPS_DAYS, basis="their own request"),
    Kept(what="audit log", days=retention.AUDIT_S // retention.DAY_S, basis="accountability"),
    Kept(what="requests about data", days=retention.REQUESTS_S // retention.DAY_S, basis="accountability"),
    Kept(what="transparency records", days=retention.TRANSPARENCY_YEARS * 366, basis="no personal data"),
    Kept(what="profile, until it is erased", days=None, basis="newsletter"),
    Kept(what="proof of consent", days=None, basis="accountability"),
    Kept(what="suppressions, as keyed hashes", days=None, basis="their own request, or the mail system's report"),
)


@router.get("/v1/data-protection", summary="What is stored, of how many, how long, on which consent", tags=TAG)
def get_data_protection() -> DataProtection:
    """Numbers alone, none of a group under ten, nor of all but so few. Of a very large table a part is counted, and it says so."""
    w = wiring()
    w.record(caller(), "data-protection.read", "supporters")
    found = count_holdings(aws.dynamodb(), w.settings.supporters_table)
    return DataProtection(
        supporters=_shown(found.supporters, found.supporters),
        erased=_shown(found.erased, found.erased),
        exact=found.exact,
        lists=_holdings(found.lists, found.supporters, lambda _: "newsletter"),
        purposes=_holdings(found.purposes, found.supporters, lambda name: name),
        stored=_holdings(found.parts, found.supporters, _basis),
        kept=list(KEPT),
    )


def _shown(people: int, of: int) -> int | None:
    """None when so few are in the group, or so few are not."""
    return None if 0 < people < SHOWN_FROM or 0 < of - people < SHOWN_FROM else people


def _holdings(counted: Mapping[str, int], of: int, basis: Callable[[str], str]) -> list[Holding]:
    return [
        Holding(what=name, described=PARTS.get(name), people=_shown(people, of), basis=basis(name))
        for name, people in sorted(counted.items())
    ]


def _basis(name: str) -> str:
    return "their own request" if name in THEIRS else BASIS.get(name, "newsletter")
