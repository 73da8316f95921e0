"""From a recorded click to the profile and the interest tags, while the consent stands under which it was recorded."""

from enum import StrEnum
from typing import Protocol

from functions.adapters.profile import Profile
from functions.domain.consent import Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.interest import InterestTag, click_token, counts, human_clicks, lifts, prune, tags
from functions.domain.topic import Taxonomy


class Outcome(StrEnum):
    IGNORED = "ignored"  # nothing to learn from it, or no consent to
    WITHDRAWN = "withdrawn"  # the consent ended between the click and now
    LEARNED = "learned"


class Profiles(Protocol):
    def add_click(self, supporter: str, token: str, grant: str) -> Profile | None: ...
    def forget_clicks(self, supporter: str, tokens: frozenset[str], grant: str) -> None: ...
    def store_tags(self, supporter: str, tags: tuple[InterestTag, ...], grant: str) -> bool: ...


def learn(profiles: Profiles, taxonomy: Taxonomy, event: Event, now_s: float) -> Outcome:
    """Learn from one event. Twice is as once; in any order; a machine's click, or one without a topic, teaches nothing.

    What a supporter ticked is not in the tags: they are what clicks alone say, under the consent for clicks alone.
    """
    grant = event.grants.get(Purpose.OBSERVED_INTEREST)
    if grant is None or event.kind is not EventKind.CLICKED or event.verdict is Verdict.MACHINE:
        return Outcome.IGNORED
    if event.slot is None or not event.topics:
        return Outcome.IGNORED
    token = click_token(event.send, event.slot, event.shown, event.at)
    profile = profiles.add_click(event.supporter, token, grant)
    if profile is None:
        return Outcome.WITHDRAWN
    if old := prune(profile.clicks, now_s):
        profiles.forget_clicks(event.supporter, frozenset(old), grant)
    new = _tags(profile, taxonomy, now_s)
    if new != profile.tags:
        profiles.store_tags(event.supporter, new, grant)
    return Outcome.LEARNED


def _tags(profile: Profile, taxonomy: Taxonomy, now_s: float) -> tuple[InterestTag, ...]:
    """The tags that are on, topics by id; a topic that staff no longer have is left out."""
    codes = {topic.id: topic.code for topic in taxonomy.topics}
    ids = {code: topic for topic, code in codes.items()}
    clicks = human_clicks(profile.clicks, now_s)
    before = [InterestTag(codes[tag.topic], tag.since) for tag in profile.tags if tag.topic in codes]
    on = tags(lifts(clicks, (), now_s), counts(clicks, (), now_s), before, now_s)
    return tuple(InterestTag(ids[tag.topic], tag.since) for tag in on if tag.topic in ids)
