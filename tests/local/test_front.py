"""The HTTP front gives and takes what API Gateway does."""

import json
from typing import Any

from local.client import Client
from local.platform import Platform


def echo(event: Any, context: Any) -> Any:
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}


def test_a_request_becomes_an_event_of_payload_format_2(platform: Platform, web: Client) -> None:
    with platform.functions.replaced("pages", echo):
        event = web.get("/u/abc?a=1&a=2&b=x%20y", Cookie="one=1; two=2", User_Agent="reader").json()
    assert event["version"] == "2.0"
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "GET /u/{token}"
    assert (event["rawPath"], event["rawQueryString"]) == ("/u/abc", "a=1&a=2&b=x%20y")
    assert event["queryStringParameters"] == {"a": "1,2", "b": "x y"}
    assert event["pathParameters"] == {"token": "abc"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert "cookie" not in event["headers"]
    assert event["requestContext"]["http"]["method"] == "GET"
    assert event["requestContext"]["stage"] == "$default"
    assert "authorizer" not in event["requestContext"]
    assert "body" not in event


def test_head_is_not_get(platform: Platform, web: Client) -> None:
    with platform.functions.replaced("pages", echo), platform.functions.replaced("track", echo):
        assert web.head("/u/abc").status == 200
        assert web.head("/u/abc").body == b""
    assert web.head("/v1/openapi.json").status == 401  # only GET is public, so the staff route takes it


def test_a_staff_route_without_a_good_token_is_refused_before_the_handler(platform: Platform, web: Client) -> None:
    def never(event: Any, context: Any) -> Any:
        raise AssertionError

    token = platform.staff_token("editor")
    with platform.functions.replaced("staff_api", never):
        for bad in ("", "Bearer", "Bearer x.y.z", f"Bearer {token[:-2]}", f"Bearer {token}x"):
            refused = web.get("/v1/lists", Authorization=bad)
            assert (refused.status, refused.json()) == (401, {"message": "Unauthorized"})


def test_a_staff_route_passes_the_claims_as_api_gateway_writes_them(platform: Platform, staff: Client) -> None:
    with platform.functions.replaced("staff_api", echo):
        claims = staff.get("/v1/lists").json()["requestContext"]["authorizer"]["jwt"]["claims"]
    assert claims["cognito:groups"] == "[editor sender admin auditor]"
    assert isinstance(claims["exp"], str)
