"""Trigger: HTTP under /v1, behind the JWT authorizer but for the API's own description.

Promise: a caller without the role changes and sees nothing; every change and every look at a profile is in the audit log.
Writes: whatever staff own, supporters, suppressions, sends as requested; nothing twice for the same request again.
On failure: a problem document; what was not written can be asked for again.
"""

from typing import Any

from functions.staff_api import request
from functions.staff_api.app import app
from functions.staff_api.problems import Problem, raw_answer
from functions.staff_api.roles import PUBLIC, actor_of, admit, methods_of, route_of
from functions.staff_api.wiring import Settings, wiring

# Their bodies are files, or JSON that they read themselves.
RAW = frozenset({"POST /v1/imports", "POST /v1/suppressions/imports", "POST /v1/pictures"})
__all__ = ["Settings", "handle", "wiring"]


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    method, path = event["requestContext"]["http"]["method"], event["rawPath"]
    route = route_of(method, path)
    token = request.event.set(event)
    try:
        if route is None:
            return _unknown(path)
        if route not in PUBLIC:
            admit(actor_of(event), route)
        if route not in RAW:
            request.expect_json()
        return app().resolve(event, context)
    except Problem as problem:
        return raw_answer(problem)
    finally:
        request.event.reset(token)


def _unknown(path: str) -> dict[str, Any]:
    methods = methods_of(path)
    if methods:
        problem = Problem(405, "method-not-allowed", f"This path answers {', '.join(methods)}.")
        return raw_answer(problem, {"Allow": ", ".join(methods)})
    return raw_answer(Problem(404, "not-found", "There is no such path. What there is: /v1/docs"))
