"""What a send would come to, before it is asked for."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.domain.cost import METERED_ON, PRICED_ON, cost
from functions.staff_api.electing import check_vote_reminder
from functions.staff_api.expecting import expect, through_at
from functions.staff_api.goals import check_goal
from functions.staff_api.models import ID, DryRunBody
from functions.staff_api.report_results import Cost
from functions.staff_api.results import DryRun
from functions.staff_api.routes import new_router
from functions.staff_api.routes.fitting import fit_of
from functions.staff_api.terms import settled_terms
from functions.staff_api.things import read

router = new_router()
TAG = ["sends"]


@router.post("/v1/editions/<edition>/dry-runs", summary="What a send of this edition would come to", tags=TAG)
def dry_run(edition: Annotated[str, Path(pattern=ID)], asked: DryRunBody) -> DryRun:
    """Nothing is sent and nothing is kept; a look at a segment is in the audit log. It takes what a send takes.

    `exact` is false when it was reckoned from a part of a large table.
    """
    entry, terms = read("edition", edition), settled_terms(asked)
    if entry.prepared:
        check_goal(asked, edition, entry.prepared)
    check_vote_reminder(asked)
    expected, fit = expect(asked, entry.body["list"], terms), fit_of(asked)
    mails, quota = expected.reckoned, fit.quota
    return DryRun(
        recipients=expected.shown(expected.census.mailed),
        skipped={why: expected.shown(n) for why, n in expected.census.skipped.items()},
        left_out={name: expected.shown(n) for name, n in expected.left_out.items()} if expected.segment else None,
        exact=expected.census.exact,
        rate=quota.rate if quota else None,
        pace=asked.pace,
        minutes=quota.minutes(mails, asked.pace) if quota else None,
        through_at=through_at(asked, fit, mails, terms),
        quota_left=fit.left,
        fits_today=fit.fits(mails),
        offers=[] if fit.fits(mails) else fit.offers(mails),
        cost=_cost(mails),
    )


def _cost(mails: int) -> Cost:
    found = cost(mails)
    return Cost(
        ses_a_la_carte=found.ses_a_la_carte,
        ses_essentials=found.ses_essentials,
        platform=found.platform,
        a_la_carte=found.a_la_carte,
        essentials=found.essentials,
        priced_on=PRICED_ON,
        metered_on=METERED_ON,
    )
