"""What came of a send, in numbers with names: read off the counts of its messages by state.

The counts are roll-ups of the chunks ("delivered", "skipped:suppressed"...), so a report costs the same however often it is asked
for. States of delivery are exact. What people did (clicked, left) is shown from ten up: fewer could tell of a person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from functions.domain.send import FINAL, MessageState

SHOWN_FROM = 10
TAKEN = (  # SES took the mail, whatever came of it
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.DELAYED,
    MessageState.BOUNCED,
    MessageState.COMPLAINED,
    MessageState.REJECTED,
)
_FOR_GOOD = f"{MessageState.BOUNCED}:Permanent/"


@dataclass(frozen=True)
class Outcome:
    """`planned` = `open` + `skipped` + `failed` + `unknown` + `sent`; `sent` = `on_its_way` + `delivered` + bounced + `rejected`.

    `delivered` includes those who complained: they have it. Reasons are what the ledger names.
    """

    planned: int
    open: int
    skipped: int
    skipped_by: Mapping[str, int]
    failed: int
    failed_by: Mapping[str, int]
    unknown: int
    sent: int
    on_its_way: int
    delivered: int
    bounced_permanent: int
    bounced_transient: int
    complained: int
    rejected: int


def outcome(planned: int, messages: Mapping[str, int]) -> Outcome:
    """From the counts by state, and by "state:reason"."""
    n = {state: messages.get(state.value, 0) for state in MessageState}
    for_good = sum(count for name, count in messages.items() if name.startswith(_FOR_GOOD))
    return Outcome(
        planned=planned,
        open=planned - sum(n[state] for state in FINAL),
        skipped=n[MessageState.SKIPPED],
        skipped_by=_reasons(messages, MessageState.SKIPPED),
        failed=n[MessageState.FAILED],
        failed_by=_reasons(messages, MessageState.FAILED),
        unknown=n[MessageState.UNKNOWN],
        sent=sum(n[state] for state in TAKEN),
        on_its_way=n[MessageState.SENT] + n[MessageState.DELAYED],
        delivered=n[MessageState.DELIVERED] + n[MessageState.COMPLAINED],
        bounced_permanent=for_good,
        bounced_transient=n[MessageState.BOUNCED] - for_good,
        complained=n[MessageState.COMPLAINED],
        rejected=n[MessageState.REJECTED],
    )


def together(counts: Iterable[Mapping[str, int] | None]) -> dict[str, int]:
    """The counts of all chunks together; a chunk that was not counted yet has none."""
    found: Counter[str] = Counter()
    for some in counts:
        found.update(some or {})
    return dict(sorted(found.items()))


def rate(part: int, whole: int) -> float | None:
    """A share, to a hundredth of a per cent; None of nothing."""
    return round(part / whole, 4) if whole else None


def shown_sum(counts: Iterable[int]) -> int:
    """Their sum as far as it may be shown beside its parts: what is hidden in the parts is in it only from ten up in all.

    So it never tells, by subtraction, of fewer than ten; it is at most nine short.
    """
    counted = list(counts)
    hidden = sum(n for n in counted if n < SHOWN_FROM)
    return sum(n for n in counted if n >= SHOWN_FROM) + (hidden if hidden >= SHOWN_FROM else 0)


def _reasons(messages: Mapping[str, int], state: MessageState) -> dict[str, int]:
    """By reason, the most first."""
    named = {name.partition(":")[2]: n for name, n in messages.items() if name.startswith(f"{state}:")}
    return dict(sorted(named.items(), key=lambda reason: (-reason[1], reason[0])))
