"""What becomes of a mail: the mailbox simulator's addresses, and whatever a person decides for others.

https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator
"""

from collections.abc import Callable
from enum import StrEnum

SIMULATOR = "simulator.amazonses.com"


class Outcome(StrEnum):
    DELIVERED = "delivered"
    DELAYED = "delayed"  # at first; delivered later
    BOUNCED = "bounced"  # for good: no such user
    MAILBOX_FULL = "mailbox_full"  # for now
    OUT_OF_OFFICE = "out_of_office"  # delivered, and answered by a machine
    COMPLAINED = "complained"  # delivered, and marked as spam
    SUPPRESSED = "suppressed"  # on SES's own list
    SUPPRESSED_BY_ACCOUNT = "suppressed_by_account"  # on the account's list after a bounce or complaint
    REJECTED = "rejected"  # a virus


_SIMULATED = {
    "success": Outcome.DELIVERED,
    "bounce": Outcome.BOUNCED,
    "ooto": Outcome.OUT_OF_OFFICE,
    "complaint": Outcome.COMPLAINED,
    "suppressionlist": Outcome.SUPPRESSED,
}

Decide = Callable[[str], Outcome | None]


def simulated(address: str) -> Outcome | None:
    """The simulator's answer for one of its addresses, `+label` allowed; None for any other address."""
    local, _, domain = address.lower().rpartition("@")
    if domain != SIMULATOR:
        return None
    return _SIMULATED.get(local.partition("+")[0], Outcome.BOUNCED)
