"""A send as staff see it: where it stands, what came of its messages, how often its shared links were followed."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from functions.adapters.sends import Chunk, Send
from functions.domain.assembly import CompiledEdition
from functions.domain.send import FINAL, ChunkState, chunk_key
from functions.staff_api.results import Group, SegmentFrozen, SendShown
from functions.staff_api.wiring import Wiring, now_ms

SHOWN_FROM = 10  # clicks, or people: fewer could tell of a person


def at_least_ten(people: int) -> Group:
    """A group as staff may see it."""
    return people if people >= SHOWN_FROM else "fewer than 10"


def shown(send: Send, chunks: Sequence[Chunk] | None = None, wiring: Wiring | None = None) -> SendShown:
    """With its chunks: the report too."""
    messages = _counted(send, chunks, wiring) if chunks is not None and wiring else None
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
        planned=send.planned,
        chunks=send.chunk_count,
        segment=_segment(send),
        got=send.audience.get("got"),
        left_out={name: at_least_ten(n) for name, n in send.left_out.items()} if "segment" in send.audience else None,
        messages=messages,
        open=None if messages is None else send.planned - sum(messages.get(state, 0) for state in FINAL),
        links=_links(send, wiring) if wiring and send.planned else None,
    )


def _segment(send: Send) -> SegmentFrozen | None:
    asked = send.audience
    if "segment" not in asked:
        return None
    return SegmentFrozen(id=asked["segment"], version=asked["version"], segment=json.loads(asked["expression"]))


def _counted(send: Send, chunks: Sequence[Chunk], wiring: Wiring) -> dict[str, int]:
    """Messages by state, over all chunks. Those that somebody works on are counted from their rows, now."""
    counts: Counter[str] = Counter()
    for chunk in chunks:
        worked_on = chunk.state is ChunkState.OPEN and chunk.lease_until * 1000 > now_ms()
        counts.update(wiring.ledger.counts(chunk_key(send.id, int(chunk.number))) if worked_on else chunk.counts or {})
    return dict(sorted(counts.items()))


def _links(send: Send, wiring: Wiring) -> tuple[dict[str, Any], ...]:
    compiled = CompiledEdition.from_bytes(wiring.content.get(f"editions/{send.edition}/{send.edition_version}.json"))
    clicks = wiring.totals.clicks(send.edition, range(len(compiled.links)))
    return tuple(
        {
            "n": n,
            "url": link.url,
            "block": compiled.entries[link.entry].block if link.entry >= 0 else None,
            "clicks": clicks.get(n, 0) if clicks.get(n, 0) >= SHOWN_FROM else None,
        }
        for n, link in enumerate(compiled.links)
    )
