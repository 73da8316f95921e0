"""Signing up in two steps (double opt-in): a form that anybody can fill in for any address, and a button that only whoever
reads that address's mail can press. Nothing holds before the second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.domain.consent import ConsentAnswer, Purpose, SuppressionReason
from functions.domain.retention import SIGN_UPS_DAYS
from functions.domain.supporter import FormOfAddress

DAYS = SIGN_UPS_DAYS  # how long a sign-up waits for its confirmation
# What somebody's own new sign-up undoes: their own leaving and their own erasing. Where mails came back or were called spam,
# or where staff say never, it does not.
UNDONE = frozenset({SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED})


@dataclass(frozen=True)
class SignUp:
    """One form as it was filled in, waiting for its confirmation; times are epoch ms.

    `language` and `form`: how the form spoke, and so in which words `answers` were given (a wording's id and hash each);
    `stood`: the questions that stood on it, answered or not, with `wording`, the version they had. `speak` and `address_as`:
    what the person chose for the mails. `silent`: the browser refused by itself (Global Privacy Control).
    """

    id: str
    list: str
    at: int
    address: str = field(repr=False)
    address_hash: str = field(repr=False)
    name: str = field(repr=False)
    language: str
    form: FormOfAddress
    speak: str
    address_as: FormOfAddress
    wording: str
    answers: tuple[ConsentAnswer, ...] = ()
    stood: frozenset[Purpose] = frozenset()
    topics: frozenset[str] = frozenset()
    young: bool = False
    silent: bool = False
    confirmed: bool = False  # then nothing of the person is in it any more


def undone_by(reason: SuppressionReason, suppressed_at: int, signed_up_at: int) -> bool:
    """Whether a confirmed sign-up lifts this suppression: only one that was begun after it."""
    return reason in UNDONE and signed_up_at > suppressed_at


def holding(sign_up: SignUp) -> tuple[ConsentAnswer, ...]:
    """The answers that become records when it is confirmed. Of somebody too young: the newsletter, and every no."""
    return tuple(a for a in sign_up.answers if not (sign_up.young and a.yes) or a.purpose is Purpose.NEWSLETTER)


def left_open(sign_up: SignUp) -> frozenset[Purpose]:
    """The questions on the form that were not answered. Of somebody too young none: no answer of theirs would count."""
    return frozenset() if sign_up.young else sign_up.stood - {answer.purpose for answer in sign_up.answers}


def moments(sign_up: SignUp, confirmed: int) -> Mapping[str, str]:
    """What each record keeps of the two steps, times in epoch ms."""
    return {"sign_up": sign_up.id, "asked_at": str(sign_up.at), "confirmed_at": str(confirmed)}
