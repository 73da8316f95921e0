"""`/s/{token}`: what may be done with one's topics, clicks and opens. Asked plainly, nothing ticked, nothing implied.

A mail can be forwarded, so the page never shows what was chosen before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, fields, one
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.adapters.wordings import Question
from functions.domain.consent import Act, Ceiling, ConsentAnswer, ConsentRecord, Purpose, changes
from functions.domain.tokens import Power, read_page
from functions.pages.desk import ACTOR, Desk

SOURCE = "choices-page"
PARTS: Mapping[str, tuple[Purpose, ...]] = {
    "topics": (Purpose.DECLARED_TOPICS,),
    "clicks": (Purpose.OBSERVED_INTEREST,),
    "statistics": (Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL),
}
_ALL = tuple(p for part in PARTS.values() for p in part)
# What a browser's Global Privacy Control already says no to. Regulation (EU) 2024/900 art. 18(4)(a): a refusal by automated
# means is not asked over. Ticking topics is an act of one's own, so that question stays.
SILENCED = frozenset({Purpose.OBSERVED_INTEREST, Purpose.CLICK_MEASUREMENT, Purpose.OPEN_PIXEL})


@dataclass(frozen=True)
class Part:
    """One part of the page. `silent`: the browser answered already."""

    name: str
    heading: str
    questions: tuple[Question, ...]
    silent: bool


@dataclass(frozen=True)
class Answers:
    """What was posted, valid or not: yes or no per question answered, and the topics that were ticked."""

    given: Mapping[Purpose, str]
    ticked: frozenset[str]


NOTHING = Answers({}, frozenset())


def choices(desk: Desk, request: Request) -> Reply:
    """GET asks, POST records. Both for whoever holds the link; anybody else gets 404."""
    ref = read_page(desk.keyring, Power.CHOICES, request.path.get("token", ""))
    standing = desk.book.standing(ref.supporter) if ref else None
    if standing is None:
        return desk.gone(request)
    if request.method != "POST":
        return _ask(desk, request, desk.voice(request, standing))
    form = fields(request)
    voice = desk.voice(request, standing, form)
    version = one(form, "wording")
    if not desk.wordings.known(version, "choices"):
        return _ask(desk, request, voice, status=422, errors={"page": "renewed"})
    if one(form, "stop"):
        return _stop(desk, request, standing, voice, version)
    return _answer(desk, request, standing, voice, version, form)


def asked(ceiling: Ceiling, topics: Collection[str], silent: bool) -> frozenset[Purpose]:
    """The questions whose answer would count here and now."""
    purposes = set(_ALL)
    if ceiling is Ceiling.EDITORIAL:
        return frozenset()
    if ceiling is Ceiling.DECLARED:
        purposes.discard(Purpose.OBSERVED_INTEREST)
    if not topics:
        purposes.discard(Purpose.DECLARED_TOPICS)
    return frozenset(purposes - SILENCED if silent else purposes)


def _silent(request: Request) -> bool:
    return request.headers.get("sec-gpc", "").strip() == "1"


def _ask(
    desk: Desk,
    request: Request,
    voice: Voice,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    answers: Answers = NOTHING,
) -> Reply:
    version = desk.wordings.newest("choices")
    topics = [(topic.id, topic.name(voice.language)) for topic in desk.topics.taxonomy().topics]
    words = desk.pages.words(voice)
    html = desk.pages.render(
        "choices",
        voice,
        wording=version,
        parts=_parts(desk, request, voice, version, [topic for topic, _ in topics]),
        topics=topics,
        errors={field: words["errors"][reason] for field, reason in (errors or {}).items()},
        given=answers.given,
        ticked=answers.ticked,
        stop=desk.wordings.button(version, "stop", voice),
    )
    return desk.reply(request, status, html)


def _parts(desk: Desk, request: Request, voice: Voice, version: str, topics: Sequence[str]) -> list[Part]:
    words = desk.pages.words(voice)["choices"]
    questions = desk.wordings.questions(version, voice)
    meaningful = asked(desk.ceiling, topics, silent=False)
    now = asked(desk.ceiling, topics, _silent(request))
    parts = []
    for name, purposes in PARTS.items():
        if held := [p for p in purposes if p in meaningful]:
            spoken = tuple(questions[p] for p in held if p in now)
            parts.append(Part(name, words[f"part_{name}"], spoken, silent=not spoken))
    return parts


def _answer(desk: Desk, request: Request, standing: Standing, voice: Voice, version: str, form: Fields) -> Reply:
    known = {topic.id: topic.name(voice.language) for topic in desk.topics.taxonomy().topics}
    open_now = asked(desk.ceiling, known, _silent(request))
    # A no is taken always, a yes only to a question that was open.
    given = {p: one(form, p) for p in _ALL if one(form, p) == "no" or (one(form, p) == "yes" and p in open_now)}
    answers = Answers(given, frozenset(form.get("topics", ())) & known.keys())
    if error := _contradiction(answers, open_now):
        return _ask(desk, request, voice, status=422, errors={Purpose.DECLARED_TOPICS: error}, answers=answers)
    questions = desk.wordings.questions(version, voice)
    said = [ConsentAnswer(p, word == "yes", questions[p].wording, questions[p].sha256) for p, word in given.items()]
    topics = answers.ticked if given.get(Purpose.DECLARED_TOPICS) == "yes" else None
    _record(desk, request, standing, voice, said, topics)
    words = desk.pages.words(voice)["saved"]
    shown = [(questions[p].title, questions[p].yes if word == "yes" else questions[p].no) for p, word in given.items()]
    if topics:
        shown.insert(1, (words["chosen_topics"], ", ".join(name for topic, name in known.items() if topic in topics)))
    html = desk.pages.render(
        "saved",
        voice,
        heading=words["title"] if given else words["nothing_title"],
        lead=words["intro"] if given else words["nothing"],
        answers=shown,
    )
    return desk.reply(request, 200, html)


def _contradiction(answers: Answers, open_now: Collection[Purpose]) -> str | None:
    """What the person has to clear up first: consent is never guessed."""
    word = answers.given.get(Purpose.DECLARED_TOPICS)
    if word is None and answers.ticked and Purpose.DECLARED_TOPICS in open_now:
        return "topics_without_yes"
    return "yes_without_topics" if word == "yes" and not answers.ticked else None


def _stop(desk: Desk, request: Request, standing: Standing, voice: Voice, version: str) -> Reply:
    """Take back everything but the newsletter itself."""
    button = desk.wordings.button(version, "stop", voice)
    said = [ConsentAnswer(p, False, button.wording, button.sha256) for p in _ALL]
    _record(desk, request, standing, voice, said, None)
    words = desk.pages.words(voice)["saved"]
    html = desk.pages.render("saved", voice, heading=words["stopped_title"], lead=words["stopped"], answers=[])
    return desk.reply(request, 200, html)


def _record(
    desk: Desk, request: Request, standing: Standing, voice: Voice, said: Sequence[ConsentAnswer], topics: frozenset[str] | None
) -> None:
    def decide(now: Standing, at: int) -> Change:
        records = changes(
            now.consents,
            said,
            supporter=now.supporter,
            at=at,
            language=voice.language,
            source=SOURCE,
            actor=ACTOR,
            new_id=desk.new_id,
        )
        return Change([*records, *_refusals(desk, now, voice, said, at)], topics)

    after = desk.book.change(standing.supporter, decide, request.at_ms)
    if not all(answer.yes for answer in said):
        desk.forget(after)


def _refusals(desk: Desk, now: Standing, voice: Voice, said: Sequence[ConsentAnswer], at: int) -> list[ConsentRecord]:
    """A first no to what was never allowed is kept too, so that nobody is asked over it; the same no again adds nothing."""
    noes = [answer for answer in said if not answer.yes and not now.consents.granted(answer.purpose)]
    if not noes:
        return []
    last = {record.purpose: record.act for record in desk.book.records(now.supporter)}
    return [
        ConsentRecord(
            desk.new_id(),
            now.supporter,
            answer.purpose,
            Act.REFUSED,
            at,
            answer.wording,
            answer.wording_sha256,
            voice.language,
            SOURCE,
            ACTOR,
        )
        for answer in noes
        if last.get(answer.purpose, Act.GRANTED) is Act.GRANTED
    ]
