"""Whom a correction is for: everybody whom the faulty send reached or may have reached, and nobody else."""

from functions.domain.send import LEFT_BY_STAFF, MessageState

# SES took it, or may have: a claim still open and an unknown one may both be out. Who complained did get it; whether they may
# be mailed is asked at delivery, as of everybody.
_MAY_HAVE = frozenset(
    {
        MessageState.CLAIMED,
        MessageState.SENT,
        MessageState.UNKNOWN,
        MessageState.DELIVERED,
        MessageState.DELAYED,
        MessageState.COMPLAINED,
    }
)


def may_have_got(state: MessageState, reason: str = "", delivered: bool = False) -> bool:
    """Whether the message of this ledger row is, or may be, in somebody's mailbox.

    A bounce is in nobody's, unless the receiving server had taken the mail before (`delivered`): an out-of-office reply is
    a bounce too. What staff left at *unknown* may have gone out; what was skipped, refused or found unfit did not.
    """
    if state is MessageState.FAILED:
        return reason == LEFT_BY_STAFF
    return state in _MAY_HAVE or (state is MessageState.BOUNCED and delivered)
