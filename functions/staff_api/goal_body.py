"""What staff hope for of a send."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StringConstraints


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a day, as 2026-12-31") from None


class GoalBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"metric": "clicks_on:petition", "target": 2500, "by": "2026-12-31", "owner": "Noor"}},
    )

    metric: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="delivered, clicks, clicks_on:<block> or clicks_on:<number of a link>."
    )
    target: Annotated[StrictInt, Field(ge=1, le=1_000_000_000)]
    by: Annotated[str, StringConstraints(max_length=10), AfterValidator(_day)] = Field(
        description="The last day that counts (UTC)."
    )
    owner: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)] = Field(
        description="Who answers for it: a person of the staff."
    )
