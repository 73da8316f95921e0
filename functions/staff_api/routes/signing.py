"""A second person signs that the topics are neutral: subject matter, never what somebody is."""

from typing import Any

from functions.adapters.catalogue import Entry
from functions.domain.neutral import fingerprint, not_neutral
from functions.domain.topic import Taxonomy
from functions.staff_api import things
from functions.staff_api.models import SignOffBody
from functions.staff_api.problems import FieldError, Problem
from functions.staff_api.request import caller
from functions.staff_api.results import SignOffShown
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
SIGN_OFF = ("signoff", "topics")


@router.get("/v1/topics/sign-off", summary="Whether the topics as they are now were signed as neutral", tags=["duties"])
def get_sign_off() -> SignOffShown:
    return _shown(_topics(), wiring().catalogue.get(*SIGN_OFF))


@router.post("/v1/topics/sign-off", summary="Sign that the topics are neutral, as the second person", tags=["duties"])
def sign_topics(signed: SignOffBody) -> SignOffShown:
    """Of the version you read, by somebody else than who put it. Any change of a topic needs a new sign-off."""
    topics, actor, old = _topics(), caller(), wiring().catalogue.get(*SIGN_OFF)
    if signed.version != topics.version:
        reason = f"the topics are at version {topics.version} by now"
        raise Problem(409, "changed-meanwhile", f"Read the topics again: {reason}.", (FieldError("version", reason),))
    taxonomy = Taxonomy.from_json(topics.body)
    if wrong := [why for topic in taxonomy.topics if (why := not_neutral(topic))]:
        raise Problem(409, "not-neutral", "These topics are not neutral.", tuple(FieldError("topics", why) for why in wrong))
    kept = _of(topics, old)
    if not kept:
        raise Problem(409, "not-now", "It is not known who put these topics: put them again (PUT /v1/topics), unchanged.")
    if kept["put_by"] == actor.id:
        raise Problem(403, "second-person", "You put these topics: another person signs them.")
    if "signed_by" not in kept:
        body = {**kept, "signed_by": actor.id, "signed_at": now_ms(), "topics_version": topics.version}
        things.save(*SIGN_OFF, body, old, None)
    return get_sign_off()


def note_put(taxonomy: Taxonomy) -> None:
    """Who put the topics, for whoever signs them. Putting the same again keeps the sign-off."""
    old, mark = wiring().catalogue.get(*SIGN_OFF), fingerprint(taxonomy)
    if old is None or old.body["taxonomy"] != mark:
        things.save(*SIGN_OFF, {"taxonomy": mark, "put_by": caller().id}, old, None)


def topics_signed() -> bool:
    """Whether the topics as they are now were signed."""
    topics, found = wiring().catalogue.get("topics", "topics"), wiring().catalogue.get(*SIGN_OFF)
    return topics is not None and _of(topics, found).get("signed_by") is not None


def _topics() -> Entry:
    return things.read("topics", "topics")


def _of(topics: Entry, found: Entry | None) -> dict[str, Any]:
    """The sign-off, when it is of these topics."""
    mark = fingerprint(Taxonomy.from_json(topics.body))
    return dict(found.body) if found and found.body["taxonomy"] == mark else {}


def _shown(topics: Entry, found: Entry | None) -> SignOffShown:
    kept = _of(topics, found)
    return SignOffShown(
        topics_version=topics.version,
        taxonomy=fingerprint(Taxonomy.from_json(topics.body)),
        put_by=kept.get("put_by"),
        signed_by=kept.get("signed_by"),
        signed_at=kept.get("signed_at"),
        needed=wiring().settings.taxonomy_signed == "needed",
    )
