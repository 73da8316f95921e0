"""A mail as SES accepted it, and what SES refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class SesError(Exception):
    """A refusal with the code and HTTP status of SES v2."""

    STATUS = {"TooManyRequestsException": 429, "NotFoundException": 404}

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def status(self) -> int:
        return self.STATUS.get(self.code, 400)


def bad_request(message: str) -> SesError:
    return SesError("BadRequestException", message)


@dataclass(frozen=True)
class Mail:
    """`at` in epoch seconds by the platform's clock. `raw` is the whole MIME message when the caller made it."""

    message_id: str
    at: float
    source: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    configuration_set: str | None = None
    raw: bytes | None = None

    @property
    def recipients(self) -> tuple[str, ...]:
        return self.to + self.cc + self.bcc
