"""What staff get back."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from functions.domain.calendar import Period
from functions.domain.rights import RequestKind
from functions.staff_api.report_results import Cost, Report
from functions.staff_api.report_results import Group as Group


class Saved(BaseModel):
    """`version` counts the changes; `changed` is false when it was so already."""

    id: str
    version: int
    changed: bool


class Rejected(BaseModel):
    """`row` as a spreadsheet counts: the header is row 1."""

    row: int
    column: str
    reason: str


class SuppressionsTaken(BaseModel):
    """How many addresses are suppressed from now on (`added`), were before, or could not be read."""

    rows: int
    added: int
    unchanged: int
    rejected: int
    rejections: list[Rejected]


class NoneExist(BaseModel):
    confirmed: bool


class ImportAccepted(BaseModel):
    """With `upload_url`: PUT the file there with Content-Type text/csv within an hour, then start the import."""

    id: str = Field(serialization_alias="import")
    upload_url: str | None = None


class ImportStatus(BaseModel):
    """Rows = imported + updated + unchanged + suppressed + rejected; `left`: rows whose list the supporter had left.

    Of `kind` "suppressions" (which have no list) `imported` counts addresses that may be mailed no more from now on.
    `next_after`: ask again with `after` for the rejections that follow.
    """

    id: str = Field(serialization_alias="import")
    kind: str
    list: str | None
    source: str
    state: str
    reason: str
    requested_at: int
    rows: int
    imported: int
    updated: int
    unchanged: int
    suppressed: int
    rejected: int
    left: int
    rejections: tuple[Rejected, ...]
    next_after: int | None = None


class ImportsShown(BaseModel):
    imports: list[ImportStatus]
    next_after: str | None


class SupporterTaken(BaseModel):
    """`outcome`: imported (new), updated, unchanged or suppressed (stays out). `left`: lists they left; only they can come back."""

    supporter: str | None
    outcome: str
    left: list[str]


class AttributeShown(BaseModel):
    value: str
    source: str


class ConsentShown(BaseModel):
    """One record of the proof. `at` is epoch ms."""

    id: str
    purpose: str
    act: str
    at: int
    list: str | None
    wording: str
    wording_sha256: str
    language: str
    source: str
    actor: str
    proof: dict[str, str]


class TagShown(BaseModel):
    topic: str
    since: int


class SupporterShown(BaseModel):
    """One person's profile. Times are epoch ms; `suppressed` is the reason why they are not mailed, if so."""

    supporter: str
    state: str
    address: str
    external_id: str | None
    name: str
    language: str
    form: str
    attributes: dict[str, AttributeShown]
    stage: AttributeShown | None
    newsletter: list[str]
    purposes: list[str]
    topics: list[str]
    tags: list[TagShown]
    clicks: int
    suppressed: str | None
    created: int
    updated: int
    version: int
    consents: list[ConsentShown]


class PictureTaken(BaseModel):
    picture: str
    width: int
    height: int
    url: str


class EditionMade(BaseModel):
    edition: str
    version: int


class LinkShown(BaseModel):
    n: int
    url: str
    block: str | None


class Prepared(BaseModel):
    """`version` names exactly this content; a send needs it. `max_bytes` of HTML is the largest mail any choice can give."""

    version: str
    max_bytes: int
    warnings: tuple[str, ...]
    links: list[LinkShown]


class AmendmentShown(BaseModel):
    """Link `n` led to `old` and shall lead to `new`, which counts once `state` is approved. Times are epoch ms."""

    id: str
    n: int
    old: str
    new: str
    reason: str
    state: str
    proposed_by: str
    proposed_at: int
    decided_by: str | None
    decided_at: int | None


class LinkNow(LinkShown):
    """`url` as it was compiled; `leads_to` as it is now."""

    leads_to: str


class AmendmentsShown(BaseModel):
    """The links of the edition as it was sent, and the history of their amendments in the order of proposing."""

    links: list[LinkNow]
    amendments: list[AmendmentShown]


class SegmentCount(BaseModel):
    """`left_out`: consent is missing, so it is not known whether they match; `missing` says which (one may lack several).

    With `estimate`, only the first `looked_at` (in hundreds) of the list were looked at; they are in no order.
    """

    segment: str
    version: int
    list: str
    matched: Group
    not_matched: Group
    left_out: Group
    missing: dict[str, Group]
    estimate: bool
    looked_at: int | None = None
    categories: tuple[str, ...]


class SignOffShown(BaseModel):
    """Of the topics as they are now; `taxonomy` is the SHA-256 that was signed. `needed`: this stage asks for it."""

    topics_version: int
    taxonomy: str
    put_by: str | None
    signed_by: str | None
    signed_at: int | None
    needed: bool


class AssessmentDue(BaseModel):
    """Days as "2026-11-22". `warning`: null while one of the last 365 days is recorded."""

    last: str | None
    reference: str | None
    url: str | None
    due: str | None
    days_left: int | None
    warning: str | None


class QuestionShown(BaseModel):
    """Times are epoch ms. `hours_left`: below zero when it is late; null once it is answered."""

    question: str
    received: int
    from_: str = Field(serialization_alias="from")
    kind: str
    reference: str
    due: int
    answered: int | None
    hours_left: int | None
    late: bool


class DutiesShown(BaseModel):
    """`last_month`: the election whose last month it is."""

    risk_assessment: AssessmentDue
    questions: list[QuestionShown]
    topics_signed: bool
    last_month: str | None


class SegmentFrozen(BaseModel):
    """A segment as it was when the send was requested."""

    id: str
    version: int
    segment: dict[str, Any]


