"""What staff ask of the course of a send: a seed batch first, and how many a day."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, field_validator, model_validator

DAYS = 60  # steps of a warm-up: AWS takes about 45 days for a dedicated address
Mails = Annotated[StrictInt, Field(ge=1, le=100_000_000)]


class SeedBody(BaseModel):
    """One of the two."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"share": 0.01}})

    share: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None = Field(
        None, description="Of those planned: 0.01 is 1 %."
    )
    people: Mails | None = Field(None, description="So many people.")

    @model_validator(mode="after")
    def _one(self) -> "SeedBody":
        if (self.share is None) == (self.people is None):
            raise ValueError('give {"share": 0.01} or {"people": 200}')
        return self


class SpreadBody(BaseModel):
    """One of the two. A day is 24 hours from the first mail on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"per_day": 5000}})

    per_day: Mails | None = Field(None, description="Mails at most each day.")
    warm_up: Annotated[list[Mails], Field(min_length=1, max_length=DAYS)] | None = Field(
        None, description="Mails at most on the first day, the second, and so on; the last number holds for all days after it."
    )

    @field_validator("warm_up")
    @classmethod
    def _rising(cls, caps: list[int] | None) -> list[int] | None:
        for before, cap in zip(caps or [], (caps or [])[1:], strict=False):
            if cap < before:
                raise ValueError(f"must not fall: {cap} comes after {before}")
        return caps

    @model_validator(mode="after")
    def _one(self) -> "SpreadBody":
        if (self.per_day is None) == (self.warm_up is None):
            raise ValueError('give {"per_day": 5000} or {"warm_up": [50, 100, 500]}')
        return self
