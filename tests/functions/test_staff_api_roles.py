"""Who may do what: no route without a role, except the API's own description."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.staff_api.app import app
from functions.staff_api.description import description
from functions.staff_api.handler import handle
from functions.staff_api.roles import ACCESS, PUBLIC, Role, actor_of, route_of
from infra.description import DEPLOYMENT
from local.client import Client
from tests.functions.party import problem

SUPPORTER_ROUTES = {
    "/c/{token}/{n}",
    "/l/{edition}/{n}",
    "/o/{token}",
    "/a/{token}/{n}",
    "/u/{token}",
    "/s/{token}",
    "/s/{token}/why",
    "/s/{token}/view",
    "/m/{token}",
    "/m/{token}/data",
    "/m/{token}/mails/{send}",
    "/m/{token}/export.json",
    "/fresh",
    "/join/{list}",
    "/k/{token}",
    "/pictures/{name}",
    "/transparency",
    "/transparency/{send}",
    "/policy",
    "/policy/{version}",
}


def event(method: str, path: str, claims: dict[str, Any] | None = None) -> dict[str, Any]:
    authorizer = {"authorizer": {"jwt": {"claims": claims}}} if claims else {}
    return {"rawPath": path, "headers": {}, "requestContext": {"http": {"method": method, "path": path}, **authorizer}}


def test_the_public_routes_are_these_and_no_others() -> None:
    public = {(route.path, function.name) for function in DEPLOYMENT.functions for route in function.routes if not route.staff}
    assert {path for path, name in public if name == "staff_api"} == {"/v1/openapi.json", "/v1/docs"}
    assert {path for path, name in public if name != "staff_api"} == SUPPORTER_ROUTES
    assert {"GET /v1/openapi.json", "GET /v1/docs"} == PUBLIC


def test_every_route_that_answers_is_in_the_table_of_roles_and_the_other_way_round() -> None:
    described = {f"{method.upper()} {path}" for path, methods in description()["paths"].items() for method in methods}
    assert described == set(ACCESS)
    routes = {f"{route.method} {route.openapi_path}" for route in (*app()._static_routes, *app()._dynamic_routes)}
    assert routes == set(ACCESS) | PUBLIC


@pytest.mark.parametrize("route", sorted(ACCESS))
def test_without_a_token_nothing_is_answered(route: str) -> None:
    method, path = route.split(" ")
    reply = handle(event(method, path.replace("{", "").replace("}", "")), None)
    assert reply["statusCode"] == 401
    assert json.loads(reply["body"])["type"].endswith("unauthorized")


@pytest.mark.parametrize("route", sorted(ACCESS))
def test_a_role_that_is_missing_is_named(route: str) -> None:
    method, path = route.split(" ")
    others = [role.value for role in Role if role not in ACCESS[route] and role is not Role.ADMIN]
    reply = handle(event(method, path, {"sub": "anna", "cognito:groups": f"[{' '.join(others)}]"}), None)
    assert reply["statusCode"] == 403
    detail = json.loads(reply["body"])["detail"]
    assert all(role in detail for role in (*ACCESS[route], "admin"))


def test_roles_are_read_as_a_list_or_as_api_gateway_writes_lists() -> None:
    for claims in ({"roles": ["editor", "sender"]}, {"roles": "[editor sender]"}, {"cognito:groups": "editor,sender"}):
        actor = actor_of(event("GET", "/", {"sub": "anna", **claims}))
        assert actor.roles == {Role.EDITOR, Role.SENDER}
    assert actor_of(event("GET", "/", {"sub": "anna", "roles": "superadmin"})).roles == frozenset()


def test_a_fixed_segment_wins_over_a_named_one() -> None:
    assert route_of("POST", "/v1/suppressions/imports") == "POST /v1/suppressions/imports"
    assert route_of("GET", "/v1/lists/x") == "GET /v1/lists/{list}"
    assert route_of("GET", "/v1/lists/") is None


def test_the_front_asks_for_a_token_and_the_api_for_a_role(web: Client, staff_as: Callable[..., Client]) -> None:
    assert web.get("/v1/lists").status == 401
    assert problem(staff_as("editor").post("/v1/supporters", {"address": "jan@example.org"}), 403)
    assert web.get("/v1/openapi.json").status == 200


def test_an_unknown_path_and_an_unknown_method_are_told_apart(staff: Client) -> None:
    problem(staff.get("/v1/nothing"), 404)
    refused = staff.request("DELETE", "/v1/lists/national")
    problem(refused, 405)
    assert refused.headers["allow"] == "GET, PUT"


def test_the_description_is_openapi_3_1_and_names_roles_and_problems(web: Client) -> None:
    spec = web.get("/v1/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
    assert spec["components"]["securitySchemes"]["token"]["bearerFormat"] == "JWT"
    send = spec["paths"]["/v1/editions/{edition}/sends"]["post"]
    assert send["x-roles"] == ["admin", "sender"]
    assert send["responses"]["409"] == {"$ref": "#/components/responses/Problem409"}


def test_the_page_to_read_it_loads_nothing_from_anywhere_else(web: Client) -> None:
    page = web.get("/v1/docs")
    assert page.status == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    head = page.text.split("<script>")[0]
    assert "src=" not in head
    assert "href=" not in head
