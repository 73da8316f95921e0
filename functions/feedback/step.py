"""What SES says about one mail: the state of its message, and whether the address may be mailed again."""

import json
from collections.abc import Mapping
from email.utils import parseaddr
from enum import StrEnum
from typing import Any, Protocol

from functions.adapters.reported import Move, Row
from functions.domain.consent import SuppressionReason
from functions.domain.feedback import FeedbackKind, SesFeedback, suppression_for
from functions.domain.send import NEXT, MessageFact, MessageState, chunk_key
from functions.domain.supporter import address_hash, normalise_address
from functions.domain.transient import Mailed, gives_up

TRIES = 5
NAMED = frozenset({FeedbackKind.BOUNCE_PERMANENT, FeedbackKind.BOUNCE_TRANSIENT, FeedbackKind.SUPPRESSED, FeedbackKind.COMPLAINT})


class Outcome(StrEnum):
    IGNORED = "ignored"  # nothing in it about a message of ours
    NO_MESSAGE = "no_message"  # not there, or no more
    UNCHANGED = "unchanged"  # known already, or a later fact stands
    NOTED = "noted"


class Messages(Protocol):
    def row(self, chunk: str, supporter: str) -> Row | None: ...
    def move(self, chunk: str, supporter: str, was: MessageState, values: dict[str, Any]) -> Move: ...
    def mailed(self, supporter: str, address_hash: str) -> list[Mailed]: ...
    def address_hash(self, supporter: str) -> str | None: ...
    def suppress(self, address_hash: str, reason: SuppressionReason, at_ms: int, source: str = ...) -> bool: ...


class BusyError(Exception):
    """The message changed at every try; the queue brings the report back."""


def ses_event(body: str) -> Mapping[str, Any]:
    """The SES event in a queue message: inside an SNS envelope or bare. What is no event (SNS's own test text) is empty."""
    outer = _object(body)
    return _object(outer["Message"]) if isinstance(outer.get("Message"), str) else outer


def _object(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def note(messages: Messages, address_key: bytes, feedback: SesFeedback) -> Outcome:
    """Apply one report. Reports repeat and come in any order: applying it twice is as once.

    The address goes first, so that a failure in between is made good by the repeat.
    """
    reason = suppression_for(feedback)
    hashed = _hash(messages, address_key, feedback) if reason or feedback.is_soft else None
    if reason and hashed:
        messages.suppress(hashed, reason, feedback.at)
    if feedback.fact is None or feedback.send is None or feedback.chunk is None or feedback.supporter is None:
        return Outcome.IGNORED
    chunk = chunk_key(feedback.send, feedback.chunk)
    outcome, state = _move(messages, chunk, feedback.supporter, feedback.fact, feedback, hashed)
    # Also when the report changed nothing: the visit before may have ended between the row and this.
    if feedback.is_soft and hashed and state is MessageState.BOUNCED:
        _leave_alone(messages, feedback.supporter, hashed, feedback.at)
    return outcome


def _leave_alone(messages: Messages, supporter: str, hashed: str, at_ms: int) -> None:
    """Suppress the address when its mails have come back long enough."""
    if gives_up(messages.mailed(supporter, hashed), at_ms):
        messages.suppress(hashed, SuppressionReason.BOUNCED, at_ms, "ses, repeatedly")


def _hash(messages: Messages, address_key: bytes, feedback: SesFeedback) -> str | None:
    """Of the address that SES mailed; should it not say, of the supporter's address now."""
    try:
        return address_hash(address_key, normalise_address(parseaddr(feedback.address or "")[1]))
    except ValueError:
        return messages.address_hash(feedback.supporter) if feedback.supporter else None


def _move(
    messages: Messages, chunk: str, supporter: str, fact: MessageFact, feedback: SesFeedback, hashed: str | None
) -> tuple[Outcome, MessageState | None]:
    """What came of it, and the state of the message after it."""
    row = _expected(fact, feedback) or messages.row(chunk, supporter)
    for _ in range(TRIES):
        if row is None:
            return Outcome.NO_MESSAGE, None
        values = _values(row, fact, feedback)
        if not values:
            return Outcome.UNCHANGED, row.state
        if feedback.is_soft and hashed and "reason" in values:
            values["bounced_to"] = hashed
        moved = messages.move(chunk, supporter, row.state, values)
        if moved.done:
            return Outcome.NOTED, MessageState(values.get("state", row.state))
        row = moved.now
    raise BusyError(f"message {chunk} {supporter}")


def _expected(fact: MessageFact, feedback: SesFeedback) -> Row | None:
    """The row as it nearly always is when this comes: tried without reading it, a refusal brings the row along.

    None for what changes nothing then: a refused write costs more than a read.
    """
    if NEXT[MessageState.SENT, fact] is MessageState.SENT:
        return None
    return Row(MessageState.SENT, feedback.message_id, feedback.at)  # who is sent has both


def _values(row: Row, fact: MessageFact, feedback: SesFeedback) -> dict[str, Any]:
    """What to write; empty when it says nothing new."""
    if row.state is MessageState.SKIPPED:  # nothing was sent: the report is of another mail
        return {}
    values: dict[str, Any] = {}
    state = NEXT[row.state, fact]
    if state is not row.state:
        values["state"] = state.value
    if feedback.kind in NAMED and (state is not row.state or _weighs_more(feedback, row)):
        values["reason"] = feedback.reason
    if row.ses_id is None and feedback.message_id:
        values["ses_id"] = feedback.message_id
    if fact is MessageFact.SES_SEND and row.sent_at is None and feedback.at:
        values["sent_at"] = feedback.at
    if fact is MessageFact.SES_DELIVERY and row.delivered_at is None and feedback.at:
        values["delivered_at"] = feedback.at
    return values


def _weighs_more(feedback: SesFeedback, row: Row) -> bool:
    """It came back for now, and then for good."""
    for_now = row.reason.partition("/")[0] in ("Transient", "Undetermined")
    return row.state is MessageState.BOUNCED and feedback.fact is MessageFact.SES_BOUNCE_PERMANENT and for_now
