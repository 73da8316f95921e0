"""What SES's errors mean: try again, give this mail up, stop the send, or nobody knows."""

import botocore.session
import pytest
from botocore.exceptions import ClientError

from functions.adapters.mailer import _MEANING, Answer, Outcome, meaning_of


def error(code: str, status: int, message: str = "") -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "SendEmail")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "code",
    ["AccessDeniedException", "ExpiredTokenException", "InvalidSignatureException", "UnrecognizedClientException", "OptInRequired"],
)
def test_what_is_wrong_with_who_we_are_stops_the_send_and_fails_nobody(code: str) -> None:
    assert meaning_of(error(code, 403)) == Answer(Outcome.FATAL, reason=code)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("RequestExpired", 400, Outcome.FATAL),
        ("TooManyRequestsException", 429, Outcome.THROTTLED),
        ("SomethingNew", 429, Outcome.THROTTLED),
        ("SomethingNew", 400, Outcome.FAILED),
        ("RequestTimeoutException", 408, Outcome.LOST),
        ("InternalFailure", 500, Outcome.LOST),
        ("ServiceUnavailable", 503, Outcome.LOST),
    ],
)
def test_a_code_nobody_named_is_read_by_its_status(code: str, status: int, meaning: Outcome) -> None:
    assert meaning_of(error(code, status)).outcome is meaning


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException"])
def test_a_full_day_stops_the_send_under_whichever_code_it_comes(code: str) -> None:
    assert meaning_of(error(code, 400, "Daily message quota exceeded.")).outcome is Outcome.FATAL


def test_every_error_that_send_email_names_has_a_meaning() -> None:
    operation = botocore.session.get_session().get_service_model("sesv2").operation_model("SendEmail")
    assert {shape.name for shape in operation.error_shapes} <= set(_MEANING)
