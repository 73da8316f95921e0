"""Who may do what: every route of the staff API with the roles that may call it. What is not listed here is not answered.

An admin may do everything. The roles come from the JWT: the claim `roles`, or `cognito:groups`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from functions.staff_api.problems import Problem


class Role(StrEnum):
    EDITOR = "editor"  # content
    SENDER = "sender"  # test sends and sends
    ADMIN = "admin"  # everything
    AUDITOR = "auditor"  # reads reports and the audit log


E, S, A = Role.EDITOR, Role.SENDER, Role.AUDITOR

PUBLIC = frozenset({"GET /v1/openapi.json", "GET /v1/docs"})
ACCESS: Mapping[str, frozenset[Role]] = {
    "GET /v1/topics": frozenset({E, S, A}),
    "PUT /v1/topics": frozenset(),
    "GET /v1/policies": frozenset({E, S, A}),
    "POST /v1/policies": frozenset(),
    "GET /v1/topics/sign-off": frozenset({E, S, A}),
    "POST /v1/topics/sign-off": frozenset({E, S}),
    "GET /v1/duties": frozenset({A}),
    "POST /v1/risk-assessments": frozenset(),
    "POST /v1/questions": frozenset(),
    "POST /v1/questions/{question}/answered": frozenset(),
    "GET /v1/switches/personalisation": frozenset({E, S, A}),
    "PUT /v1/switches/personalisation": frozenset({S}),
    "GET /v1/calendar": frozenset({E, S, A}),
    "GET /v1/lists": frozenset({E, S, A}),
    "GET /v1/lists/{list}": frozenset({E, S, A}),
    "PUT /v1/lists/{list}": frozenset(),
    "GET /v1/lists/{list}/leaving": frozenset({E, S, A}),
    "GET /v1/lists/{list}/welcome": frozenset({E, S, A}),
    "PUT /v1/lists/{list}/welcome": frozenset({E}),
    "GET /v1/layouts/{layout}": frozenset({E, S}),
    "PUT /v1/layouts/{layout}": frozenset({E}),
    "POST /v1/suppressions/imports": frozenset(),
    "POST /v1/supporters": frozenset(),
    "GET /v1/supporters/{supporter}": frozenset(),
    "GET /v1/supporters/{supporter}/messages": frozenset(),
    "POST /v1/supporters/{supporter}/erase": frozenset(),
    "POST /v1/supporters/search": frozenset(),
    "GET /v1/requests": frozenset({A}),
    "GET /v1/data-protection": frozenset({A}),
    "POST /v1/requests": frozenset(),
    "POST /v1/requests/{request}/close": frozenset(),
    "POST /v1/imports": frozenset(),
    "GET /v1/imports": frozenset(),
    "GET /v1/imports/{import}": frozenset(),
    "POST /v1/imports/{import}/start": frozenset(),
    "GET /v1/blocks": frozenset({E, S}),
    "GET /v1/blocks/{block}": frozenset({E, S}),
    "PUT /v1/blocks/{block}": frozenset({E}),
    "POST /v1/pictures": frozenset({E}),
    "GET /v1/editions": frozenset({E, S, A}),
    "POST /v1/editions": frozenset({E}),
    "GET /v1/editions/{edition}": frozenset({E, S, A}),
    "PUT /v1/editions/{edition}": frozenset({E}),
    "POST /v1/editions/{edition}/prepare": frozenset({E, S}),
    "GET /v1/editions/{edition}/preview": frozenset({E, S}),
    "POST /v1/editions/{edition}/test-sends": frozenset({S}),
    "GET /v1/editions/{edition}/amendments": frozenset({E, S, A}),
    "POST /v1/editions/{edition}/amendments": frozenset({E, S}),
    "POST /v1/editions/{edition}/amendments/{amendment}/approve": frozenset({S}),
    "POST /v1/editions/{edition}/amendments/{amendment}/reject": frozenset({E, S}),
    "GET /v1/segments": frozenset({E, S, A}),
    "GET /v1/segments/{segment}": frozenset({E, S, A}),
    "PUT /v1/segments/{segment}": frozenset({S}),
    "POST /v1/segments/{segment}/count": frozenset({S}),
    "POST /v1/editions/{edition}/dry-runs": frozenset({E, S}),
    "POST /v1/editions/{edition}/sends": frozenset({S}),
    "GET /v1/sends": frozenset({E, S, A}),
    "GET /v1/sends/{send}": frozenset({E, S, A}),
    "GET /v1/sends/{send}/report": frozenset({E, S, A}),
    "POST /v1/sends/{send}/approve": frozenset({S}),
    "POST /v1/sends/{send}/pause": frozenset({S}),
    "POST /v1/sends/{send}/resume": frozenset({S}),
    "POST /v1/sends/{send}/cancel": frozenset({S}),
    "PUT /v1/sends/{send}/spread": frozenset({S}),
    "GET /v1/sends/{send}/unknown": frozenset({S}),
    "POST /v1/sends/{send}/unknown": frozenset({S}),
    "GET /v1/sends/{send}/messages/{supporter}": frozenset(),
    "GET /v1/consents/report": frozenset({A}),
    "GET /v1/audit": frozenset({A}),
}
_ROUTES = tuple((route, *route.split(" ")) for route in sorted({*PUBLIC, *ACCESS}, key=lambda route: route.count("{")))


@dataclass(frozen=True)
class Actor:
    """Who calls: the JWT's subject, which the audit log keeps, and their roles."""

    id: str
    roles: frozenset[Role]


def route_of(method: str, path: str) -> str | None:
    """The route in ACCESS or PUBLIC that this request is for. Fixed segments win over named ones."""
    return next((route for route, verb, template in _ROUTES if verb == method and _fits(template, path)), None)


def methods_of(path: str) -> list[str]:
    """The methods that this path answers."""
    return sorted(verb for _, verb, template in _ROUTES if _fits(template, path))


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w == g or (w.startswith("{") and g) for w, g in zip(wanted, given, strict=True))


def actor_of(event: Mapping[str, Any]) -> Actor:
    """Who calls, from the claims the authorizer checked. Problem 401 when there are none."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims") or {}
    if not claims.get("sub"):
        raise Problem(401, "unauthorized", "This route needs a bearer token of a staff member.")
    named = _words(claims.get("roles")) | _words(claims.get("cognito:groups"))
    return Actor(str(claims["sub"]), frozenset(role for role in Role if role.value in named))


def admit(actor: Actor, route: str) -> None:
    """Problem 403 naming the role that is missing."""
    allowed = ACCESS[route] | {Role.ADMIN}
    if not actor.roles & allowed:
        raise Problem(403, "missing-role", f"This route needs the role {' or '.join(sorted(allowed))}.")


def _words(claim: Any) -> set[str]:
    """API Gateway hands a claim on as text: a list comes as "[a b]"."""
    if isinstance(claim, list):
        return {str(word) for word in claim}
    return set(str(claim or "").strip("[]").replace(",", " ").split())
