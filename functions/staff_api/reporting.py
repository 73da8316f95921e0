"""A send as staff see it: where it stands, what came of its messages, how often its links were followed."""

import json
from collections.abc import Mapping
from typing import Any

from functions.adapters.clicked import Clicked, clicked
from functions.adapters.reports import kept
from functions.adapters.sends import Send
from functions.domain.assembly import CompiledEdition, answers, titles
from functions.domain.course import DAY_MS
from functions.domain.goal import Link
from functions.domain.report import SHOWN_FROM, outcome, rate, shown_sum, together
from functions.domain.send import ChunkState, SendState, chunk_key
from functions.domain.supporter import FormOfAddress
from functions.domain.transparency import COUNTED
from functions.staff_api.goals import goal_shown
from functions.staff_api.report_results import Bounced, PollAnswer, Rates, Report
from functions.staff_api.results import ApprovalShown, CourseShown, Group, SegmentFrozen, SendShown
from functions.staff_api.wiring import Wiring, now_ms


def at_least_ten(people: int) -> Group:
    """A group as staff may see it."""
    return people if people >= SHOWN_FROM else "fewer than 10"


def shown(send: Send) -> SendShown:
    """Without its report."""
    return SendShown(
        send=send.id,
        edition=send.edition,
        edition_version=send.edition_version,
        list=send.list,
        state=send.state.value,
        reason=send.item.get("reason") or None,
        comparison=send.comparison,
        requested_by=send.item.get("requested_by", ""),
        requested_at=send.requested_at,
        start_at=send.start_at or None,
        ended_at=send.ended_at,
        terms=dict(send.terms),
        course=_course(send),
        planned=send.planned,
        chunks=send.chunk_count,
        segment=_segment(send),
        got=send.audience.get("got"),
        left_out={name: at_least_ten(n) for name, n in send.left_out.items()} if "segment" in send.audience else None,
        approval=_approval(send),
    )


def reported(send: Send, wiring: Wiring) -> SendShown:
    """With its report."""
    messages, counted_at = _counted(send, wiring)
    answer = shown(send)
    answer.messages = {name: n for name, n in messages.items() if not name.startswith(COUNTED)}
    answer.open = outcome(send.planned, messages).open
    seen, polls = Clicked((), 0), tuple[PollAnswer, ...]()
    if send.planned:
        compiled = CompiledEdition.from_bytes(wiring.content.get(f"editions/{send.edition}/{send.edition_version}.json"))
        seen = clicked(wiring.totals, compiled, send.id)
        polls = _polls(compiled, seen)
        answer.links = tuple(_link(n, compiled.links[n].url, link) for n, link in enumerate(seen.links))
    answer.report = _report(send, messages, counted_at, seen)
    answer.report.answers = polls
    return answer


def _polls(edition: CompiledEdition, seen: Clicked) -> tuple[PollAnswer, ...]:
    language = next(iter(edition.languages.values()), None)
    if language is None or not language.answers:
        return ()
    words, named = answers(language, FormOfAddress.FORMAL), titles(language, FormOfAddress.FORMAL)
    given = {n: count if (count := seen.answers.get(n, 0)) >= SHOWN_FROM else None for n in range(len(words))}
    return tuple(
        PollAnswer(block=entry.block, question=named[place], answer=words[n], given=given[n])
        for place, entry in enumerate(edition.entries)
        for n in range(*entry.answer_range)
    )


def _report(send: Send, messages: dict[str, int], counted_at: int, seen: Clicked) -> Report:
    found, left = outcome(send.planned, messages), at_least_ten(seen.left)
    return Report(
        counted_at=counted_at,
        planned=found.planned,
        open=found.open,
        skipped=found.skipped,
        skipped_by=dict(found.skipped_by),
        failed=found.failed,
        failed_by=dict(found.failed_by),
        unknown=found.unknown,
        sent=found.sent,
        on_its_way=found.on_its_way,
        delivered=found.delivered,
        bounced=Bounced(permanent=found.bounced_permanent, transient=found.bounced_transient),
        complained=found.complained,
        rejected=found.rejected,
        unsubscribed=left,
        shared_clicks=at_least_ten(shown_sum(link.shared for link in seen.links)),
        personal_clicks=at_least_ten(shown_sum(link.personal for link in seen.links)),
        rates=Rates(
            delivered=rate(found.delivered, found.sent),
            bounced=rate(found.bounced_permanent + found.bounced_transient, found.sent),
            complained=rate(found.complained, found.delivered),
            unsubscribed=rate(left, found.delivered) if isinstance(left, int) else None,
        ),
        goal=goal_shown(send, messages, seen.links),
    )


def _course(send: Send) -> CourseShown | None:
    at = send.progress
    if send.course is None or not at.day_at:
        return None
    more = send.state is SendState.SENDING and at.day_top < send.planned
    return CourseShown(released=at.released, day=at.day + 1, more_at=at.day_at + DAY_MS if more else None)


def _approval(send: Send) -> ApprovalShown | None:
    why = send.item.get("approval")
    return ApprovalShown(why=why, by=send.item.get("approved_by"), at=send.item.get("approved_at")) if why else None


def _segment(send: Send) -> SegmentFrozen | None:
    asked = send.audience
    if "segment" not in asked:
        return None
    return SegmentFrozen(id=asked["segment"], version=asked["version"], segment=json.loads(asked["expression"]))


def _counted(send: Send, wiring: Wiring) -> tuple[dict[str, int], int]:
    """Messages by state over all chunks, and when the oldest of those counts was made (epoch ms).

    Of a send that has ended, as its row keeps them. Else the chunks' own counts are added up; chunks that somebody works on are
    counted from their rows, now.
    """
    if known := kept(send):
        return dict(known[0]), known[1]
    counts: list[Mapping[str, int]] = []
    oldest = now_ms()
    for chunk in wiring.sends.chunks(send.id):
        if chunk.state is ChunkState.OPEN and chunk.lease_until * 1000 > now_ms():
            counts.append(wiring.ledger.counts(chunk_key(send.id, int(chunk.number))))
        elif chunk.counts:
            counts.append(chunk.counts)
            oldest = min(oldest, chunk.counted * 1000)
    return together(counts), oldest


def _link(n: int, url: str, link: Link) -> dict[str, Any]:
    return {
        "n": n,
        "url": url,
        "block": link.block,
        "clicks": link.shared if link.shared >= SHOWN_FROM else None,
        "personal_clicks": link.personal if link.personal >= SHOWN_FROM else None,
    }
