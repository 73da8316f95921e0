"""The HTTP front gives and takes what API Gateway does."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
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


def test_a_text_body_comes_as_text_and_any_other_in_base64(platform: Platform, staff: Client) -> None:
    with platform.functions.replaced("staff_api", echo):
        text = staff.post("/v1/imports", "naam;adres\nJosé", Content_Type="text/csv").json()
        picture = staff.post("/v1/pictures", b"\xff\xd8\x00", Content_Type="image/jpeg").json()
        latin = staff.post("/v1/imports", "José".encode("cp1252"), Content_Type="text/csv").json()
        nothing = staff.get("/v1/lists").json()
    assert (text["body"], text["isBase64Encoded"]) == ("naam;adres\nJosé", False)
    assert (picture["body"], picture["isBase64Encoded"]) == ("/9gA", True)
    assert latin["isBase64Encoded"]
    assert "body" not in nothing


def test_what_no_route_takes_is_not_found(web: Client) -> None:
    for reply in (web.get("/nothing"), web.get("/c/token"), web.get("/u/a/b"), web.post("/c/token/1"), web.get("/u/")):
        assert (reply.status, reply.json()) == (404, {"message": "Not Found"})


def test_a_request_over_ten_megabytes_is_refused(platform: Platform, staff: Client) -> None:
    with platform.functions.replaced("staff_api", echo):
        assert staff.post("/v1/imports", b"x" * (10 * 1024 * 1024 + 1), Content_Type="text/csv").status == 413
        assert staff.post("/v1/imports", "x" * (7 * 1024 * 1024), Content_Type="text/csv").status == 413  # Lambda's six
        assert staff.post("/v1/imports", "x" * 1024, Content_Type="text/csv").status == 200


def test_a_handler_that_fails_is_a_500_without_its_reasons(platform: Platform, web: Client) -> None:
    def broken(event: Any, context: Any) -> Any:
        raise RuntimeError("secret")

    with platform.functions.replaced("pages", broken):
        reply = web.get("/u/abc")
    assert (reply.status, reply.json()) == (500, {"message": "Internal Server Error"})
    with platform.functions.replaced("pages", lambda event, context: {"statusCode": 200, "body": b"bytes"}):
        assert web.get("/u/abc").status == 500  # not JSON


def test_another_host_name_is_refused(web: Client) -> None:
    assert web.get("/outbox", Host="evil.example").status == 403


def test_the_handler_sees_a_context_like_lambdas(platform: Platform, web: Client) -> None:
    seen: list[Any] = []
    with platform.functions.replaced("pages", lambda event, context: seen.append(context)):
        web.get("/u/abc")
    [context] = seen
    assert context.function_name == "pages"
    assert context.memory_limit_in_mb == "512"
    assert context.invoked_function_arn.endswith(":function:pages")
    assert 29_000 < context.get_remaining_time_in_millis() <= 30_000
    assert context.aws_request_id


def test_staff_requests_are_handled_one_at_a_time(platform: Platform, staff: Client) -> None:
    running: list[int] = []
    most: list[int] = []

    def slow(event: Any, context: Any) -> Any:
        running.append(1)
        most.append(len(running))
        time.sleep(0.03)
        running.pop()
        return {"statusCode": 204}

    with platform.functions.replaced("staff_api", slow), ThreadPoolExecutor(4) as clients:
        assert {reply.status for reply in clients.map(lambda _: staff.get("/v1/lists"), range(4))} == {204}
    assert max(most) == 1
