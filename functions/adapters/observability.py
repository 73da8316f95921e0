"""Log lines and metrics. What goes out carries opaque ids only: no address, name, topic or token."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Achterban"

# The last net, for what libraries put in their error messages: addresses and our signed tokens.
_ADDRESS = re.compile(r"[^\s\"<>(),;]*(?:@|%40)[^\s\"<>(),;]*")
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{36}|[A-Za-z0-9_-]{44})(?![A-Za-z0-9_-])")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Discreet(LambdaPowertoolsFormatter):
    def serialize(self, log: Any) -> str:
        return super().serialize(_without_people(log))


def _without_people(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_people(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_people(v) for v in value]
    return value if value is None or isinstance(value, int | float) else discreet(str(value))


class _Stdout:
    """Whatever standard output is at the moment of writing."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def discreet(text: str) -> str:
    """The text without e-mail addresses and signed tokens. Request ids, which are as long as a token, stay."""
    text = _TOKEN.sub(lambda m: m[0] if _UUID.fullmatch(m[0]) else "[token]", text)
    return _ADDRESS.sub("[address]", text)


@cache
def logger(service: str) -> Logger:
    """The JSON logger of one Lambda, at INFO unless POWERTOOLS_LOG_LEVEL says otherwise."""
    return Logger(service=service, logger_formatter=_Discreet(), stream=_Stdout())  # type: ignore[arg-type]


def publish(service: str, counts: Mapping[str, float], dimensions: Mapping[str, str] | None = None) -> None:
    """Write these counts as CloudWatch metrics (embedded metric format, one line on standard output). Nothing for no counts.

    Dimensions are closed words (a reason, a kind), never ids: each combination is a metric that is paid for.
    """
    if not counts:
        return
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=service)
    for name, word in (dimensions or {}).items():
        metrics.add_dimension(name=name, value=word)
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
