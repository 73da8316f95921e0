"""What a million mails cost beyond SES's own price, and a million clicks: `python -m benchmarks.cost`.

A send of some hundred supporters runs on the local platform through the very handlers; every AWS call, unit of capacity and Lambda
millisecond is counted (benchmarks/meter.py) and multiplied by list prices (benchmarks/prices.py).
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import figures, prices
from benchmarks.assembly import Contest
from benchmarks.meter import Meter, Usage
from benchmarks.prices import PRICES, REGIONS
from functions.domain.ids import from_bytes
from functions.domain.send import CHUNK_SIZE
from functions.tend_sends.breaking import COUNTS_PER_ROUND
from functions.tend_sends.step import COUNT_AGAIN_S, COUNT_FOR_S, count_again_after_s
from infra.description import DEPLOYMENT, Deployment, Function
from local.client import Client
from local.platform import Platform
from tests.builders import a_taxonomy
from tests.stored import Stored

SUPPORTERS, CLICKS = 1000, 200  # two full chunks
AT_A_TIME = 2  # visits of a Lambda, as AWS's least
TARGET = 6.0  # dollars per million mails at us-east-1
MILLION = 1_000_000
MONTHS_KEPT = 13
SLOWLY = 14  # mails a second, what SES grants a new account: the longer a send takes, the more often it is counted meanwhile
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LEFT_OUT = (
    "SES itself; tax; free tiers",
    "what runs whether or not you send: alarms, keys, the minute's look at the sends, empty polls of the queues",
    "storage: {storage:.2f} dollars for the 13 months that a million rows of the ledger are kept",
    "AWS's own answering times: Lambda time is that of this machine and its emulator, on a whole core; benchmarks/ten_million.py"
    " says what deliver's Lambdas cost at most",
    "calls to KMS (SQS, SNS and DynamoDB keep data keys for minutes), cold starts, bounces, pictures that mails load",
)
_PERSONAL = re.compile(r'href="([^"]*/c/[^"]*)"')


def few_at_a_time(description: Deployment) -> Deployment:
    """In AWS each Lambda has its own share of a processor. Here they share two, and a dozen would wait for each other."""

    def narrow(function: Function) -> Function:
        return replace(function, queues=tuple(replace(q, concurrency=min(q.concurrency, AT_A_TIME)) for q in function.queues))

    return replace(description, functions=tuple(narrow(function) for function in description.functions))


def run(supporters: int = SUPPORTERS, clicks: int = CLICKS) -> dict[str, Any]:
    """The figures as kept in bench.json."""
    meter = Meter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Platform(
            Path(folder), schedules=False, delivery_delay_s=0.0, functions=meter.functions, description=few_at_a_time(DEPLOYMENT)
        ) as platform,
    ):
        meter.attach(platform)
        stored = _set_up(platform, supporters)
        meter.take()
        stored.send(Contest().compiled)
        platform.drain(timeout=600)
        mailing, calls = meter.take()
        counting = _counting(platform, meter)
        clicked = _click(platform, clicks)
        clicking, click_calls = meter.take()
        row, mails = meter.sizes()["messages"], len(platform.outbox.mails())
    assert (mails, clicked) == (supporters, clicks), (mails, clicked)
    return {
        "prices_seen": prices.SEEN,
        "mails": mails,
        "clicks": clicked,
        "target_per_million_mails": TARGET,
        "per_million_mails": _bill(_with_counting(mailing, counting), mails),
        "per_million_clicks": _bill(clicking, clicked),
        "calls_per_mail": {name: round(count / mails, 3) for name, count in calls.most_common()},
        "calls_per_click": {name: round(count / clicked, 3) for name, count in click_calls.most_common()},
        "times_counted_again": _times_counted(),
        "times_counted_while_sent": _times_counted_while_sent(),
        "ledger_storage": round(_stored_gb(row) * prices.STORAGE_GB_MONTH.us_east_1 * MONTHS_KEPT, 2),
    }


def _set_up(platform: Platform, supporters: int) -> Stored:
    """People of whom every second one lets clicks be recorded, topics, and an edition of 40 blocks, 8 for each."""
    stored = Stored(platform)
    Client(platform.url, platform.staff_token("admin")).put("/v1/topics", a_taxonomy().to_json())
    stored.edition(Contest().compiled)
    for n in range(supporters):
        grants = {"observed_interest": "grant002", "click_measurement": "grant003"} if n % 2 else {}
        stored.supporter(from_bytes(n.to_bytes(6)), grants=grants, address=f"person{n}@example.org")
    return stored


def _counting(platform: Platform, meter: Meter) -> Usage:
    """What one count of all chunks takes, as `tend_sends` does it for some days after the send."""
    for _ in range(2):  # the round that ends the send, and the next, which keeps its public record: once a send, not once a count
        platform.invoke("tend_sends", {})
    meter.take()
    platform.clock.advance(COUNT_AGAIN_S + 60)
    platform.invoke("tend_sends", {})
    return meter.take()[0]


def _times_counted() -> int:
    """How often `tend_sends`, woken each minute, counts a send after its end."""
    times, counted = 0, 0
    for age in range(0, COUNT_FOR_S, 60):
        if age - counted > count_again_after_s(age):
            times, counted = times + 1, age
    return times


def _times_counted_while_sent() -> float:
    """How often all chunks of a million mails are counted for the circuit breaker at most, sent slowly."""
    return MILLION / SLOWLY / 60 * COUNTS_PER_ROUND / (MILLION / CHUNK_SIZE)


def _click(platform: Platform, clicks: int) -> int:
    """That many people follow one link each, to a block, a while after their mail came."""
    web, done = Client(platform.url), 0
    for mail in platform.outbox.mails():
        links = _PERSONAL.findall(mail.html)
        if links and done < clicks:
            assert web.get(links[len(links) // 2], User_Agent=BROWSER).status == 302
            done += 1
    platform.drain(timeout=300)
    return done


def _with_counting(mailing: Usage, counting: Usage) -> Usage:
    times = _times_counted() + _times_counted_while_sent()
    more = {(unit, f"counting again: {what}"): amount * times for (unit, what), amount in counting.items()}
    return {**mailing, **more}


def _bill(usage: Usage, count: int) -> dict[str, Any]:
    """Dollars per million in each region, and the lines of the bill, dearest first."""
    million = MILLION / count
    lines: list[dict[str, Any]] = [
        {"unit": unit.value, "for": what, "amount": round(amount * million)}
        | {region: round(amount * million * PRICES[unit].of(region), 3) for region in REGIONS}
        for (unit, what), amount in usage.items()
    ]
    lines.sort(key=lambda line: -line[REGIONS[0]])
    return {region: round(sum(line[region] for line in lines), 2) for region in REGIONS} | {"lines": lines}


def _stored_gb(row_bytes: float) -> float:
    """A million rows of the ledger and their index, with the 100 bytes that DynamoDB adds to each."""
    return (row_bytes + 100 + 150) * MILLION / 2**30


def _print_bill(title: str, bill: Mapping[str, Any]) -> None:
    print(f"\n{title:88} {'amount':>12} " + " ".join(f"{region:>10}" for region in REGIONS))
    for line in bill["lines"]:
        if line[REGIONS[0]] >= 0.01:
            dollars = " ".join(f"{line[region]:10.2f}" for region in REGIONS)
            print(f"  {line['unit']:28} {line['for'][:56]:57} {line['amount']:12,} {dollars}")
    print(f"  {'in all, dollars':98} " + " ".join(f"{bill[region]:10.2f}" for region in REGIONS))


def main() -> None:
    found = run()
    figures.keep("cost", found)
    _print_bill("a million mails, Send and Delivery reports in it, beyond SES's own price", found["per_million_mails"])
    _print_bill("a million personal clicks, with what is learned from them", found["per_million_clicks"])
    print(f"\ntarget: {TARGET:.2f} dollars per million mails at us-east-1; list prices of {found['prices_seen']}. Not in it:")
    for left_out in LEFT_OUT:
        print(f"  - {left_out.format(storage=found['ledger_storage'])}")
    print(f"\nwritten to {figures.OUT}")


if __name__ == "__main__":
    main()
