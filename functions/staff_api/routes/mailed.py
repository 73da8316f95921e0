"""What happened to one supporter's mail, over all sends."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters.items import Item
from functions.adapters.sends import Send
from functions.staff_api.models import ID
from functions.staff_api.problems import not_found
from functions.staff_api.request import caller
from functions.staff_api.results import MailedMessage, MailedShown
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["supporters"]
SHOWN = 100  # mails, the latest: some years of a monthly newsletter; rows are kept for 13 months


@router.get("/v1/supporters/<supporter>/messages", summary="What happened to one supporter's mail", tags=TAG)
def get_mailed(supporter: Annotated[str, Path(pattern=ID)]) -> MailedShown:
    """The latest first: each send that planned this supporter, whether it was mailed or why not. Written to the audit log.

    Also of one who is gone: the rows stay for their 13 months.
    """
    w = wiring()
    w.record(caller(), "supporter.messages-read", f"supporter#{supporter}")
    rows = sorted(w.messages.of(supporter), key=lambda row: -row["at"])[:SHOWN]
    if not rows and w.supporters.get(supporter) is None:
        raise not_found("supporter", supporter)
    sends = {id_: w.sends.get(id_) for id_ in {_send_of(row) for row in rows}}
    return MailedShown(supporter=supporter, messages=[_shown(row, sends[_send_of(row)]) for row in rows])


def _send_of(row: Item) -> str:
    return str(row["chunk"]).partition("#")[0]


def _shown(row: Item, send: Send | None) -> MailedMessage:
    return MailedMessage(
        send=_send_of(row),
        edition=send.edition if send else None,
        list=send.list if send else None,
        state=row["state"],
        reason=row.get("reason") or None,
        at=row["at"],
        sent_at=row.get("sent_at"),
        delivered_at=row.get("delivered_at"),
        ses_id=row.get("ses_id"),
    )
