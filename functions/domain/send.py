"""A send, its chunks and its messages: every state, every fact, and what each pair gives.

SES has no idempotency key and reports unordered and more than once, so the tables are total: an unexpected pair is a
recorded no-op, never an error. Applying a fact twice equals applying it once.
"""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b

from functions.domain.ids import from_bytes

CHUNK_SIZE = 500  # supporters per chunk
LEFT_BY_STAFF = "left by staff"  # the reason of a failed message that may have gone out: nobody knows


class SendState(StrEnum):
    REQUESTED = "requested"  # staff asked; nothing is frozen yet
    PLANNING = "planning"  # the audience is being frozen into chunks
    SENDING = "sending"
    PAUSED = "paused"  # by staff, after a seed batch, or because it does not fit the quota; goes on when staff say so
    STOPPED = "stopped"  # by the platform (SES refuses, too many failures); goes on when staff say so
    ENDED = "ended"  # everybody planned has a named state
    CANCELLED = "cancelled"  # by staff, for good


class SendFact(StrEnum):
    PLAN_STARTED = "plan_started"
    PLANNED = "planned"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    REOPENED = "reopened"  # staff have some of those whose mail is unknown mailed again


class ChunkState(StrEnum):
    OPEN = "open"
    DONE = "done"  # every supporter in it has a row with a named state


class ChunkFact(StrEnum):
    NUDGED = "nudged"
    SETTLED = "settled"
    REOPENED = "reopened"


class MessageState(StrEnum):
    CLAIMED = "claimed"  # the row exists, SES is being called
    WAITING = "waiting"  # SES said that it did not take it, for now: the next visit may claim it again
    SENT = "sent"  # SES took it
    SKIPPED = "skipped"  # never offered to SES; the row names the reason
    FAILED = "failed"  # SES refused it; the row names the reason
    UNKNOWN = "unknown"  # a claim left open by a crash; mailed again only when staff say so
    DELIVERED = "delivered"
    DELAYED = "delayed"  # SES keeps trying
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"  # SES took it and then found it unfit (a virus)


class MessageFact(StrEnum):
    ACCEPTED = "accepted"  # SES answered with a message id
    REFUSED_BY_SES = "refused_by_ses"  # SES answered with an error that says: not sent
    THROTTLED = "throttled"  # SES answered that it dropped the mail; nothing went out
    LEASE_EXPIRED = "lease_expired"
    SES_SEND = "ses_send"
    SES_DELIVERY = "ses_delivery"
    SES_DELAY = "ses_delay"
    SES_BOUNCE_PERMANENT = "ses_bounce_permanent"
    SES_BOUNCE_TRANSIENT = "ses_bounce_transient"
    SES_COMPLAINT = "ses_complaint"
    SES_REJECT = "ses_reject"
    SES_RENDERING_FAILURE = "ses_rendering_failure"
    STAFF_RESEND = "staff_resend"  # staff would rather mail somebody twice than not at all
    STAFF_LEAVE = "staff_leave"  # staff would rather mail somebody not at all than twice


# States in which there is nothing left for us to do; SES may still report.
FINAL = frozenset(MessageState) - {MessageState.CLAIMED, MessageState.WAITING}
# States of a send in which chunks are delivered: they are mailed as they are frozen.
MAILING = frozenset({SendState.PLANNING, SendState.SENDING})
FINAL_SEND = frozenset({SendState.ENDED, SendState.CANCELLED})

_S, _F = MessageState, MessageFact

