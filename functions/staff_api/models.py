"""What staff send: the bodies of the API's requests, checked at the edge. Domain rules are checked by the domain."""

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, StringConstraints, model_validator

from functions.domain.cap import MOST_DAYS
from functions.domain.edition import BlockKind
from functions.domain.rights import RequestKind
from functions.domain.send_pace import MOST as MOST_PACE
from functions.domain.stage import Stage
from functions.domain.supporter import FormOfAddress, normalise_address
from functions.staff_api.course_body import SeedBody, SpreadBody
from functions.staff_api.goal_body import GoalBody

ID = r"^[A-Za-z0-9_-]{8}$"
SLUG = r"^[a-z0-9][a-z0-9-]{0,39}$"
PICTURE = r"^[A-Za-z0-9_-]{16}$"

LATEST = 4_102_444_800_000  # the year 2100 in epoch ms


def _one_line(text: str) -> str:
    """A name stands in the header of a mail, or in a line of one."""
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise ValueError("must be one line, without control characters")
    return text


Language = Literal["nl", "en", "fr"]
Id = Annotated[str, StringConstraints(pattern=ID)]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Line = Annotated[str, StringConstraints(max_length=500)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_one_line)]
Markdown = Annotated[str, StringConstraints(max_length=20_000)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Address = Annotated[str, StringConstraints(max_length=320), AfterValidator(normalise_address)]
Attributes = dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")], Name]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Written(Body):
    """What can be put back as it was read: then `version` must still be the one that is stored."""

    id: str | None = None
    version: int | None = Field(None, description="The version you read: refused when it changed since.")
    updated: int | None = None

    def written(self) -> dict[str, Any]:
        """The fields that staff own."""
        return self.model_dump(mode="json", exclude={"id", "version", "updated"})


class TopicBody(Body):
    id: Slug
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]$")] = Field(description="One character, for good.")
    names: dict[Language, Name]


class TopicsBody(Written):
    topics: Annotated[list[TopicBody], Field(min_length=1, max_length=60)]

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"topics": [{"id": "climate", "code": "c", "names": {"nl": "Klimaat", "en": "Climate", "fr": "Climat"}}]}
        },
    )


class ListBody(Written):
    names: Annotated[dict[Language, Name], Field(min_length=1)]
    code: Id | None = Field(None, description="Read only: given once, carried by every unsubscribe link.")
    sender_name: Name = Field(description="The person who signs.")
    sender_address: Address = Field(description="At the deployment's `sender_domain`, or a subdomain of it.")
    reply_to: Address = Field(description="An address that a person reads.")
    signature: dict[Language, Markdown] = {}
    portrait: Annotated[str, StringConstraints(pattern=PICTURE)] | None = Field(None, description="A picture's id.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "names": {"nl": "Nieuwsbrief", "en": "Newsletter"},
                "sender_name": "Noor de Wit",
                "sender_address": "noor@partijvoormorgen.example",
                "reply_to": "noor@partijvoormorgen.example",
                "signature": {"nl": "Noor de Wit, lijsttrekker", "en": "Noor de Wit, party leader"},
            }
        },
    )


class PolicyBody(Body):
    texts: Annotated[dict[Language, Markdown], Field(min_length=1)] = Field(description="Markdown, in plain language.")


class SignOffBody(Body):
    version: StrictInt = Field(description="Of the topics, as you read them.")
    neutral: Literal[True] = Field(description="They are subject matter: none says what a person is, believes or will vote.")


class AssessmentBody(Body):
    date: date
    reference: Name = Field(description="Where the party keeps it.")
    url: Annotated[str, StringConstraints(pattern=r"^https://", max_length=500)] = Field(
        description="Where its results are public."
    )


class QuestionBody(Body):
    """Who asks is an authority or an organisation: a person who asks for their own data has a page for it."""

    received: AwareDatetime
    from_: Name = Field(alias="from")
    kind: Literal["authority", "interested"] = Field(
        description="An authority; or a researcher, journalist, observer (art. 17, 20)."
    )
    reference: Line = ""


class AnsweredBody(Body):
    answered: AwareDatetime


class WelcomeBody(Written):
    subject: dict[Language, Name] = Field(description="Per language; empty, with `text`: no welcome.")
    text: dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=20_000)]] = Field(description="Markdown.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"subject": {"nl": "Welkom"}, "text": {"nl": "Fijn dat je **meeleest**. Noor"}}},
    )


class SwitchBody(Written):
    on: bool
    reason: Name = Field(description="Why, for the audit log and whoever asks later.")


