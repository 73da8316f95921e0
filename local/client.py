"""A small HTTP client for the platform: no redirects followed, no errors raised, every answer as it came."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Requests to `base_url`; with a `token` as staff."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self.base_url, self.token = base_url.rstrip("/"), token

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
        """`path` may be a whole URL of the same platform, as found in a mail. In header names `_` stands for `-`."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if isinstance(body, str):
            body = body.encode()
        if json_body is not None:
            body = json.dumps(json_body)
            sent.setdefault("Content-Type", "application/json")
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=timeout)
        try:
            connection.request(method, path.removeprefix(self.base_url), body, sent)
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, headers=headers)

    def head(self, path: str, **headers: str) -> Reply:
        return self.request("HEAD", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """A `str` or `bytes` body goes as it is, anything else as JSON."""
        return self._with_body("POST", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self._with_body("PUT", path, body, headers)

    def _with_body(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Reply:
        if body is None or isinstance(body, (str, bytes)):
            return self.request(method, path, body=body, headers=headers)
        return self.request(method, path, json_body=body, headers=headers)
