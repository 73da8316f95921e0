"""From a recorded click to the profile and the interest tags, and from an open to when the last one was, while the consent stands
under which it was recorded.
"""

from enum import StrEnum
from typing import Protocol

from functions.adapters.profile import Profile
from functions.domain.consent import Ceiling, Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.interest import InterestTag, click_token, prune
from functions.domain.retention import LAST_OPEN_S
from functions.domain.tagging import tags_of
from functions.domain.topic import Taxonomy


class Outcome(StrEnum):
    KEPT = "kept"  # nothing to learn from it, or nothing may be learned
    WITHDRAWN = "withdrawn"  # no consent covers it any more: it is gone
    LEARNED = "learned"


class Profiles(Protocol):
    def allowed(self, supporter: str) -> tuple[frozenset[str], frozenset[str]]: ...
    def add_click(self, supporter: str, topic: str, token: str, grant: str) -> Profile | None: ...
    def forget_clicks(self, supporter: str, tokens: frozenset[str], grant: str) -> None: ...
    def note_open(self, supporter: str, at: int, grant: str) -> bool: ...
    def store_tags(self, supporter: str, tags: tuple[InterestTag, ...], grant: str) -> bool: ...


class Events(Protocol):
    def delete(self, event: Event) -> None: ...


def learn(profiles: Profiles, events: Events, taxonomy: Taxonomy, ceiling: Ceiling, event: Event, now_s: float) -> Outcome:
    """Learn from one event. Twice is as once, in any order.

    An event that crossed a withdrawal on its way, so that the withdrawal could not see it, is deleted here; so is one that
    could only teach about a topic that the supporter muted.
    """
    grant = event.grants.get(Purpose.OBSERVED_INTEREST)
    if ceiling is Ceiling.OBSERVED and grant and _teaches(event) and _learned(profiles, taxonomy, event, grant, now_s):
        return Outcome.LEARNED
    if ceiling is Ceiling.OBSERVED and _opened(profiles, event, now_s):
        return Outcome.LEARNED
    standing, muted = profiles.allowed(event.supporter)
    silenced = {grant} if _topic(event, taxonomy) in muted else set()
    if standing & (set(event.grants.values()) - silenced):
        return Outcome.KEPT
    events.delete(event)
    return Outcome.WITHDRAWN


def _teaches(event: Event) -> bool:
    """A person's click on a block with a topic."""
    clicked = event.kind is EventKind.CLICKED and event.verdict is Verdict.HUMAN
    return clicked and event.slot is not None and bool(event.topics)


def _opened(profiles: Profiles, event: Event, now_s: float) -> bool:
    """Keep when a person last opened a mail. It feeds no interest and no engagement: privacy proxies open everything."""
    grant = event.grants.get(Purpose.OPEN_PIXEL)
    by_a_person = event.kind is EventKind.OPENED and event.verdict is Verdict.HUMAN and event.at / 1000 > now_s - LAST_OPEN_S
    return bool(grant) and by_a_person and profiles.note_open(event.supporter, event.at, grant or "")


def _topic(event: Event, taxonomy: Taxonomy) -> str:
    """The id of the topic that a click is on; "" for one that staff no longer have."""
    topic = taxonomy.by_code(event.topics[0]) if event.topics else None
    return topic.id if topic else ""


def _learned(profiles: Profiles, taxonomy: Taxonomy, event: Event, grant: str, now_s: float) -> bool:
    """Add the click to the profile and bring the tags up to date. False when that grant does not stand, or the topic is muted.

    What a supporter ticked is not in the tags: they are what clicks alone say, under the consent for clicks alone.
    """
    token = click_token(event.send, event.slot or 0, event.shown, event.at)
    profile = profiles.add_click(event.supporter, _topic(event, taxonomy), token, grant)
    if profile is None:
        return False
    if old := prune(profile.clicks, now_s):
        profiles.forget_clicks(event.supporter, frozenset(old), grant)
    new = tags_of(profile.clicks, profile.tags, profile.muted, taxonomy, now_s)
    if new != profile.tags:
        profiles.store_tags(event.supporter, new, grant)
    return True
