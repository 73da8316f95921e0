"""The party's public policy on choosing by personal data: every version stays, because records name the one of their day."""

from typing import Any

from functions.staff_api import things
from functions.staff_api.models import PolicyBody
from functions.staff_api.results import Saved
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["set-up"]


@router.get("/v1/policies", summary="Every version of the public policy", tags=TAG)
def get_policies() -> dict[str, Any]:
    return {"policies": [things.shown(entry) for entry in wiring().catalogue.all("policy")]}


@router.post("/v1/policies", summary="Put a new version of the public policy", tags=TAG)
def post_policy(policy: PolicyBody) -> Saved:
    """In force from now on, at /policy. The same texts as the newest version change nothing."""
    body, every = policy.model_dump(mode="json"), wiring().catalogue.all("policy")
    newest = every[-1] if every else None
    if newest and wiring().catalogue.same(newest, body):
        return Saved(id=newest.id, version=newest.version, changed=False)
    return things.save("policy", f"{int(newest.id) + 1 if newest else 1:05d}", body, None, None)
