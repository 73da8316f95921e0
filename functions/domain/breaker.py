"""When a send stops by itself, because too many of its mails come back or are reported as spam.

SES puts an account under review at a bounce rate of 5 % and may pause it at 10 %; for complaints at 0.1 % and 0.5 %
(Amazon SES Developer Guide, "Reputation metrics messages"). Its rates look at a representative volume of the account's mail;
this looks at one send alone, so that it stops before the account's rate gets there. Gmail reports no complaints to SES.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from functions.domain.feedback import is_fresh_hard_bounce

BOUNCE_RATE, COMPLAINT_RATE = 0.05, 0.001  # where SES's review begins
# Enough is known for a word on the rate when so many outcomes are known, among them so many bad ones. Two complaints may be the
# same household. Half of the 50 mails of a warm-up's first day are enough: the day after, ten times as many may go.
ENOUGH, BOUNCES, COMPLAINTS = 25, 10, 3
# One-sided, 95 %: a send is looked at again and again, and at a true rate of 4 % the bare rate of the first hundreds is often above
# 5 %. With a thousand outcomes 6.3 % stops it, with ten thousand 5.4 %.
CONFIDENCE = 1.645


@dataclass(frozen=True)
class Outcomes:
    """Mails whose outcome is known (delivered, bounced, complained), and the bad ones of them as SES counts them."""

    known: int = 0
    bounced: int = 0  # for good
    complained: int = 0

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Outcomes":
        """From counts by state and reason ("bounced", "bounced:Permanent/General"), as chunks keep them."""
        reasons = {what.partition(":")[2]: n for what, n in counts.items() if what.startswith("bounced:")}
        untried = sum(n for reason, n in reasons.items() if reason.endswith("/OnAccountSuppressionList"))
        return cls(
            known=sum(counts.get(state, 0) for state in ("delivered", "bounced", "complained")) - untried,
            bounced=sum(n for reason, n in reasons.items() if is_fresh_hard_bounce(reason)),
            complained=counts.get("complained", 0),
        )


def why_stop(outcomes: Outcomes) -> str | None:
    """The reason to stop, with its numbers, for staff; None to go on."""
    known = outcomes.known
    if known < ENOUGH:
        return None
    if outcomes.bounced >= BOUNCES and at_least(outcomes.bounced, known) > BOUNCE_RATE:
        return f"{_share(outcomes.bounced, known)} came back for good; SES reviews an account at 5 %"
    if outcomes.complained >= COMPLAINTS and at_least(outcomes.complained, known) > COMPLAINT_RATE:
        return f"{_share(outcomes.complained, known)} were reported as spam; SES reviews an account at 0.1 %"
    return None


def at_least(bad: int, known: int) -> float:
    """The lower end of Wilson's score interval for the rate behind `bad` of `known` (> 0). Never above the bare rate."""
    rate, z2 = bad / known, CONFIDENCE**2
    middle = rate + z2 / (2 * known)
    half = CONFIDENCE * sqrt(rate * (1 - rate) / known + z2 / (4 * known**2))
    return min(rate, max(0.0, (middle - half) / (1 + z2 / known)))  # floats, at the edges


def _share(bad: int, known: int) -> str:
    return f"{bad} of the {known} mails whose outcome is known ({float(f'{100 * bad / known:.2g}'):g} %)"
