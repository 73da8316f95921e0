"""The HTTP API on this machine: routes, staff tokens and payloads as API Gateway does them, before the very handlers."""

import json
import logging
from collections.abc import Callable, Collection

from local.functions import FunctionError, Functions
from local.http import BodyTooLongError, Handler, Server
from local.payload import INTERNAL_ERROR, Request, Response, event, message, response
from local.routing import Routes
from local.tokens import StaffTokens

LONGEST_REQUEST = 10 * 1024 * 1024  # API Gateway's quota
LONGEST_PAYLOAD = 6 * 1024 * 1024  # Lambda's, either way
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

log = logging.getLogger("achterban.local")

LocalPages = Callable[[Request], Response | None]


class Front:
    """Answers a request: by a route of the description, else by a page of this machine, else as API Gateway does.

    `hosts` are the names it is called by. Any other is refused: a web page elsewhere may point its own name at 127.0.0.1.
    """

    def __init__(
        self, routes: Routes, functions: Functions, tokens: StaffTokens, local_pages: LocalPages, hosts: Collection[str]
    ) -> None:
        self._routes, self._functions, self._tokens, self._local = routes, functions, tokens, local_pages
        self._hosts = frozenset(hosts)

    def answer(self, request: Request) -> Response:
        if request.joined_headers().get("host") not in self._hosts:
            return message(403, "Forbidden")
        match = self._routes.match(request.method, request.path)
        if match is None:
            return self._local(request) or message(404, "Not Found")
        claims = None
        if match.route.staff:
            claims = self._tokens.claims(request.joined_headers().get("authorization"))
            if claims is None:
                refused = message(401, "Unauthorized")
                return Response(401, [*refused.headers, ("WWW-Authenticate", "Bearer")], refused.body)
        made = event(request, match, claims)
        if len(json.dumps(made)) > LONGEST_PAYLOAD:
            return message(413, "Request Entity Too Large")
        try:
            answer = self._functions.invoke(match.function, made)
        except FunctionError as error:
            log.error("%s %s: %s", request.method, match.route.path, error)
            return INTERNAL_ERROR
        return response(answer) if len(json.dumps(answer)) <= LONGEST_PAYLOAD else INTERNAL_ERROR


def make_server(port: int, answer: Callable[[Request], Response]) -> Server:
    """A server on `port` (0 = any free one); raises OSError when the port is taken."""

    class FrontHandler(Handler):
        def _serve(self) -> None:
            try:
                body = self.body(LONGEST_REQUEST)
            except BodyTooLongError:
                self._send(message(413, "Request Entity Too Large"))
                return
            request = Request(
                self.command, self.path, tuple(self.headers.items()), body, self.client_address[0], self.request_version
            )
            self._send(answer(request))

        def _send(self, made: Response) -> None:
            self.reply(made.status, made.headers, made.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    return Server(port, FrontHandler)
