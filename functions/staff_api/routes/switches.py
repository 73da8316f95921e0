"""The kill switch: every mail editorial, nothing recorded, nothing learned, at once and for everybody."""

from typing import Any

from functions.adapters.ceilings import SWITCH
from functions.staff_api import things
from functions.staff_api.models import SwitchBody
from functions.staff_api.problems import Problem
from functions.staff_api.request import caller
from functions.staff_api.results import Saved
from functions.staff_api.roles import Role
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["set-up"]
ON = {"on": True, "reason": "never switched off"}


@router.get("/v1/switches/personalisation", summary="Whether mails are personalised at all", tags=TAG)
def get_switch() -> dict[str, Any]:
    entry = wiring().catalogue.get(*SWITCH)
    return things.shown(entry) if entry else {"id": SWITCH[1], **ON, "version": 0, "updated": 0}


@router.put("/v1/switches/personalisation", summary="Switch personalisation off, or on again", tags=TAG)
def put_switch(switch: SwitchBody) -> Saved:
    """Off holds everywhere within half a minute, for sends under way too; links in mails already out go on working and record
    nothing. What was learned is kept. On again needs the role admin.
    """
    if switch.on and Role.ADMIN not in caller().roles:
        raise Problem(403, "missing-role", "Switching personalisation on again needs the role admin.")
    old = wiring().catalogue.get(*SWITCH)
    return things.save(*SWITCH, switch.written(), old, switch.version)
