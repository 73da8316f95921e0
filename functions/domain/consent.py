"""What a supporter allows: separate purposes, none of which implies another.

The proof is an append-only list of records; the current state is their fold. Everything that touches personal data
asks this file first, at assembly, again at the click or open, and again when deriving. Unknown or error means untracked.
Why so strict: Regulation (EU) 2024/900 art. 18-20, CNIL deliberation 2026-042 on pixels, GDPR art. 7, Telecommunicatiewet 11.7.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Purpose(StrEnum):
    NEWSLETTER = "newsletter"  # to be mailed, per list
    DECLARED_TOPICS = "declared_topics"  # blocks chosen by the topics one ticked
    OBSERVED_INTEREST = "observed_interest"  # blocks chosen by one's clicks; its words include recording them for that
    CLICK_MEASUREMENT = "click_measurement"  # statistics of one's own clicks, no selection
    OPEN_PIXEL = "open_pixel"  # a picture that tells when the mail was opened
    ANSWERS = "answers"  # to keep what one answers to polls; asked with the answer, no selection


# The versions whose words on `open_pixel` say that opens may also choose who gets a mail. Those before said "to count only".
OPENS_CHOOSE = frozenset({"choices-3"})


class Act(StrEnum):
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class EventKind(StrEnum):
    """What may be observed. Named here because every kind must name the purpose that permits it."""

    OPENED = "opened"
    CLICKED = "clicked"
    ANSWERED = "answered"
    SHARED = "shared"
    READ = "read"


class Ceiling(StrEnum):
    """The most a deployment does, whatever a supporter allows. A value it does not know is the lowest."""

    EDITORIAL = "editorial"
    DECLARED = "declared"
    OBSERVED = "observed"

    @classmethod
    def _missing_(cls, value: object) -> "Ceiling":
        return cls.EDITORIAL


class Selection(StrEnum):
    EDITORIAL = "editorial"  # staff's order
    DECLARED = "declared"  # by topics the supporter ticked
    OBSERVED = "observed"  # by interests derived from clicks


class Links(StrEnum):
    SHARED = "shared"  # the same for everybody
    PERSONAL = "personal"


class Pixel(StrEnum):
    NONE = "none"
    PERSONAL = "personal"


class SuppressionReason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    NEVER_MAIL = "never_mail"
    ERASED = "erased"


class Refusal(StrEnum):
    """Why a planned message is not sent; kept in the ledger and shown to staff, never a silent skip."""

    NO_NEWSLETTER_CONSENT = "no_newsletter_consent"
    SUPPRESSED = "suppressed"
    ERASED = "erased"
    NO_SEGMENT_CONSENT = "no_segment_consent"  # chosen by what they have withdrawn since
    PAUSED = "paused"  # asked for no mail until a day that has not come
    FREQUENCY_CAP = "capped"  # had as many mails as the party, or they themselves, allow
    NOT_TO_BE_ASKED = "not_to_be_asked"  # the mail asks for consent, and they answered, or were asked often enough
    UNKNOWN_SUPPORTER = "unknown_supporter"
    SEND_CANCELLED = "send_cancelled"


@dataclass(frozen=True)
class ConsentRecord:
    """One act of one supporter on one purpose, with the proof: which words, in which language, when, through what.

    `at` is epoch milliseconds; `list` only for newsletter (None there: every list); `proof` holds columns of an import.
    """

    id: str
    supporter: str
    purpose: Purpose
    act: Act
    at: int
    wording: str
    wording_sha256: str
    language: str
    source: str
    actor: str
    list: str | None = None
    proof: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Consents:
    """The current state: a list or purpose is granted iff it is here, with the id of the record that granted it.

    `young`: they said that they are too young for anything but the newsletter as it is for everybody (`too_young_below`).
    """

    newsletter: Mapping[str, str] = field(default_factory=dict)
    grants: Mapping[Purpose, str] = field(default_factory=dict)
    young: bool = False

    def granted(self, purpose: Purpose, list_: str | None = None) -> bool:
        """Whether this purpose is granted; for newsletter, on this list."""
        return list_ in self.newsletter if purpose is Purpose.NEWSLETTER else purpose in self.grants


def fold(records: Iterable[ConsentRecord], start: Consents | None = None) -> Consents:
    """The state after these records, whatever order they come in: they apply by (at, id).

    A newsletter withdrawal without a list ends all lists; a newsletter grant without a list grants nothing.
    """
    newsletter = dict(start.newsletter) if start else {}
    grants = dict(start.grants) if start else {}
    for record in sorted(records, key=lambda r: (r.at, r.id)):
        if record.purpose is not Purpose.NEWSLETTER:
            grants.pop(record.purpose, None)
            if record.act is Act.GRANTED:
                grants[record.purpose] = record.id
        elif record.list is not None:
            newsletter.pop(record.list, None)
            if record.act is Act.GRANTED:
                newsletter[record.list] = record.id
        elif record.act is not Act.GRANTED:
            newsletter.clear()
    return Consents(newsletter, grants, start.young if start else False)


def too_young_below(voting_age: int) -> int:
    """Who is younger is not profiled, whatever they allow: at least a year under the voting age (Regulation (EU) 2024/900
    art. 18(1)(c)). Nobody's age is asked; they may say that they are younger than this.
    """
    return voting_age - 1


@dataclass(frozen=True)
class MailSettings:
    """How one supporter's mail is made. The default is the mail of somebody who allows nothing beyond being mailed."""

    selection: Selection = Selection.EDITORIAL
    links: Links = Links.SHARED
    pixel: Pixel = Pixel.NONE