NEXT: Mapping[tuple[MessageState, MessageFact], MessageState] = {
    (_S.CLAIMED, _F.ACCEPTED): _S.SENT,
    (_S.CLAIMED, _F.REFUSED_BY_SES): _S.FAILED,
    (_S.CLAIMED, _F.THROTTLED): _S.WAITING,
    (_S.CLAIMED, _F.LEASE_EXPIRED): _S.UNKNOWN,
    # SES's report overtakes our own write of its answer, or stands in for an answer that was lost.
    (_S.CLAIMED, _F.SES_SEND): _S.SENT,
    (_S.CLAIMED, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.CLAIMED, _F.SES_DELAY): _S.DELAYED,
    (_S.CLAIMED, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.CLAIMED, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.CLAIMED, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.CLAIMED, _F.SES_REJECT): _S.REJECTED,
    (_S.CLAIMED, _F.SES_RENDERING_FAILURE): _S.FAILED,
    (_S.CLAIMED, _F.STAFF_RESEND): _S.CLAIMED,  # SES is being asked at this moment
    (_S.CLAIMED, _F.STAFF_LEAVE): _S.CLAIMED,
    # Nothing was taken, so only a new claim moves it. Should SES speak of it all the same, SES knows better.
    (_S.WAITING, _F.ACCEPTED): _S.SENT,
    (_S.WAITING, _F.REFUSED_BY_SES): _S.FAILED,
    (_S.WAITING, _F.THROTTLED): _S.WAITING,
    (_S.WAITING, _F.LEASE_EXPIRED): _S.WAITING,
    (_S.WAITING, _F.SES_SEND): _S.SENT,
    (_S.WAITING, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.WAITING, _F.SES_DELAY): _S.DELAYED,
    (_S.WAITING, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.WAITING, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.WAITING, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.WAITING, _F.SES_REJECT): _S.REJECTED,
    (_S.WAITING, _F.SES_RENDERING_FAILURE): _S.FAILED,
    (_S.WAITING, _F.STAFF_RESEND): _S.WAITING,
    (_S.WAITING, _F.STAFF_LEAVE): _S.WAITING,
    (_S.SENT, _F.ACCEPTED): _S.SENT,
    (_S.SENT, _F.REFUSED_BY_SES): _S.SENT,  # it went out once; a later no does not call it back
    (_S.SENT, _F.THROTTLED): _S.SENT,
    (_S.SENT, _F.LEASE_EXPIRED): _S.SENT,  # the sweep read the row before the answer was written
    (_S.SENT, _F.SES_SEND): _S.SENT,
    (_S.SENT, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.SENT, _F.SES_DELAY): _S.DELAYED,
    (_S.SENT, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.SENT, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,  # a full mailbox: SES has stopped trying
    (_S.SENT, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.SENT, _F.SES_REJECT): _S.REJECTED,
    (_S.SENT, _F.SES_RENDERING_FAILURE): _S.FAILED,  # a template call is accepted first and fails afterwards
    (_S.SENT, _F.STAFF_RESEND): _S.SENT,
    (_S.SENT, _F.STAFF_LEAVE): _S.SENT,
    # Nothing was offered to SES, so whatever it reports is about another mail.
    (_S.SKIPPED, _F.ACCEPTED): _S.SKIPPED,
    (_S.SKIPPED, _F.REFUSED_BY_SES): _S.SKIPPED,
    (_S.SKIPPED, _F.THROTTLED): _S.SKIPPED,
    (_S.SKIPPED, _F.LEASE_EXPIRED): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_SEND): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_DELIVERY): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_DELAY): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_BOUNCE_PERMANENT): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_BOUNCE_TRANSIENT): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_COMPLAINT): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_REJECT): _S.SKIPPED,
    (_S.SKIPPED, _F.SES_RENDERING_FAILURE): _S.SKIPPED,
    (_S.SKIPPED, _F.STAFF_RESEND): _S.SKIPPED,
    (_S.SKIPPED, _F.STAFF_LEAVE): _S.SKIPPED,
    (_S.FAILED, _F.ACCEPTED): _S.FAILED,  # a rendering failure was reported before the answer was written
    (_S.FAILED, _F.REFUSED_BY_SES): _S.FAILED,
    (_S.FAILED, _F.THROTTLED): _S.FAILED,
    (_S.FAILED, _F.LEASE_EXPIRED): _S.FAILED,
    # SES speaks of a mail it has: what we read as a refusal was none.
    (_S.FAILED, _F.SES_SEND): _S.SENT,
    (_S.FAILED, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.FAILED, _F.SES_DELAY): _S.DELAYED,
    (_S.FAILED, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.FAILED, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.FAILED, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.FAILED, _F.SES_REJECT): _S.REJECTED,
    (_S.FAILED, _F.SES_RENDERING_FAILURE): _S.FAILED,
    (_S.FAILED, _F.STAFF_RESEND): _S.FAILED,
    (_S.FAILED, _F.STAFF_LEAVE): _S.FAILED,
    (_S.UNKNOWN, _F.ACCEPTED): _S.SENT,  # the slow worker was alive after all
    (_S.UNKNOWN, _F.REFUSED_BY_SES): _S.FAILED,
    (_S.UNKNOWN, _F.THROTTLED): _S.UNKNOWN,
    (_S.UNKNOWN, _F.LEASE_EXPIRED): _S.UNKNOWN,
    (_S.UNKNOWN, _F.SES_SEND): _S.SENT,
    (_S.UNKNOWN, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.UNKNOWN, _F.SES_DELAY): _S.DELAYED,
    (_S.UNKNOWN, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.UNKNOWN, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.UNKNOWN, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.UNKNOWN, _F.SES_REJECT): _S.REJECTED,
    (_S.UNKNOWN, _F.SES_RENDERING_FAILURE): _S.FAILED,
    (_S.UNKNOWN, _F.STAFF_RESEND): _S.WAITING,  # the only fact that lets a mail go twice, and only staff's word makes it
    (_S.UNKNOWN, _F.STAFF_LEAVE): _S.FAILED,
    (_S.DELIVERED, _F.ACCEPTED): _S.DELIVERED,
    (_S.DELIVERED, _F.REFUSED_BY_SES): _S.DELIVERED,
    (_S.DELIVERED, _F.THROTTLED): _S.DELIVERED,
    (_S.DELIVERED, _F.LEASE_EXPIRED): _S.DELIVERED,
    (_S.DELIVERED, _F.SES_SEND): _S.DELIVERED,
    (_S.DELIVERED, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.DELIVERED, _F.SES_DELAY): _S.DELIVERED,  # the delay was earlier; its report comes late
    (_S.DELIVERED, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,  # the server took it and sent it back
    (_S.DELIVERED, _F.SES_BOUNCE_TRANSIENT): _S.DELIVERED,  # an out-of-office reply
    (_S.DELIVERED, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.DELIVERED, _F.SES_REJECT): _S.DELIVERED,  # the receiving server's word is the better evidence
    (_S.DELIVERED, _F.SES_RENDERING_FAILURE): _S.DELIVERED,
    (_S.DELIVERED, _F.STAFF_RESEND): _S.DELIVERED,
    (_S.DELIVERED, _F.STAFF_LEAVE): _S.DELIVERED,
    (_S.DELAYED, _F.ACCEPTED): _S.DELAYED,
    (_S.DELAYED, _F.REFUSED_BY_SES): _S.DELAYED,
    (_S.DELAYED, _F.THROTTLED): _S.DELAYED,
    (_S.DELAYED, _F.LEASE_EXPIRED): _S.DELAYED,
    (_S.DELAYED, _F.SES_SEND): _S.DELAYED,
    (_S.DELAYED, _F.SES_DELIVERY): _S.DELIVERED,
    (_S.DELAYED, _F.SES_DELAY): _S.DELAYED,
    (_S.DELAYED, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.DELAYED, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.DELAYED, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.DELAYED, _F.SES_REJECT): _S.REJECTED,
    (_S.DELAYED, _F.SES_RENDERING_FAILURE): _S.DELAYED,  # what is on its way was rendered
    (_S.DELAYED, _F.STAFF_RESEND): _S.DELAYED,
    (_S.DELAYED, _F.STAFF_LEAVE): _S.DELAYED,
    (_S.BOUNCED, _F.ACCEPTED): _S.BOUNCED,
    (_S.BOUNCED, _F.REFUSED_BY_SES): _S.BOUNCED,
    (_S.BOUNCED, _F.THROTTLED): _S.BOUNCED,
    (_S.BOUNCED, _F.LEASE_EXPIRED): _S.BOUNCED,
    (_S.BOUNCED, _F.SES_SEND): _S.BOUNCED,
    # Reports come unordered: the delivery was before the bounce. (An out-of-office reply that overtakes its delivery stays
    # a bounce too: the one case in which order matters, and it suppresses nobody.)
    (_S.BOUNCED, _F.SES_DELIVERY): _S.BOUNCED,
    (_S.BOUNCED, _F.SES_DELAY): _S.BOUNCED,
    (_S.BOUNCED, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.BOUNCED, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.BOUNCED, _F.SES_COMPLAINT): _S.COMPLAINED,  # somebody did read it: the heavier fact stays
    (_S.BOUNCED, _F.SES_REJECT): _S.BOUNCED,
    (_S.BOUNCED, _F.SES_RENDERING_FAILURE): _S.BOUNCED,
    (_S.BOUNCED, _F.STAFF_RESEND): _S.BOUNCED,
    (_S.BOUNCED, _F.STAFF_LEAVE): _S.BOUNCED,
    # A complaint is the supporter's own word. Nothing undoes it.
    (_S.COMPLAINED, _F.ACCEPTED): _S.COMPLAINED,
    (_S.COMPLAINED, _F.REFUSED_BY_SES): _S.COMPLAINED,
    (_S.COMPLAINED, _F.THROTTLED): _S.COMPLAINED,
    (_S.COMPLAINED, _F.LEASE_EXPIRED): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_SEND): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_DELIVERY): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_DELAY): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_BOUNCE_PERMANENT): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_BOUNCE_TRANSIENT): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_REJECT): _S.COMPLAINED,
    (_S.COMPLAINED, _F.SES_RENDERING_FAILURE): _S.COMPLAINED,
    (_S.COMPLAINED, _F.STAFF_RESEND): _S.COMPLAINED,
    (_S.COMPLAINED, _F.STAFF_LEAVE): _S.COMPLAINED,
    (_S.REJECTED, _F.ACCEPTED): _S.REJECTED,
    (_S.REJECTED, _F.REFUSED_BY_SES): _S.REJECTED,
    (_S.REJECTED, _F.THROTTLED): _S.REJECTED,
    (_S.REJECTED, _F.LEASE_EXPIRED): _S.REJECTED,
    (_S.REJECTED, _F.SES_SEND): _S.REJECTED,  # Send comes before Reject, its report may come after
    (_S.REJECTED, _F.SES_DELIVERY): _S.DELIVERED,  # as above: the receiving server's word
    (_S.REJECTED, _F.SES_DELAY): _S.REJECTED,
    (_S.REJECTED, _F.SES_BOUNCE_PERMANENT): _S.BOUNCED,
    (_S.REJECTED, _F.SES_BOUNCE_TRANSIENT): _S.BOUNCED,
    (_S.REJECTED, _F.SES_COMPLAINT): _S.COMPLAINED,
    (_S.REJECTED, _F.SES_REJECT): _S.REJECTED,
    (_S.REJECTED, _F.SES_RENDERING_FAILURE): _S.REJECTED,
    (_S.REJECTED, _F.STAFF_RESEND): _S.REJECTED,
    (_S.REJECTED, _F.STAFF_LEAVE): _S.REJECTED,
}

