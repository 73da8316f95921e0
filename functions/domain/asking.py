"""Which questions of consent a page asks, and whether what was answered is clear: the same wherever they are asked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from functions.domain.consent import Act, Ceiling, ConsentRecord, Purpose

PARTS: Mapping[str, tuple[Purpose, ...]] = {
    "topics": (Purpose.DECLARED_TOPICS,),
    "clicks": (Purpose.OBSERVED_INTEREST,),
    "statistics": (Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL),
}
EVERY = tuple(p for part in PARTS.values() for p in part)
# What a browser's Global Privacy Control already says no to. Regulation (EU) 2024/900 art. 18(4)(a): a refusal by automated
# means is not asked over. Ticking topics is an act of one's own, so that question stays.
SILENCED = frozenset({Purpose.OBSERVED_INTEREST, Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL})
# The source of a refusal that a browser spoke (Sec-GPC: 1), and the words of it.
AUTOMATED = "browser-signal"
SIGNAL = "Sec-GPC: 1"
# Six months, whichever months they are. CNIL deliberation 2026-042: a refusal is kept that long before one is asked again.
ASK_AGAIN_MS = 184 * 86_400_000


@dataclass(frozen=True)
class Answers:
    """What was posted, valid or not: yes or no per question answered, and the topics that were ticked."""

    given: Mapping[Purpose, str]
    ticked: frozenset[str]


NOTHING = Answers({}, frozenset())


def asked(ceiling: Ceiling, topics: Collection[str], silent: bool) -> frozenset[Purpose]:
    """The questions whose answer would count here and now. `silent`: the browser answered already."""
    purposes = set(EVERY)
    if ceiling is Ceiling.EDITORIAL:
        return frozenset()
    if ceiling is Ceiling.DECLARED:
        purposes.discard(Purpose.OBSERVED_INTEREST)
    if not topics:
        purposes.discard(Purpose.DECLARED_TOPICS)
    return frozenset(purposes - SILENCED if silent else purposes)


def contradiction(answers: Answers, open_now: Collection[Purpose]) -> str | None:
    """What the person has to clear up first: consent is never guessed."""
    word = answers.given.get(Purpose.DECLARED_TOPICS)
    if word is None and answers.ticked and Purpose.DECLARED_TOPICS in open_now:
        return "topics_without_yes"
    return "yes_without_topics" if word == "yes" and not answers.ticked else None


def may_ask(
    records: Iterable[ConsentRecord], purposes: Collection[Purpose], now_ms: int, silent: bool = False
) -> frozenset[Purpose]:
    """Those of `purposes` that somebody with these records may be asked about now.

    Not who said yes; not who said no or took it back in the last six months; never again who refused by automated means
    (until they said yes themselves), now in this browser (`silent`) or before.
    """
    proof = list(records)
    refused = SILENCED if silent else frozenset[Purpose]()
    return frozenset(p for p in purposes if p not in refused and _open([r for r in proof if r.purpose is p], now_ms))


def may_request(records: Collection[ConsentRecord], now_ms: int) -> bool:
    """Whether a mail may ask them to choose: their topics are not chosen, and the page it leads to asks nothing they refused."""
    given = {p for p in EVERY if _last(r for r in records if r.purpose is p) is Act.GRANTED}
    unanswered = set(EVERY) - given
    return Purpose.DECLARED_TOPICS in unanswered and unanswered == may_ask(records, unanswered, now_ms)


def signalled(records: Iterable[ConsentRecord]) -> frozenset[Purpose]:
    """The purposes that a browser refused and nobody said yes to since."""
    found: set[Purpose] = set()
    for record in sorted(records, key=lambda r: (r.at, r.id)):
        if record.act is Act.GRANTED:
            found.discard(record.purpose)
        elif record.source == AUTOMATED:
            found.add(record.purpose)
    return frozenset(found)


class Request(StrEnum):
    """What a send that asks for consent is: the first mail of the series, or its one reminder."""

    ASK = "ask"
    REMINDER = "reminder"

    @property
    def comes_after(self) -> int:
        """How many mails that asked a supporter got before this one. There is no third."""
        return 0 if self is Request.ASK else 1


def _open(proof: Collection[ConsentRecord], now_ms: int) -> bool:
    """Of one purpose."""
    lately = any(record.act is not Act.GRANTED and record.at > now_ms - ASK_AGAIN_MS for record in proof)
    return not lately and not signalled(proof) and _last(proof) is not Act.GRANTED


def _last(records: Iterable[ConsentRecord]) -> Act | None:
    return max(((r.at, r.id, r.act) for r in records), default=(0, "", None))[2]
