"""The second argument of a Lambda handler, as far as anybody reads it."""

import time
import uuid
from dataclasses import dataclass, field

from infra.description import Function
from local.aws import ACCOUNT, REGION


@dataclass(frozen=True)
class LambdaContext:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    function_name: str
    memory_limit_in_mb: str
    timeout_s: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return arn(self.function_name)

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return self.aws_request_id

    def get_remaining_time_in_millis(self) -> int:
        """By real time, whatever the platform's clock does. Nobody stops a handler that overruns here."""
        return max(0, int((self.timeout_s - (time.monotonic() - self.started)) * 1000))


def arn(function: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"


def context_for(function: Function) -> LambdaContext:
    return LambdaContext(function.name, str(function.memory_mb), float(function.timeout_s))
