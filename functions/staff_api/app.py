"""The resolver: routes by resource, and every error as a problem document."""

import traceback
from functools import cache

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from functions.adapters.observability import logger
from functions.staff_api.problems import Problem, answer, from_validation, refused
from functions.staff_api.routes import (
    accounting,
    audit,
    consents,
    content,
    control,
    describing,
    duties,
    editions,
    electing,
    erasing,
    estimating,
    imports,
    leaving,
    looking,
    mailed,
    policies,
    repair,
    rights,
    segments,
    sends,
    setup,
    signing,
    spreading,
    supporters,
    suppressions,
    switches,
    unknown,
)

ROUTERS = (
    describing,
    setup,
    leaving,
    signing,
    switches,
    policies,
    suppressions,
    supporters,
    erasing,
    rights,
    accounting,
    mailed,
    imports,
    content,
    editions,
    looking,
    segments,
    estimating,
    sends,
    control,
    electing,
    spreading,
    unknown,
    repair,
    duties,
    consents,
    audit,
)


@cache
def app() -> APIGatewayHttpResolver:
    """Powertools keeps the request in class attributes: one invocation at a time per process."""
    made = APIGatewayHttpResolver(enable_validation=True)
    for module in ROUTERS:
        made.include_router(module.router)
    made.exception_handler(Problem)(answer)
    made.exception_handler(RequestValidationError)(lambda error: answer(from_validation(error.errors())))
    made.exception_handler(UnicodeDecodeError)(lambda _: answer(refused(400, "unreadable", "body", "must be UTF-8")))
    made.exception_handler(RecursionError)(lambda _: answer(refused(400, "unreadable", "body", "is nested too deeply")))
    made.exception_handler(NotFoundError)(lambda _: answer(Problem(404, "not-found", "There is no such path.")))
    made.exception_handler(Exception)(_unexpected)
    return made


def _unexpected(error: Exception) -> Response[str]:
    """Logged by where it happened, not by its text: that can hold what a supporter is called."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('functions/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    logger("staff_api").error("unexpected error", extra={"error": type(error).__name__, "where": where})
    return answer(
        Problem(500, "unexpected", "Something went wrong on our side; it was logged. The same request may be sent again.")
    )