class LayoutBody(Written):
    mjml: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class AnswerBody(Body):
    text: Line
    url: Line = Field("", description="Where it leads. Left out in all of a poll's answers: each is given in one click.")


class BlockTextBody(Body):
    title: Line = ""
    text: Markdown = ""
    button: Line = ""
    url: Annotated[str, StringConstraints(max_length=2_000)] = ""
    alt: Line = ""
    when: Line = ""
    where: Line = ""
    who: Line = ""
    answers: Annotated[list[AnswerBody], Field(max_length=6)] = []


class BlockBody(Written):
    kind: BlockKind
    topics: Annotated[list[Slug], Field(min_length=1, max_length=5)] = Field(description="The primary topic first.")
    texts: Annotated[dict[Language, BlockTextBody], Field(min_length=1)]
    picture: Annotated[str, StringConstraints(pattern=PICTURE)] | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "article",
                "topics": ["climate"],
                "texts": {
                    "nl": {"title": "Meer bomen", "text": "Wij planten **duizend** bomen.", "url": "https://example.org/bomen"}
                },
            }
        },
    )


class EntryBody(Body):
    block: Slug
    must: bool = Field(False, description="In every mail.")


class EditionBody(Written):
    name: Slug
    list: Slug
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=3)]
    subject: dict[Language, Line]
    preheader: dict[Language, Line] = {}
    opening: dict[Language, Markdown] = {}
    entries: Annotated[tuple[EntryBody, ...], Field(max_length=100)]
    show: Annotated[int, Field(ge=1, le=20)] = 8
    layout: Slug = "newsletter"
    utm: bool = True
    prepared: str | None = Field(None, description="Read only.")

    def written(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"id", "version", "updated", "prepared"})


class ProofBody(Body):
    """What the party has as proof of consent; kept with the consent record."""

    consent_at: Name | None = None
    consent_source: Name | None = None


class NewsletterBody(Body):
    lists: Annotated[list[Slug], Field(min_length=1, max_length=20)]
    proof: ProofBody = ProofBody()


class SupporterBody(Body):
    """What is left out stays as it is."""

    address: Address
    external_id: Name | None = None
    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    language: Language | None = None
    form: FormOfAddress | None = None
    attributes: Attributes = {}
    stage: Stage | None = Field(None, description="How far they stand behind you. What they said themselves stays.")
    newsletter: NewsletterBody | None = Field(None, description="Consent this person gave you; never given again once withdrawn.")


class EraseBody(Body):
    reason: Annotated[str, StringConstraints(min_length=3, max_length=200, strip_whitespace=True)] = Field(
        description="For the audit log, for example a file number. No address, no name."
    )

    @model_validator(mode="after")
    def _no_address(self) -> "EraseBody":
        if "@" in self.reason:
            raise ValueError("the reason is kept when the supporter is gone: no address in it")
        return self


class RightsBody(Body):
    kind: RequestKind
    supporter: Id
    received: date = Field(description="The day it came: the party has a month from then.")


class CloseBody(Body):
    note: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)] = Field(
        description="How it was met. No address, no name."
    )

    @model_validator(mode="after")
    def _no_address(self) -> "CloseBody":
        if "@" in self.note:
            raise ValueError("the note is kept for years: no address in it")
        return self


class SearchBody(Body):
    address: Address | None = None
    external_id: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> "SearchBody":
        if (self.address is None) == (self.external_id is None):
            raise ValueError("give address or external_id")
        return self


class SuppressionsBody(Body):
    """One of the two."""

    none_exist: Literal[True] | None = Field(None, description="There is nobody who must not be mailed.")
    upload: Literal[True] | None = Field(None, description="Ask for an address to upload a large file to.")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1, "maxProperties": 1})

    @model_validator(mode="after")
    def _one(self) -> "SuppressionsBody":
        if self.none_exist is self.upload:
            raise ValueError('must be {"none_exist": true} or {"upload": true}')
        return self


class ImportBody(Body):
    list: Slug
    source: Name = Field(description="Where the file comes from, for the consent records.")
    language: Language = "nl"
    upload: Literal[True] = True


class SegmentBody(Written):
    title: Line = ""
    segment: dict[str, Any] = Field(description="all, any, not, or a test on a field: docs/segments.md.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "title": "Utrecht, without members of this year",
                "segment": {"all": [{"field": "region", "is": "Utrecht"}, {"field": "joined_before", "is": "2026-01-01"}]},
            }
        },
    )


