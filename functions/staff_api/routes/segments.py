"""Segments: rules for who a send is for, and how many they would reach."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters.catalogue import Entry
from functions.domain.matching import Sieve, Sifted
from functions.domain.segment import Expression, NotASegmentError, categories, parse, purposes, to_json
from functions.domain.topic import Taxonomy
from functions.staff_api import things
from functions.staff_api.models import SLUG, CountBody, SegmentBody
from functions.staff_api.problems import FieldError, invalid
from functions.staff_api.reporting import at_least_ten
from functions.staff_api.request import caller
from functions.staff_api.results import Saved, SegmentCount
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["segments"]
COUNTED = 20  # pages of the scan (20 MB) that a count reads: seconds, also for a party of millions
SegmentId = Annotated[str, Path(alias="segment", pattern=SLUG)]


@router.get("/v1/segments", summary="All segments, by id", tags=TAG)
def get_segments(after: things.After = "") -> dict[str, Any]:
    """As many as fit into an answer; the others after `next_after`."""
    found, next_after = wiring().catalogue.page("segment", after)
    return {"segments": [things.shown(entry) for entry in found], "next_after": next_after}


@router.get("/v1/segments/<segment>", summary="One segment", tags=TAG)
def get_segment(segment_id: SegmentId) -> dict[str, Any]:
    return things.shown(things.read("segment", segment_id))


@router.put("/v1/segments/<segment>", summary="Put a segment; its expression is checked", tags=TAG)
def put_segment(segment_id: SegmentId, rule: SegmentBody) -> Saved:
    """A send keeps the expression as it was when it was requested: changing it later changes no send."""
    things.same_id(rule.id, segment_id)
    topics = wiring().catalogue.get("topics", "topics")
    known = {topic.id for topic in Taxonomy.from_json(topics.body).topics} if topics else set()
    try:
        expression = parse(rule.segment, known)
    except NotASegmentError as wrong:
        raise invalid(*(FieldError(problem.field, problem.reason) for problem in wrong.problems)) from None
    body = {"title": rule.title, "segment": to_json(expression)}
    return things.save("segment", segment_id, body, wiring().catalogue.get("segment", segment_id), rule.version)


@router.post("/v1/segments/<segment>/count", summary="How many a segment would reach on a list", tags=TAG)
def post_count(segment_id: SegmentId, count: CountBody) -> SegmentCount:
    """Among those with newsletter consent for the list. Suppressed addresses are only found when mails are delivered."""
    entry = things.read("segment", segment_id)
    things.read("list", count.list)
    wiring().record(caller(), "segment.counted", f"segment#{segment_id}", version=entry.version, list=count.list)
    expression = expression_of(entry)
    seen = look(count.list, expression, COUNTED)
    looked_at = len(seen.found.matched) + seen.found.not_matched + seen.found.left_out
    return SegmentCount(
        segment=segment_id,
        version=entry.version,
        list=count.list,
        matched=at_least_ten(len(seen.found.matched)),
        not_matched=at_least_ten(seen.found.not_matched),
        left_out=at_least_ten(seen.found.left_out),
        missing={need.value: at_least_ten(seen.found.missing.get(need, 0)) for need in purposes(expression)},
        estimate=not seen.whole,
        looked_at=None if seen.whole else looked_at // 100 * 100,
        categories=categories(expression),
    )


@dataclass(frozen=True)
class Looked:
    """What a segment made of the first pages of a list; `whole`: of all of it."""

    found: Sifted
    whole: bool


def expression_of(entry: Entry) -> Expression:
    """The stored expression. A topic in it may be gone since; then nobody has it."""
    return parse(entry.body["segment"])


def look(mailing_list: str, expression: Expression, pages: int, enough: int | None = None) -> Looked:
    """Evaluate now, over at most so many pages of the scan, or until `enough` match."""
    sieve = Sieve(expression, now_ms() / 1000, wiring().ceiling)
    found, cursor = Sifted(), ""
    for _ in range(pages):
        more, cursor = wiring().audience.sift(mailing_list, cursor, sieve)
        found += more
        if not cursor or (enough is not None and len(found.matched) >= enough):
            break
    return Looked(found, not cursor)


def frozen(entry: Entry) -> Mapping[str, Any]:
    """The audience of a send to this segment: the expression as it is now. As text: it holds numbers of any kind."""
    return {"segment": entry.id, "version": entry.version, "expression": json.dumps(entry.body["segment"], ensure_ascii=False)}
