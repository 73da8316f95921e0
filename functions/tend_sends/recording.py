"""When a send has ended: freeze what the public may know of it."""

import json
from collections.abc import Callable

from functions.adapters.editions import Content
from functions.adapters.records import Records
from functions.adapters.sends import Send, Sends
from functions.domain.report import together
from functions.domain.segment import categories, parse
from functions.domain.send import FINAL_SEND
from functions.domain.slots import marker
from functions.domain.supporter import FormOfAddress
from functions.domain.theme import Theme
from functions.domain.topic import Taxonomy
from functions.domain.transparency import Facts, record_of


class Recorder:
    def __init__(self, sends: Sends, records: Records, content: Content, theme: Theme, taxonomy: Callable[[], Taxonomy]) -> None:
        self._sends, self._records, self._content = sends, records, content
        self._theme, self._taxonomy = theme, taxonomy

    def record(self, send: Send, now_ms: int) -> bool:
        """Keep the record of a send that has ended, once for each end: staff can open it again. False when there is none."""
        if send.state not in FINAL_SEND or not send.ended_at or recorded(send):
            return False
        self._records.keep(record_of(self._facts(send, send.ended_at)), now_ms)
        self._sends.recorded(send.id, send.ended_at)
        return True

    def _facts(self, send: Send, ended_at: int) -> Facts:
        edition, asked = self._content.edition(send.edition, send.edition_version), send.audience
        segment = json.loads(asked["expression"]) if "segment" in asked else None
        return Facts(
            send=send.id,
            party=self._theme.name,
            label=self._theme.label.to_json() if self._theme.label else None,
            mailing_list=send.list,
            subject={
                language: compiled.cut[FormOfAddress.FORMAL].subject.replace(marker("GREETING"), "…")
                for language, compiled in edition.languages.items()
            },
            began_at=send.start_at or send.requested_at,
            ended_at=ended_at,
            counts=together(chunk.counts for chunk in self._sends.chunks(send.id)),
            comparison=send.comparison,
            policy=self._records.policy_in_force(),
            topics=tuple(topic.id for topic in self._taxonomy().topics),
            named="supporters" in asked,
            segment=segment,
            segment_categories=categories(parse(segment, None)) if segment else (),
            goal=send.terms.get("goal"),
        )


def recorded(send: Send) -> bool:
    """Whether the record of its end is kept; of a send to nobody there is none."""
    return not send.planned or send.item.get("recorded") == send.ended_at
