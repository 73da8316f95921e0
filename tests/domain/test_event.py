from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import Purpose
from functions.domain.event import Event, EventKind, Judgement, Network, Verdict, judge_arrival

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.18129; ms-office; MSOffice 16)"
GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO_PROXY = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
APPLE = "Mozilla/5.0"
BARRACUDA = "Mozilla/5.0 (compatible; BarracudaCentral; +https://barracudacentral.org)"

CLICK, OPEN = EventKind.CLICKED, EventKind.OPENED
HUMAN, MACHINE, UNSURE = Verdict.HUMAN, Verdict.MACHINE, Verdict.UNSURE


@pytest.mark.parametrize(
    ("kind", "method", "agent", "delay_s", "network", "verdict", "reasons"),
    [
        # people
        (CLICK, "GET", CHROME, 3600.0, "", HUMAN, ()),
        (CLICK, "GET", IPHONE, 8.0, "", HUMAN, ()),
        (CLICK, "GET", CHROME, None, "", HUMAN, ()),
        (CLICK, "GET", None, 60.0, None, HUMAN, ()),
        (OPEN, "GET", CHROME, 2.0, "", HUMAN, ()),
        (OPEN, "GET", OUTLOOK, 60.0, "", HUMAN, ()),
        # through the provider's image proxy, at the moment a person opens
        (OPEN, "GET", GMAIL_PROXY, 60.0, "", HUMAN, ("proxied",)),
        (OPEN, "GET", GMAIL_PROXY, 60.0, Network.DATACENTRE, HUMAN, ("proxied",)),
        (OPEN, "GET", YAHOO_PROXY, 60.0, "", HUMAN, ("proxied",)),
        # machines
        (CLICK, "HEAD", CHROME, 3600.0, "", MACHINE, ("head",)),
        (OPEN, "head", CHROME, 3600.0, "", MACHINE, ("head",)),
        (CLICK, "GET", CHROME, 7.9, "", MACHINE, ("too_fast",)),
        (CLICK, "GET", CHROME, -1.0, "", MACHINE, ("too_fast",)),
        (CLICK, "GET", BARRACUDA, 3600.0, "", MACHINE, ("scanner_agent",)),
        (OPEN, "GET", BARRACUDA, 3600.0, "", MACHINE, ("scanner_agent",)),
        (CLICK, "GET", "curl/8.5.0", None, "", MACHINE, ("scanner_agent",)),
        (CLICK, "GET", "python-requests/2.32.3", None, "", MACHINE, ("scanner_agent",)),
        (CLICK, "GET", "facebookexternalhit/1.1", None, "", MACHINE, ("scanner_agent",)),
        (CLICK, "GET", CHROME, 3600.0, Network.DATACENTRE, MACHINE, ("scanner_network",)),
        (CLICK, "HEAD", BARRACUDA, 1.0, Network.DATACENTRE, MACHINE, ("head", "scanner_agent", "scanner_network", "too_fast")),
        (OPEN, "GET", GMAIL_PREFETCH, 1.0, "", MACHINE, ("prefetch",)),
        (OPEN, "GET", APPLE, 600.0, "", MACHINE, ("privacy_prefetch",)),
        (OPEN, "GET", CHROME, 600.0, Network.PROXY, MACHINE, ("privacy_prefetch",)),
        # who knows
        (CLICK, "GET", "", 3600.0, "", UNSURE, ("no_agent",)),
        (OPEN, "GET", "  ", 3600.0, "", UNSURE, ("no_agent",)),
        (CLICK, "GET", APPLE, 3600.0, "", UNSURE, ("bare_agent",)),
        (CLICK, "GET", GMAIL_PROXY, 3600.0, "", UNSURE, ("image_proxy_clicked",)),
        # people click from behind a privacy relay
        (CLICK, "GET", IPHONE, 3600.0, Network.PROXY, HUMAN, ()),
    ],
)
def test_what_arrives_is_judged(
    kind: EventKind, method: str, agent: str | None, delay_s: float | None, network: str, verdict: Verdict, reasons: tuple[str, ...]
) -> None:
    assert judge_arrival(method, agent, delay_s, network, kind) == Judgement(verdict, reasons)


anything: dict[str, Any] = {
    "method": st.sampled_from(["GET", "HEAD"]),
    "user_agent": st.none() | st.text() | st.sampled_from([CHROME, GMAIL_PROXY, GMAIL_PREFETCH, APPLE, BARRACUDA]),
    "delay_s": st.none() | st.floats(-10, 1e6),
    "network": st.none() | st.sampled_from(Network) | st.text(),
    "kind": st.sampled_from(EventKind),
}


@given(**anything)
def test_every_verdict_but_plainly_human_has_its_reason(**arrival: Any) -> None:
    judged = judge_arrival(**arrival)
    assert judged.verdict is HUMAN or judged.reasons
    assert judged.verdict is not HUMAN or judged.reasons in ((), ("proxied",))


@given(**anything)
def test_with_no_delay_known_no_click_is_too_fast(**arrival: Any) -> None:
    assert "too_fast" not in judge_arrival(**(arrival | {"delay_s": None})).reasons


EVENT = Event(
    supporter="support1",
    id="request-1",
    kind=CLICK,
    send="send0001",
    chunk=12,
    edition="edition1",
    at=1795338000125,
    verdict=HUMAN,
    grants={Purpose.OBSERVED_INTEREST: "grant001"},
)


def test_the_same_request_is_one_event() -> None:
    assert EVENT.key == replace(EVENT, verdict=MACHINE).key == "1795338000125#request-1"
    assert replace(EVENT, at=5).key == "0000000000005#request-1"


def test_an_event_is_gone_after_thirteen_months() -> None:
    assert EVENT.expires - EVENT.at // 1000 == 396 * 86400
