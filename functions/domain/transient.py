"""When mails keep coming back for now, there comes a time to stop.

A full mailbox may be emptied and a server may come back, so one such bounce is no reason. A mailbox that took nothing for
weeks is left: senders who keep knocking are slowed down by its provider, and SES counts nothing of it for us.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SENDS = 3  # different sends, none delivered in between
PERIOD_MS = 60 * 86_400_000


@dataclass(frozen=True)
class Mailed:
    """One mail to a supporter. `at`: when we claimed it, epoch ms. `soft`: it bounced for now, at the address in question."""

    send: str
    at: int
    delivered: bool
    soft: bool


def gives_up(mails: Iterable[Mailed], now_ms: int) -> bool:
    """Whether the address is left alone: `SENDS` sends bounced softly within `PERIOD_MS`, with no delivery in between.

    A function of what became of each mail, so that reports may repeat and come in any order: the last one sees them all.
    `now_ms`: the last bounce.
    """
    recent = [mail for mail in mails if mail.at > now_ms - PERIOD_MS]
    delivered = max((mail.at for mail in recent if mail.delivered), default=0)
    return len({mail.send for mail in recent if mail.soft and not mail.delivered and mail.at > delivered}) >= SENDS
