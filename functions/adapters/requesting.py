"""Who may be mailed to ask for consent: read from the proof of consent and from the ledger, at the moment of mailing."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from functions.adapters.audience import BATCH, Audience
from functions.adapters.frequency import READERS, Frequency
from functions.adapters.sends import Send
from functions.domain.asking import Request, may_request
from functions.domain.consent import ConsentRecord, Consents


class Proof(Protocol):
    def records(self, supporter: str) -> list[ConsentRecord]: ...


class Requesting:
    """One send, during one visit or before there is one. For a send that does not ask, it reads nothing.

    `send`: its id, once it has one; the mails of that send do not count.
    """

    def __init__(self, proof: Proof, frequency: Frequency, request: Request | None, mailing_list: str, send: str = "") -> None:
        self._proof, self._frequency = proof, frequency
        self._request, self._list, self._send = request, mailing_list, send

    def may_go(self, supporter: str, consents: Consents, now_ms: int) -> bool:
        """Whether this supporter may be asked now: two queries, and a read of each mail that asked before."""
        if self._request is None:
            return True
        if consents.young or not may_request(self._proof.records(supporter), now_ms):
            return False
        return self._frequency.requests(supporter, self._list, but=self._send) == self._request.comes_after

    def how_many_not(self, audience: Audience, ids: Sequence[str], now_ms: int) -> int:
        """How many of these supporters may not be asked now. Who is gone is not counted."""
        with ThreadPoolExecutor(READERS) as pool:
            return sum(
                not may
                for at in range(0, len(ids), BATCH)
                for may in pool.map(
                    lambda reader: self.may_go(reader.supporter.id, reader.supporter.consents, now_ms),
                    audience.read(ids[at : at + BATCH]).values(),
                )
            )


def request_of(send: Send) -> Request | None:
    """Whether this send asks for consent, and as which mail of the series."""
    return Request(send.terms["request"]) if send.terms.get("request") else None
