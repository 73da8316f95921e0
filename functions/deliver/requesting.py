"""Who may be mailed to ask for consent: read from the proof of consent and from the ledger, at the moment of mailing."""

from typing import Protocol

from functions.adapters.frequency import Frequency
from functions.adapters.sends import Send
from functions.domain.asking import Request, may_request
from functions.domain.consent import ConsentRecord, Consents


class Proof(Protocol):
    def records(self, supporter: str) -> list[ConsentRecord]: ...


class Requesting:
    """One send during one visit. For a send that does not ask, it reads nothing."""

    def __init__(self, proof: Proof, frequency: Frequency, send: Send) -> None:
        self._proof, self._frequency, self._send = proof, frequency, send
        self._request = request_of(send)

    def may_go(self, supporter: str, consents: Consents, now_ms: int) -> bool:
        """Whether this supporter may be asked now: two queries, and a read of each mail that asked before."""
        if self._request is None:
            return True
        if consents.young or not may_request(self._proof.records(supporter), now_ms):
            return False
        return self._frequency.requests(supporter, self._send.list, but=self._send.id) == self._request.comes_after


def request_of(send: Send) -> Request | None:
    """Whether this send asks for consent, and as which mail of the series."""
    return Request(send.terms["request"]) if send.terms.get("request") else None
