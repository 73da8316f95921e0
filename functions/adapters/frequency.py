"""How often a supporter was mailed lately, over all sends: what a frequency cap asks.

Two sends that reach one supporter in the same second may each miss the other: the index tells a moment later.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from functions.adapters.audience import BATCH, Audience
from functions.adapters.items import Item
from functions.adapters.messages import Messages
from functions.adapters.sends import Send, Sends
from functions.domain.cap import Cap
from functions.domain.correction import may_have_got
from functions.domain.send import MessageState

SAMPLE = 200  # supporters asked about, to reckon how many of an audience a cap would leave out
READERS = 8


class Frequency:
    """Reads the messages by supporter. Sends are read once each: make a new one for every visit or request."""

    def __init__(self, messages: Messages, sends: Sends) -> None:
        self._messages, self._sends = messages, sends
        self._known: dict[str, Send | None] = {}

    def capped(self, supporter: str, caps: Sequence[Cap], now_ms: int, but: str = "") -> bool:
        """Whether one more mail now would be more than any of these caps allows. Mails of the send `but` do not count.

        Costs one query of keys, and a read of each row of a send that may have mailed within the longest of the caps.
        """
        if not caps:
            return False
        since = min(cap.since(now_ms) for cap in caps)
        chunks = [key for key in self._messages.chunks(supporter) if self._counts(key.partition("#")[0], since, but)]
        if len(chunks) < min(cap.mails for cap in caps):
            return False
        mailed_at = [row.get("sent_at") or row["at"] for row in self._messages.rows(supporter, chunks) if _got(row)]
        return any(cap.reached(mailed_at, now_ms) for cap in caps)

    def requests(self, supporter: str, mailing_list: str, but: str) -> int:
        """How many mails of this list asked them for consent, as far back as the ledger goes, without those of the send `but`."""
        chunks = [key for key in self._messages.chunks(supporter) if self._asked(key.partition("#")[0], mailing_list, but)]
        return sum(_got(row) for row in self._messages.rows(supporter, chunks, consistent=True))

    def _asked(self, send: str, mailing_list: str, but: str) -> bool:
        found = self._send(send) if send != but else None
        return found is not None and found.list == mailing_list and bool(found.terms.get("request"))

    def _send(self, send: str) -> Send | None:
        if send not in self._known:
            self._known[send] = self._sends.get(send)
        return self._known[send]

    def _counts(self, send: str, since: int, but: str) -> bool:
        """Whether this send may have mailed anybody since then. Test sends do not count."""
        if send == but:
            return False
        found = self._send(send)
        return found is not None and not found.item.get("test") and (found.ended_at is None or found.ended_at > since)


def _got(row: Item) -> bool:
    return may_have_got(MessageState(row["state"]), row.get("reason", ""), "delivered_at" in row)


def how_many_capped(audience: Audience, frequency: Frequency, ids: Sequence[str], cap: Cap | None, now_ms: int) -> int:
    """How many of these supporters a send under this cap would skip as `capped` now, each one's own wish included.

    Of more than `SAMPLE`, the first so many stand for all (ids are random). Who is gone is not counted.
    """
    looked_at = ids[:SAMPLE]

    def too_many(at: int) -> int:
        readers = audience.read(looked_at[at : at + BATCH]).values()
        wishes = ((reader.supporter.id, [c for c in (cap, reader.at_most) if c]) for reader in readers)
        with ThreadPoolExecutor(READERS) as pool:
            return sum(pool.map(lambda wish: frequency.capped(wish[0], wish[1], now_ms), wishes))

    found = sum(too_many(at) for at in range(0, len(looked_at), BATCH))
    return round(found * len(ids) / len(looked_at)) if looked_at else 0
