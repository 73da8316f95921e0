"""A supporter's clicks: a bounded set of text tokens, and which of them a person made.

The stored profile is the set of the newest tokens. Adding to a set is idempotent and commutative by itself, so the stream
may repeat and reorder. Times: `at` epoch milliseconds, `now` epoch seconds, `at_s` epoch seconds. Topics are codes.
"""

from collections.abc import Collection, Iterable, Sequence
from math import log
from typing import NamedTuple

from functions.domain.retention import LEARNED_CLICKS_S

DAY_S = 86400
KEPT_CLICKS = 24  # all clicks instead of 24: +.002 AUC
KEPT_S = LEARNED_CLICKS_S  # privacy: nothing older than 24 months
BURST_LINKS, BURST_SHARE, BURST_S = 4, 0.6, 60
SURPLUS = 8  # tokens beyond those that count before a write is spent on pruning
SETTLED_S = 2 * DAY_S  # so late a click of a burst may still come in

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Click(NamedTuple):
    """One click of a person. `shown` is what that mail held; one character (the topic) when that is not known."""

    at_s: int
    send: str
    slot: int
    topic: str
    shown: str


def encode_shown(slots: Iterable[tuple[str, float]]) -> str:
    """What a mail held, lead first: per slot the topic's code and the block's prior relative to the mail's mean, base 36.

    Only ratios within the mail matter, so priors may be click-through rates or any other positive scale.
    """
    held = [(code, log(max(prior, 1e-9))) for code, prior in slots]
    mean = sum(p for _, p in held) / max(len(held), 1)
    return "".join(code + DIGITS[min(max(round(18 + 8 * (p - mean)), 0), 35)] for code, p in held)


def click_token(send: str, slot: int, shown: str, at: int) -> str:
    """The token of one click at `at` (epoch ms): `<send>.<slot>.<shown>.<epoch s, base 36>`.

    `shown` from `encode_shown`, or just the topic's code when the mail is not known (any number may then stand as slot).
    """
    seconds, digits = at // 1000, ""
    while seconds:
        seconds, digit = divmod(seconds, 36)
        digits = DIGITS[digit] + digits
    return f"{send}.{slot}.{shown}.{digits or '0'}"


def parse(token: str) -> Click | None:
    """The click of a token, or None when it is not one."""
    try:
        send, slot, shown, at = token.split(".")
        n = int(slot)
        if n < 0 or shown[1::2].strip(DIGITS):
            return None
        return Click(int(at, 36), send, n, shown if len(shown) == 1 else shown[2 * n], shown)
    except (ValueError, IndexError):
        return None


def expired(token: str, now: float) -> bool:
    """Whether this click has had its time, and is told to nobody though it may still be stored."""
    click = parse(token)
    return click is not None and click.at_s < now - KEPT_S


def human_clicks(tokens: Iterable[str], now: float) -> list[Click]:
    """The clicks that count at `now`, oldest first: at most the newest 24 of 24 months.

    Once per link per mail; without bursts (at least 4 links and 60 % of the mail's links within 60 s: a scanner, measured
    to come 20 to 60 s after delivery); without what happened after `now`, so that a retry finds the same.
    """
    first_s = now - KEPT_S
    clicks = sorted(c for c in map(parse, tokens) if c is not None and first_s <= c.at_s <= now)
    if len(clicks) >= BURST_LINKS:
        machine = _bursts(clicks)
        clicks = [c for c in clicks if c not in machine] if machine else clicks
    once: dict[tuple[str, int], Click] = {}
    for c in clicks:
        once.setdefault((c.send, c.slot), c)
    return list(once.values())[-KEPT_CLICKS:]


def _bursts(clicks: Sequence[Click]) -> set[Click]:
    """The clicks that belong to a burst. `clicks` oldest first. A mail that is not known has none."""
    mails: dict[str, list[Click]] = {}
    for c in clicks:
        mails.setdefault(c.send, []).append(c)
    found: set[Click] = set()
    for mail in mails.values():
        if len(mail) < BURST_LINKS:
            continue
        needed = max(BURST_LINKS, BURST_SHARE * (len(mail[0].shown) // 2 or len(mail) + 1))
        for i, start in enumerate(mail):
            window = [c for c in mail[i:] if c.at_s - start.at_s <= BURST_S]
            if len({c.slot for c in window}) >= needed:
                found.update(window)
    return found


def prune(tokens: Collection[str], now: float) -> set[str]:
    """The tokens that may be deleted without changing what counts: those over 24 months always.

    Once eight more are held than can count: also bursts, repeats and surplus, of mails without a click in the last two days
    (a late click of a burst must still find the others).
    """
    parsed = {token: parse(token) for token in tokens}
    gone = {token for token, c in parsed.items() if c is None or c.at_s < now - KEPT_S}
    if len(tokens) - len(gone) > KEPT_CLICKS + SURPLUS:
        kept = set(human_clicks(tokens, now))
        unsettled = {c.send for c in parsed.values() if c is not None and c.at_s >= now - SETTLED_S}
        gone |= {token for token, c in parsed.items() if c is not None and c not in kept and c.send not in unsettled}
    return gone
