"""A handler's answer becomes the HTTP response that API Gateway would make of it; routes are chosen in its order."""

import json
from typing import Any

import pytest

from infra.description import DEPLOYMENT, Function, Route
from local.payload import response
from local.routing import Routes


def test_an_answer_without_a_status_is_a_json_body() -> None:
    made = response({"hello": "world"})
    assert (made.status, json.loads(made.body), made.headers) == (200, {"hello": "world"}, [("Content-Type", "application/json")])
    assert response("hello").body == b"hello"


def test_headers_cookies_and_base64_bodies_are_passed_on() -> None:
    answer = {"statusCode": "302", "headers": {"Location": "/x", "X-N": 1, "X-B": True}, "cookies": ["a=1", "b=2"], "body": ""}
    made = response(answer)
    assert made.status == 302
    assert made.headers[:3] == [("Location", "/x"), ("X-N", "1"), ("X-B", "true")]
    assert [value for name, value in made.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert response({"statusCode": 200, "body": "/9gA", "isBase64Encoded": True}).body == b"\xff\xd8\x00"


def test_an_answer_without_a_content_type_is_plain_text() -> None:
    assert ("Content-Type", "text/plain; charset=utf-8") in response({"statusCode": 200, "body": "x"}).headers
    assert response({"statusCode": 200, "body": None}).body == b""


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "ok"},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": {"b": 1}}},
        {"statusCode": 200, "headers": {"Location": "/x\r\nSet-Cookie: a=1"}},
        {"statusCode": 200, "body": "not base64!", "isBase64Encoded": True},
    ],
)
def test_an_answer_api_gateway_cannot_use_is_a_500(answer: Any) -> None:
    assert response(answer).status == 500


def test_an_exact_path_wins_over_variables_and_those_over_a_greedy_one() -> None:
    routes = Routes(
        [
            Function("greedy", "", (), (), (Route("ANY", "/a/{rest+}"),)),
            Function("variable", "", (), (), (Route("GET", "/a/{b}"),)),
            Function("exact", "", (), (), (Route("GET", "/a/b"),)),
            Function("any", "", (), (), (Route("ANY", "/a/b"),)),
        ]
    )

    def taken(method: str, path: str) -> str | None:
        found = routes.match(method, path)
        return found.function if found else None

    assert taken("GET", "/a/b") == "exact"
    assert taken("POST", "/a/b") == "any"
    assert taken("GET", "/a/c") == "variable"
    assert taken("HEAD", "/a/c") == "greedy"
    assert taken("GET", "/a/b/c") == "greedy"
    assert taken("GET", "/a/") is None
    assert taken("GET", "/b") is None


def test_path_variables_come_decoded() -> None:
    found = Routes(DEPLOYMENT.functions).match("GET", "/pictures/a%20b.jpg")
    assert found is not None
    assert found.parameters == {"name": "a b.jpg"}
