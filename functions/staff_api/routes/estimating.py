"""What a send would come to, before it is asked for."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.domain.quota import PRICED_ON, price
from functions.staff_api.models import ID, DryRunBody
from functions.staff_api.problems import field_error
from functions.staff_api.results import DryRun
from functions.staff_api.routes import new_router
from functions.staff_api.routes.fitting import census_of, fit_of
from functions.staff_api.things import read

router = new_router()
TAG = ["sends"]


@router.post("/v1/editions/<edition>/dry-runs", summary="What a send of this edition would come to", tags=TAG)
def dry_run(edition: Annotated[str, Path(pattern=ID)], asked: DryRunBody) -> DryRun:
    """Nothing is sent and nothing is kept. `exact` is false when it was reckoned from a part of a large table."""
    if asked.audience.segment:
        raise field_error("audience.segment", "is counted by POST /v1/segments/{segment}/count, which hides small numbers")
    census = census_of(asked.audience, read("edition", edition).body["list"])
    fit = fit_of(asked)
    quota = fit.quota
    return DryRun(
        recipients=census.mailed,
        skipped=dict(census.skipped),
        exact=census.exact,
        rate=quota.rate if quota else None,
        minutes=quota.minutes(census.mailed) if quota else None,
        quota_left=fit.left,
        fits_today=fit.fits(census.mailed),
        offers=[] if fit.fits(census.mailed) else fit.offers(census.mailed),
        cost_usd=price(census.mailed),
        priced_on=PRICED_ON,
    )
