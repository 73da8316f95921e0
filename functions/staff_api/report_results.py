"""What staff get back of a send's report."""

from typing import Literal

from pydantic import BaseModel

Group = int | Literal["fewer than 10"]  # so few could tell of a person


class Bounced(BaseModel):
    """`permanent`: the address does not exist or takes nothing; it is suppressed. `transient`: a full mailbox, for example."""

    permanent: int
    transient: int


class Rates(BaseModel):
    """Shares from 0 to 1: delivered and bounced of those sent, complained and unsubscribed of those delivered. Null of nothing."""

    delivered: float | None
    bounced: float | None
    complained: float | None
    unsubscribed: float | None


class GoalShown(BaseModel):
    """What was hoped for, and what came of it.

    `standing`: open (the day has not passed), reached, late (reached after the day) or missed. `value` is the value now,
    `value_by` the one noted when the day had passed (midnight UTC). Clicks are counted as far as they may be shown.
    """

    metric: str
    target: int
    by: str
    owner: str
    standing: Literal["open", "reached", "late", "missed"]
    on_time: bool | None
    value: Group
    value_by: Group | None


class PollAnswer(BaseModel):
    """How often an answer was given, by whoever got the mail; null under ten. Words are those of the edition's first language."""

    block: str
    question: str
    answer: str
    given: int | None


class Report(BaseModel):
    """`planned` = `open` + `skipped` + `failed` + `unknown` + `sent`;
    `sent` = `on_its_way` + `delivered` + `bounced` + `rejected`. Who complained was delivered to.

    `unsubscribed`: left the list by a mail of this send. `shared_clicks`: on links that are the same for everybody, of all sends of
    this edition; `personal_clicks`: of this send, by those who let their clicks be counted. `counted_at`: epoch ms, of the oldest
    count in it.
    """

    counted_at: int
    planned: int
    open: int
    skipped: int
    skipped_by: dict[str, int]
    failed: int
    failed_by: dict[str, int]
    unknown: int
    sent: int
    on_its_way: int
    delivered: int
    bounced: Bounced
    complained: int
    rejected: int
    unsubscribed: Group
    shared_clicks: Group
    personal_clicks: Group
    rates: Rates
    goal: GoalShown | None = None
    answers: tuple[PollAnswer, ...] = ()


class Leaving(BaseModel):
    """`reasons`: how many gave each; `said`: all of them, as far as it tells, by subtraction, of no fewer than ten."""

    list: str
    said: Group
    reasons: dict[str, Group]


class Cost(BaseModel):
    """US dollars at list prices, without tax: SES on either of its plans, the platform around it, and both together."""

    ses_a_la_carte: float
    ses_essentials: float
    platform: float
    a_la_carte: float
    essentials: float
    priced_on: str
    metered_on: str