def within(consents: Consents, ceiling: Ceiling) -> Mapping[Purpose, str]:
    """The grants that count under this ceiling; newsletter, which no ceiling touches, is not among them.

    Of somebody too young none does: here, so that assembly, click and open, deriving and segments all hold to it.
    """
    if consents.young:
        return {}
    if ceiling is Ceiling.OBSERVED:
        return consents.grants
    if ceiling is Ceiling.DECLARED:
        return {p: grant for p, grant in consents.grants.items() if p is not Purpose.OBSERVED_INTEREST}
    return {}


def mail_settings(consents: Consents, ceiling: Ceiling) -> MailSettings:
    """Selection, links and pixel, each from its own purposes.

    | what | value | needs |
    |---|---|---|
    | selection | observed / declared / editorial | `observed_interest` / `declared_topics` / nothing |
    | links | personal / shared | `click_measurement` or `observed_interest` / nothing |
    | pixel | personal / none | `open_pixel` / nothing |
    """
    grants = within(consents, ceiling)
    selection = Selection.EDITORIAL
    if Purpose.OBSERVED_INTEREST in grants:
        selection = Selection.OBSERVED
    elif Purpose.DECLARED_TOPICS in grants:
        selection = Selection.DECLARED
    return MailSettings(
        selection,
        Links.PERSONAL if _PERMITTED_BY[EventKind.CLICKED] & grants.keys() else Links.SHARED,
        Pixel.PERSONAL if _PERMITTED_BY[EventKind.OPENED] & grants.keys() else Pixel.NONE,
    )


_PERMITTED_BY: Mapping[EventKind, frozenset[Purpose]] = {
    EventKind.CLICKED: frozenset({Purpose.CLICK_MEASUREMENT, Purpose.OBSERVED_INTEREST}),
    EventKind.OPENED: frozenset({Purpose.OPEN_PIXEL}),
    EventKind.ANSWERED: frozenset({Purpose.ANSWERS}),
    # No question a supporter is asked covers these yet, so nothing permits them.
    EventKind.SHARED: frozenset(),
    EventKind.READ: frozenset(),
}


def permits(kind: EventKind, consents: Consents, ceiling: Ceiling) -> Mapping[Purpose, str]:
    """The grants under which this event may be recorded, by purpose. Empty: record nothing."""
    grants = within(consents, ceiling)
    return {p: grants[p] for p in sorted(_PERMITTED_BY.get(kind, frozenset())) if p in grants}


def refusal(consents: Consents, list_: str, suppressed: str | bool | None) -> Refusal | None:
    """Why this supporter must not get mail of this list now, or None. Asked when planning and again before each mail.

    `suppressed` is the reason of the address's suppression, or whether there is one. A suppression wins over any consent.
    """
    if suppressed:
        return Refusal.ERASED if suppressed == SuppressionReason.ERASED else Refusal.SUPPRESSED
    return None if list_ in consents.newsletter else Refusal.NO_NEWSLETTER_CONSENT


@dataclass(frozen=True)
class ConsentAnswer:
    """Yes or no to one question, with the words that were on the page. `list` for newsletter (None with a no: every list)."""

    purpose: Purpose
    yes: bool
    wording: str
    wording_sha256: str
    list: str | None = None


def changes(
    current: Consents,
    answers: Iterable[ConsentAnswer],
    *,
    supporter: str,
    at: int,
    language: str,
    source: str,
    actor: str,
    new_id: Callable[[], str],
    proof: Mapping[str, str] | None = None,
) -> list[ConsentRecord]:
    """The records these answers add: one per purpose (and list) whose state changes, so the same answers again add none.

    A no to what was never granted changes nothing and leaves no record; nor does a yes of somebody too young, but to be mailed.
    """
    records: list[ConsentRecord] = []
    for a in answers:
        if a.purpose is Purpose.NEWSLETTER and a.list is None:
            held = bool(current.newsletter) and not a.yes  # no to every list; a yes always names its list
        else:
            held = current.granted(a.purpose, a.list)
        if a.yes and current.young and a.purpose is not Purpose.NEWSLETTER:
            continue
        if a.yes == held or (a.yes and a.purpose is Purpose.NEWSLETTER and a.list is None):
            continue
        act = Act.GRANTED if a.yes else Act.WITHDRAWN
        proven = (a.wording, a.wording_sha256, language, source, actor, a.list, dict(proof or {}))
        records.append(ConsentRecord(new_id(), supporter, a.purpose, act, at, *proven))
        current = fold(records[-1:], current)
    return records
