"""`/m/{token}`: one's own mail, as it stands and as one wants it. The page opens with a fresh link alone, so it may show all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from functions.adapters.consents import Standing
from functions.adapters.forms import fields, one
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.asking import EVERY
from functions.domain.consent import Ceiling, EventKind, Purpose
from functions.domain.pausing import LONGEST_DAYS, RHYTHMS, WEEKS, rhythm_of
from functions.my.acts import ACTS, NOTHING_CHANGED, Said, Visit, list_name
from functions.my.desk import POSTS, Desk, Opened, allowed, fresh_page, opened
from functions.my.mine import clicks_of, day_in_words, interests, learning, mine_of, pause_end

# What else there is: word and path. Of one's own pages those that are there.
LINKS = (("data", "/m/{token}/data"), ("policy", "/policy"))


def my_mail(desk: Desk, request: Request) -> Reply:
    """GET shows, POST changes and shows what it changed; for whoever holds a fresh link."""
    door = opened(desk, request)
    if not isinstance(door, Opened):
        return door
    if door.standing.consents.young:
        desk = replace(desk, ceiling=Ceiling.EDITORIAL)
    if request.method != "POST":
        return _show(desk, request, door, desk.voice(request, door.standing), None)
    if not allowed(desk, "my", door.standing.supporter, POSTS, request):
        return desk.reply(request, 429, fresh_page(desk, desk.voice(request, door.standing), "busy"))
    form = fields(request)
    visit = Visit(desk, request, door.standing, desk.voice(request, door.standing, form), form)
    act = ACTS.get(one(form, "do"))
    said = act(visit) if act else NOTHING_CHANGED
    standing = desk.book.standing(door.standing.supporter)
    if standing is None:  # erased meanwhile
        return desk.gone(request)
    voice = Voice(standing.language, standing.form) if said.key == "profile" else visit.voice
    return _show(desk, request, replace(door, standing=standing), voice, said)


def _show(desk: Desk, request: Request, door: Opened, voice: Voice, said: Said | None) -> Reply:
    standing, now_ms, token = door.standing, request.at_ms, request.path["token"]
    mine, version, names = mine_of(standing), desk.wordings.newest("choices"), desk.names(voice)
    held = [purpose for purpose in EVERY if standing.consents.granted(purpose)]
    kept = _kept(desk, standing, now_ms)
    end, today = pause_end(mine, now_ms), datetime.fromtimestamp(now_ms / 1000, UTC).date()
    answers = said.answers if said and said.answers.given else None
    html = desk.pages.render(
        "my-mail",
        voice,
        texts={
            "minutes": str(door.minutes),
            "address": mine.address,
            "clicks": str(len(clicks_of(mine, now_ms))),
            "day": day_in_words(desk, voice, end) if end else "",
            "topic": names.get(said.ask, "") if said else "",
        },
        said=said,
        message=_message(desk, voice, said),
        wording=version,
        learning=learning(desk, standing),
        interests=interests(desk, standing, voice, now_ms),
        answers=("yes", "no") if {*held, *desk.open_now(request)} & {Purpose.DECLARED_TOPICS} else ("no",),
        stored=len(mine.tokens),
        ask=_asked(desk, voice, version, said),
        muted=mine.muted,
        mutable=[(topic, name) for topic, name in names.items() if topic not in standing.topics],
        parts=desk.parts(request, voice, version, held),
        topics=list(names.items()),
        given=answers.given if answers else dict.fromkeys(held, "yes"),
        ticked=answers.ticked if answers else standing.topics,
        stop=desk.wordings.button(version, "stop", voice) if held or kept else None,
        own_answers=kept,
        forget=desk.wordings.button(desk.wordings.newest("answers"), "forget", voice),
        paused=end is not None,
        weeks=WEEKS,
        first_day=(today + timedelta(days=1)).isoformat(),
        last_day=(today + timedelta(days=LONGEST_DAYS - 1)).isoformat(),
        rhythm=rhythm_of(mine.at_most),
        rhythms=list(RHYTHMS),
        own_name=mine.name,
        speaks=standing.language,
        addressed=standing.form.value,
        lists=_lists(desk, standing, voice),
        everything=desk.wordings.button(desk.wordings.newest("unsubscribe"), "everything", voice),
        links=_links(desk, voice, token),
    )
    return desk.reply(request, 422 if said and said.field else 200, html)


def _kept(desk: Desk, standing: Standing, now_ms: int) -> list[tuple[str, str]]:
    """Questions and answers that they let us keep, the newest first."""
    if not standing.consents.granted(Purpose.ANSWERS):
        return []
    found = [e for e in desk.events.of(standing.supporter) if e.kind is EventKind.ANSWERED and e.expires * 1000 > now_ms]
    return [(event.extra["question"], event.extra["answer"]) for event in reversed(found)]


def _message(desk: Desk, voice: Voice, said: Said | None) -> str:
    """What the post came to, in words."""
    if said is None or not said.key:
        return ""
    words = desk.pages.words(voice, **said.values)
    found: str = words["errors"].get(said.key) or words["my_mail"]["said"][said.key]
    return found


def _asked(desk: Desk, voice: Voice, version: str, said: Said | None) -> dict[str, object] | None:
    """The question that a yes still needs, with its wording."""
    if said is None or not said.ask:
        return None
    return {"topic": said.ask, "question": desk.wordings.questions(version, voice)[Purpose.DECLARED_TOPICS]}


def _lists(desk: Desk, standing: Standing, voice: Voice) -> list[tuple[str, str, str]]:
    """The lists one is on: staff's name for it, its name, and its button."""
    known, version = desk.lists.by_id(*standing.consents.newsletter), desk.wordings.newest("unsubscribe")
    found = []
    for id_ in sorted(standing.consents.newsletter):
        name = list_name(known[id_], voice) if id_ in known else id_
        found.append((id_, name, desk.wordings.button(version, "list", voice, list=name).button))
    return found


def _links(desk: Desk, voice: Voice, token: str) -> list[tuple[str, str]]:
    words = desk.pages.words(voice)["my_mail"]["links"]
    there = [(word, path) for word, path in LINKS if path in desk.paths or "{token}" not in path]
    return [(words[word], f"{path.format(token=token)}?language={voice.language}") for word, path in there]
