"""What the demonstration checks about itself, from the mails and the ledger. `make demo` fails when one of these does."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from functions.domain.send import FINAL
from functions.domain.slots import escaped
from local.demo.mailbox import Mail

ENOUGH_SELECTIONS = 50
_PAGE_TOKEN = re.compile(r"/([us])/[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Check:
    """`says` is what must hold, as a sentence; `found` what was looked at, or what was wrong (no names, no addresses)."""

    name: str
    ok: bool
    says: str
    found: str


def nobody_twice(mails: Iterable[tuple[str, str]], rows: Iterable[tuple[str, str]]) -> Check:
    """From the (send, supporter) of every mail that went out and of every row of the ledger."""
    mailed, booked = Counter(mails), Counter(rows)
    twice = sorted(pair for counted in (mailed, booked) for pair, n in counted.items() if n > 1)
    astray = sorted(pair for pair in mailed if pair not in booked)
    found = f"{mailed.total()} mails, {booked.total()} rows in the ledger, each (send, supporter) once"
    if twice:
        found = f"supporter {twice[0][1]} has two messages of send {twice[0][0]} ({len(twice)} such)"
    elif astray:
        found = f"supporter {astray[0][1]} got a mail of send {astray[0][0]} that the ledger does not know ({len(astray)} such)"
    return Check("nobody_twice", not twice and not astray, "Nobody has two messages of one send.", found)


def all_final(planned: Mapping[str, Collection[str]], states: Mapping[tuple[str, str], str]) -> Check:
    """`planned`: send -> the supporters frozen into its chunks; `states`: (send, supporter) -> state of the ledger's row."""
    everybody = [(send, supporter) for send, supporters in planned.items() for supporter in supporters]
    lost = [pair for pair in everybody if pair not in states]
    open_ = [pair for pair in everybody if pair in states and states[pair] not in FINAL]
    found = f"{len(everybody)} planned messages in {len(planned)} sends"
    if lost:
        found = (
            f"{len(lost)} of {len(everybody)} planned messages have no row; the first: supporter {lost[0][1]}, send {lost[0][0]}"
        )
    elif open_:
        found = f"{len(open_)} of {len(everybody)} planned messages are still {states[open_[0]]}"
    return Check("all_final", bool(everybody) and not lost and not open_, "Every planned message is in a final state.", found)


@dataclass(frozen=True)
class Untracked:
    """A mail to somebody who allowed nothing beyond `newsletter` when it was made, and what is known of it from elsewhere.

    `entries`: link number -> entry, of its edition; `expected`: the entries of staff's order.
    """

    send: str
    language: str
    form: str
    greeting: str
    mail: Mail
    entries: Mapping[int, int]
    expected: Sequence[int]


def untracked_alike(mails: Iterable[Untracked]) -> Check:
    """No pixel, no personal link, staff's order; and alike but for greeting, unsubscribe and page tokens.

    Mails are compared within a send, a language and a form of address: those three are the supporter's own, too.
    """
    says = (
        "Who allowed nothing beyond the newsletter gets staff's order, no pixel, no personal link, and the same mail as the others."
    )
    first: dict[tuple[str, str, str], tuple[str, ...]] = {}
    group: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in mails:
        wrong = _tracks(one)
        key = (one.send, one.language, one.form)
        body = normalised(one.mail, one.greeting)
        if not wrong and body != first.setdefault(key, body):
            part = next(name for name, a, b in zip(_PARTS, body, first[key], strict=True) if a != b)
            wrong = f"differs from another mail of the same send, language and form of address in its {part}"
        if wrong:
            return Check("untracked_alike", False, says, f"{one.mail.name} of send {one.send} {wrong}")
        group[key] += 1
    found = f"{sum(group.values())} mails in {len(group)} groups of the same send, language and form of address"
    return Check("untracked_alike", bool(group), says, found if group else "there was no such mail to look at")


def _tracks(one: Untracked) -> str:
    if one.mail.pixel is not None:
        return "has a pixel"
    if one.mail.tracked:
        return "has a personal link"
    shown = list(dict.fromkeys(one.entries[link.n] for link in one.mail.links if one.entries.get(link.n, -1) >= 0))
    if shown != list(one.expected):
        return f"shows the blocks {shown} instead of staff's order {list(one.expected)}"
    return ""


_PARTS = ("From", "Reply-To", "Subject", "List-Unsubscribe", "HTML", "plain text")


def normalised(mail: Mail, greeting: str) -> tuple[str, ...]:
    """The mail with its greeting and its unsubscribe and page tokens taken out, in the order of the headers and parts."""

    def without(text: str, spelling: str = greeting) -> str:
        return _PAGE_TOKEN.sub(r"/\1/@token@", text.replace(spelling, "@greeting@"))

    return (
        mail.sender,
        mail.reply_to,
        without(mail.subject),
        without(mail.list_unsubscribe),
        without(mail.html, escaped(greeting)),
        without(mail.text),
    )


def suppressed_stay_out(addresses: Iterable[str], mailed: Collection[str]) -> Check:
    """`addresses`: the suppressions that were imported; `mailed`: every address that got a mail, in lower case."""
    suppressed = [address.lower() for address in addresses]
    reached = [address for address in suppressed if address in mailed]
    found = f"{len(reached)} of them got a mail" if reached else f"none of {len(suppressed)} imported suppressions got a mail"
    return Check("suppressed_stay_out", not reached, "Who must not be mailed is not mailed.", found)


def only_people_decide(changed: Collection[str], decided: Collection[str]) -> Check:
    """`changed`: supporters whose consents changed after the first send; `decided`: who posted an answer or unsubscribed."""
    alone = sorted(set(changed) - set(decided))
    says = "Consents change by what people post, and by no machine that follows the same links."
    found = f"{len(set(changed))} supporters changed theirs, each by a form or button of their own"
    if alone:
        found = f"the consents of {len(alone)} supporters changed without them; the first: {alone[0]}"
    return Check("only_people_decide", not alone, says, found)


def selections_differ(picks: Iterable[str], enough: int = ENOUGH_SELECTIONS) -> Check:
    """`picks`: what each message of the last edition holds, in order (blocks only, without the reasons)."""
    distinct = len(set(picks))
    says = f"The last edition came in at least {enough} different selections."
    return Check("selections_differ", distinct >= enough, says, f"{distinct} different selections")