_T, _G = SendState, SendFact

SEND_NEXT: Mapping[tuple[SendState, SendFact], SendState] = {
    (_T.REQUESTED, _G.PLAN_STARTED): _T.PLANNING,
    (_T.REQUESTED, _G.PLANNED): _T.SENDING,  # a plan of one step
    (_T.REQUESTED, _G.PAUSED): _T.PAUSED,
    (_T.REQUESTED, _G.RESUMED): _T.REQUESTED,
    (_T.REQUESTED, _G.STOPPED): _T.STOPPED,
    (_T.REQUESTED, _G.CANCELLED): _T.CANCELLED,
    (_T.REQUESTED, _G.FINISHED): _T.REQUESTED,  # no chunks yet is not the same as no chunks left
    (_T.REQUESTED, _G.REOPENED): _T.REQUESTED,
    (_T.PLANNING, _G.PLAN_STARTED): _T.PLANNING,
    (_T.PLANNING, _G.PLANNED): _T.SENDING,
    (_T.PLANNING, _G.PAUSED): _T.PAUSED,  # planning goes on, it mails nobody
    (_T.PLANNING, _G.RESUMED): _T.PLANNING,
    (_T.PLANNING, _G.STOPPED): _T.STOPPED,
    (_T.PLANNING, _G.CANCELLED): _T.CANCELLED,
    (_T.PLANNING, _G.FINISHED): _T.PLANNING,  # more chunks may come
    (_T.PLANNING, _G.REOPENED): _T.PLANNING,
    (_T.SENDING, _G.PLAN_STARTED): _T.SENDING,  # a queue message that came twice
    (_T.SENDING, _G.PLANNED): _T.SENDING,
    (_T.SENDING, _G.PAUSED): _T.PAUSED,
    (_T.SENDING, _G.RESUMED): _T.SENDING,
    (_T.SENDING, _G.STOPPED): _T.STOPPED,
    (_T.SENDING, _G.CANCELLED): _T.CANCELLED,
    (_T.SENDING, _G.FINISHED): _T.ENDED,
    (_T.SENDING, _G.REOPENED): _T.SENDING,
    (_T.PAUSED, _G.PLAN_STARTED): _T.PAUSED,
    (_T.PAUSED, _G.PLANNED): _T.PAUSED,
    (_T.PAUSED, _G.PAUSED): _T.PAUSED,
    (_T.PAUSED, _G.RESUMED): _T.SENDING,  # were it still being planned: chunks are mailed as they are frozen
    (_T.PAUSED, _G.STOPPED): _T.STOPPED,
    (_T.PAUSED, _G.CANCELLED): _T.CANCELLED,
    (_T.PAUSED, _G.FINISHED): _T.ENDED,  # the last mails were out when staff pressed the button
    (_T.PAUSED, _G.REOPENED): _T.PAUSED,
    (_T.STOPPED, _G.PLAN_STARTED): _T.STOPPED,
    (_T.STOPPED, _G.PLANNED): _T.STOPPED,
    (_T.STOPPED, _G.PAUSED): _T.STOPPED,
    (_T.STOPPED, _G.RESUMED): _T.SENDING,
    (_T.STOPPED, _G.STOPPED): _T.STOPPED,
    (_T.STOPPED, _G.CANCELLED): _T.CANCELLED,
    (_T.STOPPED, _G.FINISHED): _T.ENDED,
    (_T.STOPPED, _G.REOPENED): _T.STOPPED,
    (_T.ENDED, _G.PLAN_STARTED): _T.ENDED,
    (_T.ENDED, _G.PLANNED): _T.ENDED,
    (_T.ENDED, _G.PAUSED): _T.ENDED,
    (_T.ENDED, _G.RESUMED): _T.ENDED,
    (_T.ENDED, _G.STOPPED): _T.ENDED,
    (_T.ENDED, _G.CANCELLED): _T.ENDED,  # everybody has been mailed: nothing left to call off
    (_T.ENDED, _G.FINISHED): _T.ENDED,
    (_T.ENDED, _G.REOPENED): _T.SENDING,
    (_T.CANCELLED, _G.PLAN_STARTED): _T.CANCELLED,
    (_T.CANCELLED, _G.PLANNED): _T.CANCELLED,
    (_T.CANCELLED, _G.PAUSED): _T.CANCELLED,
    (_T.CANCELLED, _G.RESUMED): _T.CANCELLED,
    (_T.CANCELLED, _G.STOPPED): _T.CANCELLED,
    (_T.CANCELLED, _G.CANCELLED): _T.CANCELLED,
    (_T.CANCELLED, _G.FINISHED): _T.CANCELLED,
    (_T.CANCELLED, _G.REOPENED): _T.CANCELLED,
}

