"""`/s/{token}`: what may be done with one's topics, clicks and opens. Asked plainly, nothing ticked, nothing implied.

A mail can be forwarded, so the page never shows what was chosen before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, fields, one
from functions.adapters.gate import busy
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.asking import EVERY, NOTHING, Answers, contradiction
from functions.domain.consent import Ceiling, ConsentAnswer, Purpose
from functions.domain.tokens import FRESH_MINUTES, Power, read_page
from functions.domain.topic import Topic
from functions.pages.desk import Desk

SOURCE = "choices-page"
REQUESTED = "request-mail"  # the same page, opened from a mail that asked for consent
# Of the supporter's item, for `Standing.more`.
READ = ("muted",)


def choices(desk: Desk, request: Request) -> Reply:
    """GET asks, POST records. Both for whoever holds the link; anybody else gets 404."""
    ref = read_page(desk.keyring, Power.CHOICES, request.path.get("token", ""))
    standing = desk.book.standing(ref.supporter) if ref else None
    if standing is None:
        return desk.gone(request)
    if standing.consents.young:
        desk = replace(desk, ceiling=Ceiling.EDITORIAL)
    if request.method != "POST":
        return _ask(desk, request, desk.voice(request, standing))
    form = fields(request)
    voice = desk.voice(request, standing, form)
    version = one(form, "wording")
    if not one(form, "stop") and not desk.gate.lets("choices", request):
        return busy(desk, request, voice)
    if not desk.wordings.known(version, "choices"):
        return _ask(desk, request, voice, status=422, errors={"page": "renewed"})
    if one(form, "stop"):
        return _stop(desk, request, standing, voice, version)
    return _answer(desk, request, standing, voice, version, form)


def _ask(
    desk: Desk,
    request: Request,
    voice: Voice,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    answers: Answers = NOTHING,
) -> Reply:
    version = desk.wordings.newest("choices")
    words = desk.pages.words(voice)
    names = desk.names(voice)
    tapped = _tapped(desk, request)
    topic = tapped.id if tapped else ""
    parts = desk.parts(request, voice, version)
    html = desk.pages.render(
        "choices",
        voice,
        texts={"minutes": str(FRESH_MINUTES), "topic": names.get(topic, "")},
        wording=version,
        parts=[part for part in parts if part.name != "topics"] if topic else parts,
        tapped=desk.wordings.questions(version, voice)[Purpose.DECLARED_TOPICS] if topic else None,
        topics=list(names.items()),
        errors={field: words["errors"][reason] for field, reason in (errors or {}).items()},
        given=answers.given,
        ticked=answers.ticked or ({topic} if not errors else ()),
        stop=desk.wordings.button(version, "stop", voice),
        token=request.path["token"],
        kept=f"t={tapped.code}&" if tapped else "",  # what the links to other languages keep
    )
    return desk.reply(request, status, html)


def _tapped(desk: Desk, request: Request) -> Topic | None:
    """The topic that was tapped in a mail, when the question about topics is asked. It shows, and records nothing.

    The address has its code, which says nothing to whoever sees the address. Mails of before have its name in `topic`.
    """
    taxonomy, asked = desk.topics.taxonomy(), request.query
    topic = taxonomy.by_code(asked.get("t", "")) or taxonomy.get(asked.get("topic", ""))
    return topic if Purpose.DECLARED_TOPICS in desk.open_now(request) else None


def _answer(desk: Desk, request: Request, standing: Standing, voice: Voice, version: str, form: Fields) -> Reply:
    answers = desk.answers(request, form)
    if error := contradiction(answers, desk.open_now(request)):
        return _ask(desk, request, voice, status=422, errors={Purpose.DECLARED_TOPICS: error}, answers=answers)
    topics = answers.ticked if answers.given.get(Purpose.DECLARED_TOPICS) == "yes" else None
    _record(desk, request, standing, voice, desk.said(answers, voice, version), topics, add=bool(one(form, "add")))
    _count_left_open(desk, request, standing, voice, version, answers)
    words = desk.pages.words(voice)["saved"]
    questions = desk.wordings.questions(version, voice)
    shown = [(questions[p].title, questions[p].yes if word == "yes" else questions[p].no) for p, word in answers.given.items()]
    if topics:
        names = desk.names(voice)
        shown.insert(1, (words["chosen_topics"], ", ".join(name for topic, name in names.items() if topic in topics)))
    html = desk.pages.render(
        "saved",
        voice,
        heading=words["title"] if answers.given else words["nothing_title"],
        lead=words["intro"] if answers.given else words["nothing"],
        answers=shown,
    )
    return desk.reply(request, 200, html)


def _stop(desk: Desk, request: Request, standing: Standing, voice: Voice, version: str) -> Reply:
    """Take back everything but the newsletter itself."""
    button = desk.wordings.button(version, "stop", voice)
    held = [Purpose.ANSWERS] if standing.consents.granted(Purpose.ANSWERS) else []
    said = [ConsentAnswer(p, False, button.wording, button.sha256) for p in (*EVERY, *held)]
    _record(desk, request, standing, voice, said, None)
    words = desk.pages.words(voice)["saved"]
    html = desk.pages.render("saved", voice, heading=words["stopped_title"], lead=words["stopped"], answers=[])
    return desk.reply(request, 200, html)


def _record(
    desk: Desk,
    request: Request,
    standing: Standing,
    voice: Voice,
    said: Sequence[ConsentAnswer],
    topics: frozenset[str] | None,
    add: bool = False,
) -> None:
    """`add`: to the topics chosen before, which a page that may be forwarded does not show. To choose a topic unmutes it."""

    source = _source(desk, request)

    def decide(now: Standing, at: int) -> Change:
        return Change(
            [*desk.proof(now, said, voice, source, at), *desk.signal(request, now, voice, at)],
            _with(now, topics) if add else topics,
            put={"muted": now.more.get("muted", frozenset()) - (topics or frozenset())},
        )

    after = desk.book.change(standing.supporter, decide, request.at_ms)
    if not all(answer.yes for answer in said):
        desk.forget(after)


def _source(desk: Desk, request: Request) -> str:
    ref = read_page(desk.keyring, Power.CHOICES, request.path.get("token", ""))
    return REQUESTED if ref and desk.sent.asks(ref.send) else SOURCE


def _count_left_open(desk: Desk, request: Request, standing: Standing, voice: Voice, version: str, answers: Answers) -> None:
    """Questions that stood on the form that was sent in, were not answered, and had no yes already: the page does not show one."""
    purposes = desk.open_now(request) - answers.given.keys() - standing.consents.grants.keys()
    try:
        for group in desk.left_open(purposes, voice, version, _source(desk, request)):
            desk.totals.count_left_open(group, request.id, request.at_ms // 1000)
    except Exception as error:  # whatever went wrong, what was answered is kept
        desk.failed("left open", error)


def _with(now: Standing, topics: frozenset[str] | None) -> frozenset[str] | None:
    return topics if topics is None else topics | now.topics
