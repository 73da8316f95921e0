"""What a send would come to, before it is asked for; and whether SES lets it go out today."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters.census import Census
from functions.domain.quota import PRICED_ON, price
from functions.staff_api.correcting import corrected
from functions.staff_api.models import ID, AudienceBody, DryRunBody
from functions.staff_api.problems import FieldError, Problem, field_error
from functions.staff_api.results import DryRun
from functions.staff_api.routes import new_router
from functions.staff_api.routes.segments import COUNTED, expression_of, look
from functions.staff_api.things import read
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["sends"]


@router.post("/v1/editions/<edition>/dry-runs", summary="What a send of this edition would come to", tags=TAG)
def dry_run(edition: Annotated[str, Path(pattern=ID)], asked: DryRunBody) -> DryRun:
    """Nothing is sent and nothing is kept. `exact` is false when it was reckoned from a part of a large table."""
    if asked.audience.segment:
        raise field_error("audience.segment", "is counted by POST /v1/segments/{segment}/count, which hides small numbers")
    census = _census(asked.audience, read("edition", edition).body["list"])
    quota = wiring().quotas.now()
    return DryRun(
        recipients=census.mailed,
        skipped=dict(census.skipped),
        exact=census.exact,
        rate=quota.rate if quota else None,
        minutes=quota.minutes(census.mailed) if quota else None,
        quota_left=quota.left if quota else None,
        fits_today=quota.fits(census.mailed) if quota else None,
        cost_usd=price(census.mailed),
        priced_on=PRICED_ON,
    )


def fits_today(audience: AudienceBody, mailing_list: str) -> None:
    """Problem 409 when today's quota is too small. When SES does not tell its quota, the send may try."""
    quota = wiring().quotas.now()
    if quota is None or quota.left is None:
        return
    census = _of_segment(audience.segment, mailing_list) if audience.segment else _census(audience, mailing_list)
    if not quota.fits(census.mailed):
        about = "" if census.exact else "about "
        many = "this segment's" if audience.segment else f"{about}{census.mailed:,}"  # a segment's size can tell of a person
        reason = f"{many} mails are more than the {quota.left:,} that SES still takes today"
        detail = f"{reason} ({quota.sent:,.0f} of {quota.per_day:,.0f} in the last 24 hours). Ask SES for a higher quota, or wait."
        raise Problem(409, "over-quota", f"Not all would go out: {detail}", (FieldError("audience", reason),))


def _of_segment(segment: str, mailing_list: str) -> Census:
    """At least so many: nothing is reckoned from a part."""
    seen = look(mailing_list, expression_of(read("segment", segment)), COUNTED)
    return Census(len(seen.found.matched), {}, seen.whole)


def _census(audience: AudienceBody, mailing_list: str) -> Census:
    if audience.supporters is not None:
        return wiring().counting.named(audience.supporters, mailing_list)
    if audience.got is not None:
        return wiring().counting.got(corrected(audience.got, mailing_list), mailing_list)
    return wiring().counting.everyone(mailing_list)
