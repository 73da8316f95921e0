"""The three operations of SES v2 that the product uses, over HTTP, for boto3 with AWS_ENDPOINT_URL_SESV2."""

import json
from typing import Any

from local.faults import Faults
from local.http import Handler, Server
from local.ses import bulk
from local.ses.capture import Capture
from local.ses.mail import SesError, bad_request


def make_server(capture: Capture, faults: Faults) -> Server:
    class SesHandler(Handler):
        def do_GET(self) -> None:  # noqa: N802
            self._answer(lambda _: capture.quota() if self.path == "/v2/email/account" else _unknown(self.path))

        def do_POST(self) -> None:  # noqa: N802
            match self.path:
                case "/v2/email/outbound-emails":
                    self._answer(lambda body: {"MessageId": capture.accept(_parsed(body))}, sends=True)
                case "/v2/email/outbound-bulk-emails":
                    self._answer(lambda body: bulk.send(capture, _parsed(body), len(body)), sends=True)
                case _:
                    self._answer(lambda _: _unknown(self.path))

        def _answer(self, operation: Any, *, sends: bool = False) -> None:
            body = self.body()
            try:
                if sends and faults.take("ses_throttles"):
                    raise SesError("TooManyRequestsException", "Maximum sending rate exceeded.")
                answer = operation(body)
            except SesError as error:
                head = [("Content-Type", "application/json"), ("x-amzn-ErrorType", error.code)]
                self.reply(error.status, head, json.dumps({"message": error.message}).encode())
                return
            if sends and faults.take("ses_lost_responses"):
                self.close_connection = True
                return
            self.reply(200, [("Content-Type", "application/json")], json.dumps(answer).encode())

    return Server(0, SesHandler)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise bad_request("The request is not JSON.") from None
    if not isinstance(parsed, dict):
        raise bad_request("The request is not a JSON object.")
    return parsed


def _unknown(path: str) -> Any:
    raise SesError("NotFoundException", f"{path} is not among the SES operations on this machine.")
