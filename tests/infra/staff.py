"""Staff of a deployed stack: the API's Lambda, asked with the claims that API Gateway would have read from a token."""

import json
from collections.abc import Mapping
from typing import Any

from infra.description import DEPLOYMENT
from local.client import Client, Reply
from local.payload import Request, event, response
from local.routing import Routes
from tests.infra.deploy import Deployed

CLAIMS = {"sub": "staff-1", "cognito:groups": "[editor sender admin auditor]"}


class DeployedStaff(Client):
    """The emulator has no issuer to sign staff in, so requests go past its authorizer, to the Lambda itself."""

    def __init__(self, deployed: Deployed) -> None:
        super().__init__(deployed.url)
        self._lambda = deployed.client("lambda")
        self._name = deployed.id("lambdasstaffapi")

    def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if json_body is not None:
            body, sent = json.dumps(json_body), {"Content-Type": "application/json", **sent}
        content = body.encode() if isinstance(body, str) else body or b""
        match = Routes(DEPLOYMENT.functions).match(method, path.partition("?")[0])
        assert match is not None, path
        made = event(Request(method, path, tuple(sent.items()), content), match, CLAIMS)
        answer = json.loads(self._lambda.invoke(FunctionName=self._name, Payload=json.dumps(made))["Payload"].read())
        replied = response(answer)
        return Reply(replied.status, {name.lower(): value for name, value in replied.headers}, replied.body)
