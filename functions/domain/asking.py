"""Which questions of consent a page asks, and whether what was answered is clear: the same wherever they are asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from functions.domain.consent import Ceiling, Purpose

PARTS: Mapping[str, tuple[Purpose, ...]] = {
    "topics": (Purpose.DECLARED_TOPICS,),
    "clicks": (Purpose.OBSERVED_INTEREST,),
    "statistics": (Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL),
}
EVERY = tuple(p for part in PARTS.values() for p in part)
# What a browser's Global Privacy Control already says no to. Regulation (EU) 2024/900 art. 18(4)(a): a refusal by automated
# means is not asked over. Ticking topics is an act of one's own, so that question stays.
SILENCED = frozenset({Purpose.OBSERVED_INTEREST, Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL})


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