class CountBody(Body):
    list: Slug = Field(description="Count among those with newsletter consent for this list.")


class AudienceBody(Body):
    everyone: Literal[True] | None = None
    supporters: Annotated[list[Id], Field(max_length=10_000)] | None = None
    segment: Slug | None = Field(None, description="Those on the list who match this segment.")
    got: Id | None = Field(None, description="A correction: those whom this send reached or may have reached.")

    @model_validator(mode="after")
    def _one(self) -> "AudienceBody":
        if [self.everyone, self.supporters, self.segment, self.got].count(None) != 3:
            raise ValueError('give {"everyone": true}, {"supporters": [ids]}, {"segment": "its-id"} or {"got": "a send\'s id"}')
        return self

    def stored(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class WindowBody(Body):
    from_: ClockTime = Field(alias="from")
    to: ClockTime = Field(description="Earlier than `from`: on the next day.")

    model_config = ConfigDict(
        extra="forbid", serialize_by_alias=True, json_schema_extra={"example": {"from": "08:00", "to": "21:00"}}
    )


class CapBody(Body):
    mails: Annotated[StrictInt, Field(ge=1, le=1000)]
    days: Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)]

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"mails": 3, "days": 7}})


class AskedBody(Body):
    """What staff may ask of a send, and so of a dry run too."""

    audience: AudienceBody
    comparison: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = Field(
        0, description="Share of those who could be selected for that gets staff's order instead."
    )
    start_at: Annotated[StrictInt, Field(ge=0, le=LATEST)] | AwareDatetime | None = Field(
        None, description="Epoch ms, or ISO 8601 with its zone. The audience is frozen then, not before."
    )
    priority: Literal["low", "normal", "high"] | None = Field(
        None, description="While a send of a higher priority mails, lower ones wait. Normal when left out."
    )
    pace: Annotated[float, Field(gt=0, le=MOST_PACE, allow_inf_nan=False)] | None = Field(
        None, description="So many mails a second at most. As fast as SES lets the account when left out, and never faster."
    )
    goal: GoalBody | None = Field(None, description="What you hope for: the report answers it.")
    seed: SeedBody | None = Field(None, description="A batch that goes out first; then the send pauses until you let it go on.")
    spread: SpreadBody | None = Field(None, description="Over days: so many a day at most.")

    window: WindowBody | Literal["any"] | None = Field(
        None,
        description="Time of day at which each supporter may be mailed, where they live; the party's quiet hours hold as well. "
        '"any": at once, also in quiet hours. Urgent news alone.',
    )
    cap: CapBody | Literal["none"] | None = Field(
        None,
        description="Who had so many mails in so many days already is skipped as `capped`. Left out: the party's own cap. "
        '"none": must reach everybody; what a supporter asked for themselves holds all the same.',
    )

    vote_reminder: Literal[True] | None = Field(
        None, description="The same for everyone on a list, in staff's order: it may go out in an election silence too."
    )
    request: Literal["ask", "reminder"] | None = Field(
        None,
        description="The mail asks for consent: untracked, the same for everybody, and only for who may be asked. Once per list, "
        "with one reminder.",
    )

    def terms(self) -> dict[str, Any]:
        """What staff asked of this send beside its audience and its start, as it is kept with the send."""
        return self.model_dump(mode="json", exclude={"version", "audience", "comparison", "start_at"}, exclude_none=True)

    def starts(self) -> int | None:
        """Epoch ms; None: at once."""
        return int(self.start_at.timestamp() * 1000) if isinstance(self.start_at, datetime) else self.start_at


class SendBody(AskedBody):
    version: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="As `prepare` answered.")


class DryRunBody(AskedBody):
    """As a send, but for the version: nothing is sent."""


class AmendmentBody(Body):
    n: Annotated[StrictInt, Field(ge=0, le=99_999)] = Field(description="The link's number in the edition.")
    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] = Field(
        description="https, on one of the party's own domains; or the original address."
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(description="For who approves it.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"n": 3, "url": "https://www.example.org/stemmen", "reason": "The page has moved."}},
    )


class UnknownBody(Body):
    do: Literal["resend", "leave"] = Field(description="Mail them (some will get it twice), or leave it at that.")
    supporters: Annotated[list[Id], Field(min_length=1, max_length=1_000)] | None = Field(None, description="Only these.")


class TestSendBody(Body):
    __test__ = False

    to: Annotated[list[Address], Field(min_length=1, max_length=10)]
    supporter: Id | None = Field(None, description="Make it as this supporter would get it.")
    language: Language | None = None
