"""`/m/{token}/data`: what is kept of one, to see, take along, have put right, or have erased. Opens with a fresh link alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from functions.adapters.forms import fields, one
from functions.adapters.pages import Voice
from functions.adapters.replies import Reply, Request
from functions.domain.consent import Act, Purpose
from functions.domain.erasure import Erased
from functions.domain.supporter import LANGUAGES
from functions.domain.tokens import Power, read_short
from functions.my.acts import list_name
from functions.my.desk import POSTS, Desk, Opened, allowed, fresh_page, opened
from functions.my.erase import confirm_erase, erase, erased_page
from functions.my.export import everything
from functions.my.mine import day_in_words, mine_of

SHOWN = 10  # mails, and looks of staff; the file has them all
ACTS: Mapping[str, Callable[[Desk, Request, Opened, Voice], Reply]] = {
    "erase": confirm_erase,
    "erase-now": erase,
}
Words = Mapping[str, Any]


def my_data(desk: Desk, request: Request) -> Reply:
    """GET shows, POST does; for whoever holds a fresh link. Who was erased sees their receipt while the link works."""
    form = fields(request) if request.method == "POST" else {}
    if gone := _erased(desk, request):
        return erased_page(desk, request, desk.voice(request, None, form), gone)
    door = opened(desk, request)
    if not isinstance(door, Opened):
        return door
    voice = desk.voice(request, door.standing, form)
    if request.method == "POST" and not allowed(desk, "my", door.standing.supporter, POSTS, request):
        return desk.reply(request, 429, fresh_page(desk, voice, "busy"))
    act = ACTS.get(one(form, "do"))
    return act(desk, request, door, voice) if act else _show(desk, request, door, voice)


def _erased(desk: Desk, request: Request) -> Erased | None:
    ref = read_short(desk.keyring, Power.FRESH, request.path.get("token", ""))
    if ref is None or ref.ended(request.at_ms / 1000):
        return None
    gone = desk.erasing.erased(ref.id)
    if gone and request.method == "POST":  # an attempt that broke off is finished by the same post
        desk.erasing.clean(ref.id)
    return gone


def _show(desk: Desk, request: Request, door: Opened, voice: Voice) -> Reply:
    held = everything(desk, door.standing.supporter, request.at_ms)
    words = desk.pages.words(voice)["my_data"]
    html = desk.pages.render(
        "my-data",
        voice,
        texts={"minutes": str(door.minutes), "address": mine_of(door.standing).address},
        token=request.path["token"],
        profile=_profile(desk, voice, words, held["profile"]),
        consents=_consents(desk, voice, words, held["consents"]),
        interests=_interests(desk, voice, words, held),
        messages=_messages(desk, voice, words, held["messages"][:SHOWN]),
        looked=_looked(desk, voice, words, held["looked_at"][-SHOWN:]),
        suppressed=[words["suppressed"].get(row["reason"], row["reason"]) for row in held["suppressions"]],
    )
    return desk.reply(request, 200, html)


def _profile(desk: Desk, voice: Voice, words: Words, profile: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """Name of the field, value, where it came from."""
    said, shown = words["profile"], []
    named = {"form": desk.pages.words(voice)["my_mail"]["profile"], "stage": said}
    for name, field in profile.items():
        value = named[name].get(f"as_{field['value']}", field["value"]) if name in named else field["value"]
        if name == "language":
            value = desk.pages.words(Voice(value, voice.form))["language"] if value in LANGUAGES else value
        source = field["source"].partition(":")[0]
        shown.append((said.get(name, name), value, said["source"].replace("{from}", said.get(f"by_{source}", field["source"]))))
    return shown


def _consents(desk: Desk, voice: Voice, words: Words, records: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """The day, what it was about, and what was said."""
    said, lists = words["consents"], desk.lists.by_id(*(record["list"] for record in records if record.get("list")))
    questions = desk.wordings.questions(desk.wordings.newest("choices"), voice)
    shown = []
    for record in records:
        about = record["purpose"]
        if about == Purpose.NEWSLETTER:
            known = lists.get(record.get("list") or "")
            about = said["newsletter"].replace("{list}", list_name(known, voice)) if known else record.get("list") or said["every"]
        elif about in set(Purpose) and Purpose(about) in questions:
            about = questions[Purpose(about)].title
        act = said[record["act"]] if record["act"] in set(Act) else record["act"]
        shown.append((day_in_words(desk, voice, record["at"]), about, act))
    return shown


def _interests(desk: Desk, voice: Voice, words: Words, held: Mapping[str, Any]) -> list[tuple[str, str]]:
    said, names = words["interests"], desk.names(voice)
    topics = ", ".join(names.get(topic, topic) for topic in held["topics"])
    tags = ", ".join(names.get(tag["topic"], tag["topic"]) for tag in held["interests"])
    return [
        (said["topics"], topics or said["none"]),
        (said["tags"], tags or said["none"]),
        (said["clicks"], str(len(held["clicks"]))),
        (said["events"], str(len(held["events"]))),
        (said["opened"], day_in_words(desk, voice, held["last_opened"]) if held["last_opened"] else said["none"]),
    ]


def _messages(
    desk: Desk, voice: Voice, words: Words, messages: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str, list[str], str]]:
    """The day, what became of it, each block with its reason, and the send."""
    said = words["messages"]
    return [
        (
            day_in_words(desk, voice, message["at"]),
            said["states"].get(message["state"], said["states"]["other"]),
            [f"{block['block']}: {said['reasons'].get(block['reason'], block['reason'])}" for block in message["blocks"]],
            message["send"],
        )
        for message in messages
    ]


def _looked(desk: Desk, voice: Voice, words: Words, entries: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    changes = ("created", "changed", "erased")
    return [
        (day_in_words(desk, voice, entry["at"]), words["looked"]["changed" if entry["action"].endswith(changes) else "read"])
        for entry in reversed(entries)
    ]