CHUNK_NEXT: Mapping[tuple[ChunkState, ChunkFact], ChunkState] = {
    (ChunkState.OPEN, ChunkFact.NUDGED): ChunkState.OPEN,
    (ChunkState.OPEN, ChunkFact.SETTLED): ChunkState.DONE,
    (ChunkState.OPEN, ChunkFact.REOPENED): ChunkState.OPEN,
    (ChunkState.DONE, ChunkFact.NUDGED): ChunkState.DONE,
    (ChunkState.DONE, ChunkFact.SETTLED): ChunkState.DONE,
    (ChunkState.DONE, ChunkFact.REOPENED): ChunkState.OPEN,  # not everybody has a named state any more
}


def chunk_id(n: int) -> str:
    """The name of a chunk within its send: "00012"."""
    return f"{n:05d}"


def chunk_key(send: str, n: int) -> str:
    """The messages' partition of one chunk: "<send>#00012"."""
    return f"{send}#{n:05d}"


def chunk_number(key: str) -> int:
    """The number in such a key."""
    return int(key.rpartition("#")[2])


def send_id(edition: str, idempotency_key: str) -> str:
    """The id of a send: the same request of the same edition finds the same send."""
    return from_bytes(blake2b(f"{edition}|{idempotency_key}".encode(), digest_size=6, person=b"send").digest())


def seed(supporter: str, send: str) -> str:
    """What all chance in one message is drawn from, so that a retry makes the same mail."""
    return f"{supporter}|{send}"


def arm(supporter: str, send: str, comparison: float) -> str:
    """The arm of a comparison: "editorial" for a share `comparison` of the supporters, "selected" for the others.

    Empty without a comparison (share 0). The same supporter and send always give the same arm.
    """
    if comparison <= 0:
        return ""
    drawn = blake2b(seed(supporter, send).encode(), digest_size=8, person=b"arm").digest()
    return "editorial" if int.from_bytes(drawn) < comparison * 2**64 else "selected"
