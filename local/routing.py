"""Which route of the HTTP API takes a request: an exact path before one with variables before a greedy one.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from infra.description import Function, Route


@dataclass(frozen=True)
class Match:
    function: str
    route: Route
    parameters: dict[str, str]

    @property
    def key(self) -> str:
        return f"{self.route.method} {self.route.path}"


class Routes:
    def __init__(self, functions: Iterable[Function]) -> None:
        described = [(route, function.name) for function in functions for route in function.routes]
        self._table = [(_rank(route), _pattern(route.path), route, name) for route, name in described]
        self._table.sort(key=lambda row: row[0])

    def match(self, method: str, path: str) -> Match | None:
        """The route for the encoded `path`; None is API Gateway's 404. HEAD is not GET; ANY takes every method."""
        for _, pattern, route, function in self._table:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return Match(function, route, {name: unquote(value) for name, value in found.groupdict().items()})
        return None


def _rank(route: Route) -> tuple[bool, tuple[bool, ...], bool]:
    """Greedy routes last; among the others literal segments before variables, from the left; then a named method before ANY."""
    segments = tuple(segment.startswith("{") for segment in route.path.split("/"))
    return "+}" in route.path, segments, route.method == "ANY"


def _pattern(path: str) -> re.Pattern[str]:
    def segment(text: str) -> str:
        if text.startswith("{"):
            return f"(?P<{text.strip('{+}')}>{'.+' if text.endswith('+}') else '[^/]+'})"
        return re.escape(text)

    return re.compile("/".join(segment(text) for text in path.split("/")))
