"""What the party must not forget: the yearly risk assessment, questions that are due, the sign-off of its topics."""

from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters import templates
from functions.adapters.catalogue import Entry
from functions.domain.duties import due_at, hours_left, reminder
from functions.domain.hours import zone_of
from functions.domain.ids import from_bytes
from functions.staff_api import things
from functions.staff_api.electing import the_calendar
from functions.staff_api.models import ID, AnsweredBody, AssessmentBody, QuestionBody
from functions.staff_api.problems import field_error
from functions.staff_api.results import AssessmentDue, DutiesShown, QuestionShown, Saved
from functions.staff_api.routes import new_router
from functions.staff_api.routes.signing import topics_signed
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["duties"]
ASSESSMENT, QUESTION = "risk-assessment", "question"
AHEAD_MS = 60_000  # a clock that is a little fast


@router.get("/v1/duties", summary="What is due: risk assessment, questions, sign-offs", tags=TAG)
def get_duties() -> DutiesShown:
    """Questions not answered yet come first, the one that is due soonest on top."""
    now, calendar = now_ms(), the_calendar()
    made = sorted(wiring().catalogue.all(ASSESSMENT), key=lambda entry: entry.id)
    asked = [_question(entry, now) for entry in wiring().catalogue.all(QUESTION)]
    last, election = (made[-1] if made else None), calendar.last_month(now)
    found = reminder(date.fromisoformat(last.id) if last else None, _day(now))
    return DutiesShown(
        risk_assessment=AssessmentDue(
            last=last.id if last else None,
            reference=last.body["reference"] if last else None,
            url=last.body["url"] if last else None,
            due=found.due.isoformat() if found.due else None,
            days_left=found.days_left,
            warning=found.warning,
        ),
        questions=sorted(asked, key=lambda question: (question.answered is not None, question.due)),
        topics_signed=topics_signed(),
        last_month=election.name if election else None,
    )


@router.post("/v1/risk-assessments", summary="Record that the yearly risk assessment was made", tags=TAG)
def record_assessment(made: AssessmentBody) -> Saved:
    """One a day; the same again changes nothing."""
    if made.date > _day(now_ms()):
        raise field_error("date", "lies ahead")
    id_ = made.date.isoformat()
    return things.save(
        ASSESSMENT, id_, made.model_dump(mode="json", exclude={"date"}), wiring().catalogue.get(ASSESSMENT, id_), None
    )


@router.post("/v1/questions", summary="Record a question of an authority, or of somebody who may ask", tags=TAG)
def record_question(asked: QuestionBody) -> QuestionShown:
    """Due in 8 working days, in the last month before an election in 48 hours. The same again is the same question."""
    received = int(asked.received.timestamp() * 1000)
    if not 0 <= received <= now_ms() + AHEAD_MS:
        raise field_error("received", "lies ahead, or before 1970")
    named = f"{received}|{asked.from_}|{asked.kind}|{asked.reference}"
    id_ = from_bytes(blake2b(named.encode(), digest_size=6, person=b"question").digest())
    old = wiring().catalogue.get(QUESTION, id_)
    if old is None:
        due = due_at(received, the_calendar(), zone_of(templates.habits().timezone))
        body = {"received": received, "from": asked.from_, "kind": asked.kind, "reference": asked.reference, "due": due}
        things.save(QUESTION, id_, body, None, None)
    return _question(things.read(QUESTION, id_), now_ms())


@router.post("/v1/questions/<question>/answered", summary="Record that a question was answered", tags=TAG)
def answer_question(question: Annotated[str, Path(pattern=ID)], answer: AnsweredBody) -> QuestionShown:
    """The first answer counts."""
    old = things.read(QUESTION, question)
    if "answered" not in old.body:
        at = int(answer.answered.timestamp() * 1000)
        if not old.body["received"] <= at <= now_ms() + AHEAD_MS:
            raise field_error("answered", "is before it was received, or lies ahead")
        things.save(QUESTION, question, {**old.body, "answered": at}, old, None)
    return _question(things.read(QUESTION, question), now_ms())


def _question(entry: Entry, now: int) -> QuestionShown:
    body = entry.body
    answered = body.get("answered")
    return QuestionShown(
        question=entry.id,
        received=body["received"],
        from_=body["from"],
        kind=body["kind"],
        reference=body["reference"],
        due=body["due"],
        answered=answered,
        hours_left=None if answered else hours_left(body["due"], now),
        late=(answered or now) > body["due"],
    )


def _day(now: int) -> date:
    return datetime.fromtimestamp(now / 1000, UTC).date()
