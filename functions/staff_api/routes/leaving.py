"""Why people leave a list, of those who said so."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.domain.report import shown_sum
from functions.staff_api import things
from functions.staff_api.models import SLUG
from functions.staff_api.report_results import Leaving
from functions.staff_api.reporting import at_least_ten
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import wiring

router = new_router()


@router.get("/v1/lists/<list>/leaving", summary="Why people leave a list", tags=["reports"])
def get_leaving(list_id: Annotated[str, Path(alias="list", pattern=SLUG)]) -> Leaving:
    """Of those who left by the page's button and chose a reason, which nobody must: most do not. Of the last 13 months."""
    things.read("list", list_id)
    found = wiring().totals.reasons(list_id)
    return Leaving(
        list=list_id,
        said=at_least_ten(shown_sum(found.values())),
        reasons={reason.value: at_least_ten(people) for reason, people in found.items()},
    )
