"""A count may be lost, and is never doubled."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.adapters import aws, totals
from functions.adapters.totals import PAUSES_S, Totals
from local.platform import Platform
from tests.functions.memory import refusal

SEND, NOW = "sendsend", 1_800_000_000


@contextmanager
def failing(fail: Callable[[Any, Callable[[Any], Any]], Any]) -> Iterator[None]:
    """`fail(request, send)` in place of what goes over the wire of the client that counts; None: it goes."""
    client: Any = aws.hasty_dynamodb()
    send = client._endpoint.http_session.send

    def before_send(request: Any, **_: Any) -> Any:
        return fail(request, send)

    client.meta.events.register("before-send", before_send)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send", before_send)


def counted(platform: Platform) -> int:
    return Totals(platform.aws.dynamodb, "totals").of_send(SEND).left


def test_a_count_whose_answer_gets_lost_counts_once(empty_platform: Platform) -> None:
    tries: list[str] = []

    def lose(request: Any, send: Callable[[Any], Any]) -> None:
        tries.append(request.url)
        send(request)
        raise ReadTimeoutError(endpoint_url=request.url)

    with failing(lose), pytest.raises(ReadTimeoutError):
        Totals(aws.hasty_dynamodb(), "totals").count_left(SEND, "request1", NOW)
    assert (len(tries), counted(empty_platform)) == (1, 1)


def test_a_count_that_was_refused_is_tried_again(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "PAUSES_S", (0.0, 0.0))
    refusals = [refusal("ThrottlingException"), refusal("ProvisionedThroughputExceededException")]

    def refuse(request: Any, send: Callable[[Any], Any]) -> None:
        if refusals:
            raise refusals.pop()

    with failing(refuse):
        Totals(aws.hasty_dynamodb(), "totals").count_left(SEND, "request1", NOW)
    assert counted(empty_platform) == 1


def test_what_is_refused_for_good_is_told(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "PAUSES_S", tuple(0.0 for _ in PAUSES_S))

    def refuse(request: Any, send: Callable[[Any], Any]) -> None:
        raise refusal("ThrottlingException")

    with failing(refuse), pytest.raises(ClientError, match="ThrottlingException"):
        Totals(aws.hasty_dynamodb(), "totals").count_left(SEND, "request1", NOW)
    assert counted(empty_platform) == 0


@pytest.mark.parametrize("name", ["track", "pages", "join"])
def test_every_lambda_that_counts_counts_with_one_attempt(name: str, platform: Platform) -> None:
    wired = importlib.import_module(f"functions.{name}.handler").wiring()
    assert wired.totals._client is aws.hasty_dynamodb()