class SendAccepted(BaseModel):
    """`waits_for`: why nothing happens before a second person approves it."""

    send: str
    state: str
    waits_for: str | None = None


class ApprovalShown(BaseModel):
    """Of a personalised send in the last month before an election. `at`: epoch ms."""

    why: str
    by: str | None = None
    at: int | None = None


class PeriodShown(BaseModel):
    """From `start` up to, not including, `end`: epoch ms."""

    start: int
    end: int

    @classmethod
    def of(cls, period: Period) -> "PeriodShown":
        return cls(start=period.start, end=period.end)


class ElectionShown(BaseModel):
    name: str
    country: str
    polling_days: list[str]
    last_month: PeriodShown
    silence: list[PeriodShown]


class CalendarShown(BaseModel):
    """`silence` and `last_month`: what holds at this moment."""

    elections: list[ElectionShown]
    silence: str | None
    last_month: str | None


class CourseShown(BaseModel):
    """Of a send with a start time, a seed batch or a spread: the first `released` of those planned may be mailed by now.

    `day` counts from 1. `more_at`: when the next day begins, in epoch ms; null when nobody is left for it, or the send rests.
    """

    released: int
    day: int
    more_at: int | None


class SendShown(BaseModel):
    """`report` is for people; `messages` counts them by state ("skipped:suppressed": why). `open` = planned without a final state.

    `links`: `clicks` on the link that is the same for everybody, of all sends of the edition, and `personal_clicks`, of this send
    and by those who let their clicks be counted; each shown from 10 up. Of a send to a segment, `left_out` says of how many it was
    not known whether they match, because consent is missing: "people", and by purpose. A correction is for those whom the send
    named by `got` reached. Times are epoch ms.
    """

    send: str
    edition: str
    edition_version: str
    list: str
    state: str
    reason: str | None
    comparison: float
    requested_by: str
    requested_at: int
    start_at: int | None
    ended_at: int | None
    terms: dict[str, Any] = {}
    course: CourseShown | None = None
    planned: int
    chunks: int
    segment: SegmentFrozen | None = None
    got: str | None = None
    left_out: dict[str, Group] | None = None
    approval: ApprovalShown | None = None
    report: Report | None = None
    messages: dict[str, int] | None = None
    open: int | None = None
    links: tuple[dict[str, Any], ...] | None = None


class SendsShown(BaseModel):
    sends: list[SendShown]
    next_after: str | None


class DryRun(BaseModel):
    """What SES would be asked for. `rate`: mails a second; `quota_left`: null without a limit, and less what other sends mail.

    Null in all of SES's when it does not answer at this moment. `minutes` at its full rate, or at the `pace` you asked for;
    `through_at` (epoch ms) with the hours and the days on which the send mails, null with a seed batch, after which you say when
    it goes on. `offers`: where it does not fit, the `spread` (and `start_at`) that would, and how many days that takes. Of a
    segment no group under ten is told, what follows from its size is as if it had ten, and `left_out` says of how many it is not
    known whether they match, because consent is missing: "people", and by purpose.
    """

    recipients: Group
    skipped: dict[str, Group]
    left_out: dict[str, Group] | None = None
    exact: bool
    rate: float | None
    pace: float | None
    minutes: float | None
    through_at: int | None
    quota_left: int | None
    fits_today: bool | None
    offers: list[dict[str, Any]] = []
    cost: Cost


class UnknownMessage(BaseModel):
    """`at`: when SES was called; `reason`: what happened instead of an answer. Times are epoch ms."""

    supporter: str
    at: int
    reason: str | None


class UnknownShown(BaseModel):
    """`next_after`: ask again with `after` for those that follow."""

    unknown: list[UnknownMessage]
    next_after: str | None = None


class UnknownDecided(BaseModel):
    """`decided`: how many it was done for. `more`: ask again; there are more, or a delivery was at work on some."""

    decided: int
    more: bool


class MailedMessage(BaseModel):
    """`at`: when it was decided to mail this supporter or not; `reason`: why not, or SES's words. Times are epoch ms."""

    send: str
    edition: str | None
    list: str | None
    state: str
    reason: str | None
    at: int
    sent_at: int | None
    delivered_at: int | None
    ses_id: str | None


class MailedShown(BaseModel):
    supporter: str
    messages: list[MailedMessage]


class ErasedShown(BaseModel):
    """`receipt` is the number the person can be given; `erased_at` epoch ms."""

    supporter: str
    erased_at: int
    receipt: str


class RightsRequest(BaseModel):
    """`days_left` until and with `due`; None once it is closed."""

    request: str
    kind: RequestKind
    supporter: str
    received: date
    due: date
    days_left: int | None
    overdue: bool
    closed: date | None = None
    note: str | None = None


class RightsRequests(BaseModel):
    """`overdue`: of all, also those that come after `next_after`."""

    requests: list[RightsRequest]
    overdue: int
    next_after: str | None


class Holding(BaseModel):
    """`people` is None where they are fewer than ten. `basis`: the purpose that was asked for, or why else it may be kept."""

    what: str
    described: str | None
    people: int | None
    basis: str


class Kept(BaseModel):
    """`days` None: it has no end of its own."""

    what: str
    days: int | None
    basis: str


class DataProtection(BaseModel):
    supporters: int | None
    erased: int | None
    exact: bool
    lists: list[Holding]
    purposes: list[Holding]
    stored: list[Holding]
    kept: list[Kept]


class TestSent(BaseModel):
    __test__ = False

    sent: list[str]
    failed: list[str]
