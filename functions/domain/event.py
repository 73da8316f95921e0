"""What was observed of a supporter, and whether a person did it.

Mail scanners click every link and Apple and Gmail fetch pictures that nobody has seen yet. The raw event is kept, with a
verdict and its reasons; only what a person did counts. Here is judged what can be seen at arrival. Bursts are judged when
the clicks are read for a send (`interest.human_clicks`): at the first click nobody knows that eleven more follow.
IP address and user agent are looked at and not kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from functions.domain.consent import EventKind as EventKind
from functions.domain.consent import Purpose
from functions.domain.retention import EVENTS_S

# Nobody reads and clicks within this time of delivery.
FASTEST_CLICK_S = 8.0


class Verdict(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"
    UNSURE = "unsure"


class Network(StrEnum):
    """What is known of the address an event came from."""

    UNKNOWN = ""
    DATACENTRE = "datacentre"  # a scanner's or a cloud's
    PROXY = "proxy"  # a privacy relay that fetches for people, whether they look or not


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """One observed act as it is stored. No IP address, no user agent.

    `id`: the request's id, so that the same request is one event. `n`: link; `entry`: block in the edition; `slot`: place in
    this supporter's mail (0 = lead). `topics`: codes. `at`: epoch ms. `shown`: what the mail held (`interest.encode_shown`).
    `grants`: the consents under which it is recorded. None where the kind has no such thing (an open has no link).
    """

    supporter: str
    id: str
    kind: EventKind
    send: str
    chunk: int
    edition: str
    at: int
    verdict: Verdict
    grants: Mapping[Purpose, str]
    reasons: tuple[str, ...] = ()
    n: int | None = None
    entry: int | None = None
    slot: int | None = None
    topics: tuple[str, ...] = ()
    delay_s: float | None = None
    shown: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Sort key: by time, then request."""
        return f"{self.at:013d}#{self.id}"

    @property
    def expires(self) -> int:
        """Epoch second after which it is gone."""
        return self.at // 1000 + EVENTS_S


# Said in the user agent by those who say it. A weak signal: the strong ones are time, method and network.
_SCANNERS = (
    *("barracuda", "mimecast", "proofpoint", "fireeye", "symantec", "sophos", "trendmicro", "trend micro", "cloudmark"),
    *("google-safety", "googlebot", "bingbot", "bingpreview", "yandexbot", "crawler", "spider", "headlesschrome", "phantomjs"),
    *("curl/", "wget/", "python-", "go-http-client", "okhttp", "java/", "libwww-perl", "apache-httpclient", "axios/"),
    # Previews of a link that somebody passed on in a chat.
    *("facebookexternalhit", "slackbot", "twitterbot", "linkedinbot", "telegrambot", "whatsapp/", "discordbot", "skypeuripreview"),
)
# Fetch pictures at the moment a person opens the mail, from the provider's address. Mautic 7.1 took Google's for a bot
# and lost every open in Gmail (mautic#16069).
_IMAGE_PROXIES = ("googleimageproxy", "yahoomailproxy")
# Gmail's fetch at delivery, before anybody opened (mautic#10245).
_GMAIL_PREFETCH = "edge/12.246"
# Apple Mail Privacy Protection, at delivery or some hours later; no browser calls itself just this.
_BARE = "mozilla/5.0"


def judge_arrival(
    method: str,
    user_agent: str | None,
    delay_s: float | None,
    network: str | None = "",
    kind: EventKind = EventKind.CLICKED,
) -> Judgement:
    """The verdict on one request, with a code for each reason.

    `user_agent`: None when it is not known, "" when the request had none. `delay_s`: since delivery; None when unknown, and
    then no rule looks at it. `network`: see Network. An open through a provider's image proxy is a person's ("proxied").
    """
    agent = None if user_agent is None else user_agent.strip().lower()
    opened = kind is EventKind.OPENED
    proxied = agent is not None and any(name in agent for name in _IMAGE_PROXIES)
    machine = []
    unsure = []
    if method.upper() == "HEAD":
        machine.append("head")
    if agent and any(name in agent for name in _SCANNERS):
        machine.append("scanner_agent")
    if network == Network.DATACENTRE and not (opened and proxied):
        machine.append("scanner_network")
    if agent == "":
        unsure.append("no_agent")
    if opened:
        if agent is not None and _GMAIL_PREFETCH in agent and not proxied:
            machine.append("prefetch")
        if agent == _BARE or network == Network.PROXY:
            machine.append("privacy_prefetch")
    else:
        if delay_s is not None and delay_s < FASTEST_CLICK_S:
            machine.append("too_fast")
        if agent == _BARE:
            unsure.append("bare_agent")
        if proxied:
            unsure.append("image_proxy_clicked")
    verdict = Verdict.MACHINE if machine else Verdict.UNSURE if unsure else Verdict.HUMAN
    return Judgement(verdict, (*machine, *unsure, *(["proxied"] if opened and proxied else [])))
