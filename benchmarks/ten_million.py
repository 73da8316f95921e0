"""A send of ten million at SES's pace, computed: `python -m benchmarks.ten_million`. Nothing is run; docs/scale.md explains.

Inputs are the project's own constants, limits that AWS documents, and assumptions that are named as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from benchmarks import figures
from benchmarks.prices import PRICES, SES_PER_MILLION, Unit
from functions.deliver.mailing import THREADS
from functions.domain.send import CHUNK_SIZE
from functions.plan_send.step import PART
from infra.description import DEPLOYMENT

VCPU_MB = 1_769  # of memory: a Lambda with so much has one vCPU, others their share (AWS documentation)
# DynamoDB, on demand: what one partition takes, and a new table at once (AWS documentation).
PARTITION_WRITES_S = 1_000
NEW_TABLE_WRITES_S = 4_000
SCAN_PAGE_BYTES = 1_000_000
# Dollars for all but SES, in Ireland, least and most: docs/performance.md, seen on 22 November 2026.
PER_MILLION_MAILS = (5.53, 6.10)
REGION = "eu-west-1"
SLOW = 14.0  # mails a second, what SES grants a new account


@dataclass(frozen=True)
class Assumed:
    """What was not measured on AWS."""

    recipients: int = 10_000_000
    rate: float = 500.0  # mails per second, SES's MaxSendRate
    ses_call_s: float = 0.06  # one SendEmail as the Lambda sees it
    table_call_s: float = 0.005  # one DynamoDB request
    # All of `deliver` for one mail on one whole vCPU: read, select, claim, assemble, SendEmail over TLS, settle. Seen here with
    # other work on both cores: 8 to 10 milliseconds, while a loop of Python took about twice its usual time.
    cpu_per_mail_s: float = 0.008
    supporter_bytes: int = 1_000
    scan_page_s: float = 0.15
    dollars_per_euro: float = 1.15  # assumed on 28 November 2026, not a quotation: put in the day's own


def outlook(a: Assumed, per_million: tuple[float, float] | None = None) -> dict[str, float]:
    """What such a send takes. `per_million`: dollars for all but SES, least and most; else what docs/performance.md says."""
    return {**_planning(a), **_delivering(a), **_writing(a), **_euros(a, per_million or PER_MILLION_MAILS)}


def _planning(a: Assumed) -> dict[str, float]:
    chunks = ceil(a.recipients / CHUNK_SIZE)
    parts = ceil(chunks / PART)
    pages_per_part = ceil(CHUNK_SIZE * PART * a.supporter_bytes / SCAN_PAGE_BYTES)
    part_s = pages_per_part * a.scan_page_s + PART * 0.02 + 0.1
    return {
        "chunks": chunks,
        "parts": parts,
        "planning, minutes": parts * part_s / 60,
        "first mail after, seconds": part_s + 2,
        "chunks waiting in the queue at most": chunks,
    }


def _delivering(a: Assumed) -> dict[str, float]:
    deliver = DEPLOYMENT.function("deliver")
    workers, vcpu = deliver.queues[0].concurrency, min(1.0, deliver.memory_mb / VCPU_MB)  # Python uses one core at most
    mail_s = a.ses_call_s + 2 * a.table_call_s + a.cpu_per_mail_s / vcpu
    return {
        "delivering, minutes": a.recipients / a.rate / 60,
        "queue, hours (SQS keeps messages 4 days; tend nudges again)": a.recipients / a.rate / 3600,
        "mails in flight": a.rate * mail_s,
        "threads needed in each of the workers": a.rate * mail_s / workers,
        "workers": workers,
        "vCPU of all workers": workers * vcpu,
        "of their CPU, percent": 100 * a.rate * a.cpu_per_mail_s / (workers * vcpu),
        "mails per second that their CPU takes": workers * vcpu / a.cpu_per_mail_s,
        "mails per second that their threads take": workers * THREADS / mail_s,
        "deliver's Lambdas, dollars per million mails at most": lambda_dollars(a.rate),
        "the same at 14 mails a second, a new account's rate": lambda_dollars(SLOW),
    }


def _writing(a: Assumed) -> dict[str, float]:
    workers = DEPLOYMENT.function("deliver").queues[0].concurrency
    reports = DEPLOYMENT.function("feedback").queues[0].concurrency  # workers, each one call to the table at a time
    return {
        "ledger writes per second": 2 * a.rate,
        "feedback writes per second": a.rate,
        "SES's reports per second, Send and Delivery": 2 * a.rate,
        "of what the feedback workers take, percent": 100 * 2 * a.rate * a.table_call_s / reports,
        "of a new table's writes, percent": 100 * 3 * a.rate / NEW_TABLE_WRITES_S,
        "writes per second to one ledger partition at most": 3 * a.rate / workers,
        "of a partition's writes, percent": 100 * 3 * a.rate / workers / PARTITION_WRITES_S,
    }


def _euros(a: Assumed, per_million: tuple[float, float]) -> dict[str, float]:
    """Of the whole send: SES on both plans, and everything else by the bill of `benchmarks.cost`."""
    euros = a.recipients / 1e6 / a.dollars_per_euro
    return {
        **{f"SES, {plan}, euros": dollars * euros for plan, dollars in SES_PER_MILLION.items()},
        "all but SES, euros at least": min(per_million) * euros,
        "all but SES, euros at most": max(per_million) * euros,
    }


def metered(bench: Mapping[str, Any]) -> tuple[float, float] | None:
    """Dollars per million mails as `benchmarks.cost` last saw them on this machine; None when it did not run."""
    bill = bench.get("cost", {}).get("per_million_mails", {}).get(REGION)
    return (bill, bill) if bill else None


def lambda_dollars(rate: float) -> float:
    """Of a million mails, when all workers are there from the first to the last and wait for their turns."""
    deliver = DEPLOYMENT.function("deliver")
    return 1e6 / rate * deliver.queues[0].concurrency * deliver.memory_mb / 1024 * PRICES[Unit.GB_SECOND].us_east_1


def main() -> None:
    found = metered(figures.read())
    for name, value in outlook(Assumed(), found).items():
        print(f"{name:62} {value:14,.{2 if 'dollars' in name or 'same' in name else 1}f}")
    source = figures.OUT if found else "the range in docs/performance.md"
    print(f"\nall but SES: by {source}, in {REGION}, without storage")
    print(f"and what runs without a send; {Assumed.dollars_per_euro} dollars to the euro is an assumption of 28 November 2026")


if __name__ == "__main__":
    main()
