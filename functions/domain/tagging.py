"""The interest tags of one profile at one moment: what its clicks say by then, in topics by id."""

from collections.abc import Collection, Iterable

from functions.domain.interest import InterestTag, counts, human_clicks, lifts, tags
from functions.domain.topic import Taxonomy


def tags_of(
    tokens: Iterable[str], before: Iterable[InterestTag], muted: Collection[str], taxonomy: Taxonomy, now_s: float
) -> tuple[InterestTag, ...]:
    """The tags that are on; a topic that staff no longer have or the supporter muted is left out. `before`: those stored."""
    codes = {topic.id: topic.code for topic in taxonomy.topics}
    ids = {code: topic for topic, code in codes.items()}
    clicks = human_clicks(tokens, now_s)
    known = [InterestTag(codes[tag.topic], tag.since) for tag in before if tag.topic in codes]
    on = tags(lifts(clicks, (), now_s), counts(clicks, (), now_s), known, now_s)
    return tuple(InterestTag(ids[tag.topic], tag.since) for tag in on if tag.topic in ids and ids[tag.topic] not in muted)
