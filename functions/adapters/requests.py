"""A send as staff ask for it: made once, together with the note on the edition that it was, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.adapters.catalogue import Entry
from functions.adapters.models import CatalogueItem, SendItem, bound, connection
from functions.adapters.sends import TENDED
from functions.domain.send import SendState


@dataclass(frozen=True)
class Request:
    """What staff asked. `body_hash` is of the request's body; `requested_at` epoch ms."""

    send: str
    edition: str
    edition_version: str
    list: str
    audience: Mapping[str, Any]
    comparison: float
    body_hash: str
    requested_by: str
    requested_at: int
    start_at: int | None = None  # epoch ms; None: at once
    terms: Mapping[str, Any] = field(default_factory=dict)  # what staff asked beside that, by name
    expected: int | None = None  # mails, as counted before; None: nobody counted
    personal: bool = True  # whether it may select for somebody
    approval: str | None = None  # why a second person must approve it first


class Requests:
    """The table `sends` as it begins, and the edition's own item."""

    def __init__(self, sends_table: str, catalogue_table: str) -> None:
        self._sends, self._catalogue = bound(SendItem, sends_table), bound(CatalogueItem, catalogue_table)

    def make(self, request: Request, edition: Entry) -> bool:
        """Write the send. False when it is there already, or the edition was changed or sent since it was read."""
        unchanged = (CatalogueItem.version == edition.version) & (CatalogueItem.prepared == request.edition_version)
        unsent = CatalogueItem.sends == set(edition.sends) if edition.sends else CatalogueItem.sends.does_not_exist()
        item = self._sends(
            request.send,
            edition=request.edition,
            edition_version=request.edition_version,
            list=request.list,
            state=SendState.REQUESTED.value,
            body_hash=request.body_hash,
            audience=dict(request.audience),
            comparison=request.comparison,
            requested_by=request.requested_by,
            requested_at=request.requested_at,
            start_at=request.start_at,
            terms=dict(request.terms) or None,
            expected=request.expected,
            personal=request.personal,
            approval=request.approval,
            tended=TENDED,
        )
        try:
            with TransactWrite(connection=connection()) as write:
                write.save(item, condition=SendItem.send.does_not_exist())
                noted = self._catalogue("edition", request.edition)
                write.update(noted, actions=[CatalogueItem.sends.add({request.send})], condition=unchanged & unsent)
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            return False
        return True
