"""What one can do on one's own page. Each act changes the state once, however often it is posted, and says what changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from functions.adapters.asking import ACTOR
from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, one
from functions.adapters.pages import Voice, spoken
from functions.adapters.replies import Request
from functions.domain.asking import EVERY, NOTHING, Answers, contradiction
from functions.domain.consent import ConsentAnswer, ConsentRecord, Purpose, SuppressionReason, changes
from functions.domain.edition import MailingList
from functions.domain.pausing import RHYTHMS, PauseError, pause_until
from functions.domain.supporter import LANGUAGES, FormOfAddress, clean_name
from functions.my.desk import Desk
from functions.my.mine import day_in_words, mine_of, tokens_about

SOURCE = "my-mail"


@dataclass(frozen=True)
class Visit:
    """One posted form: whose, in which voice, with which version of the wording."""

    desk: Desk
    request: Request
    standing: Standing
    voice: Voice
    form: Fields

    @property
    def version(self) -> str:
        return one(self.form, "wording")

    def change(self, decide: Callable[[Standing, int], Change]) -> tuple[Standing, Standing]:
        """The state before and after, where nobody else changed it in between."""
        seen: list[Standing] = []

        def noting(now: Standing, at: int) -> Change:
            seen.append(now)
            return decide(now, at)

        after = self.desk.book.change(self.standing.supporter, noting, self.request.at_ms)
        return (seen[-1], after) if after else (self.standing, self.standing)

    def name(self, topic: str) -> str:
        return self.desk.names(self.voice).get(topic, topic)


@dataclass(frozen=True)
class Said:
    """What the page tells after a post: a key of its words with values, and the answers that changed.

    `field`: where it went wrong (then nothing changed); `ask`: the topic whose yes needs consent first.
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[tuple[str, str], ...] = ()
    field: str = ""
    ask: str = ""
    answers: Answers = NOTHING


NOTHING_CHANGED = Said("nothing")


def choices(visit: Visit) -> Said:
    """The purposes, yes or no, and the topics one ticks."""
    desk = visit.desk
    if not desk.wordings.known(visit.version, "choices"):
        return Said("renewed", field="page")
    answers = desk.answers(visit.request, visit.form)
    if wrong := contradiction(answers, desk.open_now(visit.request)):
        return Said(wrong, field=Purpose.DECLARED_TOPICS, answers=answers)
    said = desk.said(answers, visit.voice, visit.version)
    topics = answers.ticked if answers.given.get(Purpose.DECLARED_TOPICS) == "yes" else None
    before, after = visit.change(
        lambda now, at: Change(_proof(visit, now, said, at), topics, put={"muted": mine_of(now).muted - (topics or frozenset())})
    )
    if not all(answer.yes for answer in said):
        desk.forget(after)
    changed = _changed(visit, before, after)
    return Said("saved", changed=changed) if changed else NOTHING_CHANGED


def stop(visit: Visit) -> Said:
    """Take back everything but the newsletter itself."""
    desk = visit.desk
    button = desk.wordings.button(desk.wordings.newest("choices"), "stop", visit.voice)
    held = [Purpose.ANSWERS] if visit.standing.consents.granted(Purpose.ANSWERS) else []
    said = [ConsentAnswer(p, False, button.wording, button.sha256) for p in (*EVERY, *held)]
    _, after = visit.change(lambda now, at: Change(_proof(visit, now, said, at)))
    desk.forget(after)
    return Said("stopped")


def answers(visit: Visit) -> Said:
    """Take back that answers to polls are kept; they go with it. What was counted stays a number without a name."""
    desk = visit.desk
    button = desk.wordings.button(desk.wordings.newest("answers"), "forget", visit.voice)
    said = [ConsentAnswer(Purpose.ANSWERS, False, button.wording, button.sha256)]
    before, after = visit.change(lambda now, at: Change(_changes(visit, now, said, at)))
    desk.forget(after)
    return NOTHING_CHANGED if before.version == after.version else Said("answers")


def interest(visit: Visit) -> Said:
    """Is this interest right? Yes makes it a topic one chose, no removes and mutes it, reset forgets its clicks."""
    topic, word = one(visit.form, "topic"), one(visit.form, "word")
    if topic not in visit.desk.names(visit.voice) or word not in ("yes", "no", "reset"):
        return NOTHING_CHANGED
    if word == "yes":
        return _declare(visit, topic)
    before, after = visit.change(lambda now, at: _unlearned(visit, now, frozenset({topic}), mute=word == "no"))
    _forget_events(visit, after, frozenset({topic}))
    if before.version == after.version:
        return NOTHING_CHANGED
    return Said("removed" if word == "no" else "reset", {"topic": visit.name(topic)})


def reset(visit: Visit) -> Said:
    """Forget every click that taught something."""
    before, after = visit.change(lambda now, at: Change(put={"clicks": None, "tags": None}))
    _forget_events(visit, after, None)
    return NOTHING_CHANGED if before.version == after.version else Said("reset_all")


def mute(visit: Visit) -> Said:
    """The topics that clicks shall say nothing about: exactly those that were ticked. One that was chosen cannot be among them."""
    ticked = frozenset(visit.form.get("muted", ())) & visit.desk.names(visit.voice).keys()

    def decide(now: Standing, at: int) -> Change:
        change = _unlearned(visit, now, ticked - now.topics, mute=True)
        return Change(put={**change.put, "muted": ticked - now.topics}, drop=change.drop)

    before, after = visit.change(decide)
    _forget_events(visit, after, ticked)
    return NOTHING_CHANGED if before.version == after.version else Said("muted")


def pause(visit: Visit) -> Said:
    """No mail for a while."""
    if one(visit.form, "how") == "resume":
        before, after = visit.change(lambda now, at: Change(put={"paused_until": None}))
        return NOTHING_CHANGED if before.version == after.version else Said("resumed")
    try:
        until = pause_until(one(visit.form, "how"), one(visit.form, "day"), visit.request.at_ms)
    except PauseError as wrong:
        return Said(f"pause_{wrong}", field="pause")
    visit.change(lambda now, at: Change(put={"paused_until": until}))
    return Said("paused", {"day": day_in_words(visit.desk, visit.voice, until)})


def rhythm(visit: Visit) -> Said:
    """Fewer mails, or as they come."""
    name = one(visit.form, "rhythm")
    if name not in RHYTHMS:
        return NOTHING_CHANGED
    cap = RHYTHMS[name]
    before, after = visit.change(lambda now, at: Change(put={"at_most": cap.said() if cap else None}))
    return NOTHING_CHANGED if before.version == after.version else Said(f"rhythm_{name}")


def profile(visit: Visit) -> Said:
    """Name, language and form of address. What changes is from now on the supporter's own word: an import leaves it alone."""
    typed = one(visit.form, "name")[:400]
    name = clean_name(typed)
    if typed.strip() and not name:
        return Said("name_refused", field="name")
    told = {"name": name, "language": one(visit.form, "speak"), "form": one(visit.form, "address_as")}
    if told["language"] not in LANGUAGES or told["form"] not in set(FormOfAddress):
        return NOTHING_CHANGED

    def decide(now: Standing, at: int) -> Change:
        new = {field: value for field, value in told.items() if now.more.get(field, "") != value}
        sources = {**now.more.get("sources", {}), **dict.fromkeys(new, ACTOR)}
        return Change(put={**new, "sources": sources} if new else {})

    before, after = visit.change(decide)
    return NOTHING_CHANGED if before.version == after.version else Said("profile")


def leave(visit: Visit) -> Said:
    """One list, or with `everything` all of them and all that was allowed besides: the same as the unsubscribe page does."""
    desk, wanted = visit.desk, one(visit.form, "list")
    everything, mailing_list = wanted == "everything", desk.lists.by_id(*visit.standing.consents.newsletter).get(wanted)
    version = desk.wordings.newest("unsubscribe")
    name = list_name(mailing_list, visit.voice) if mailing_list else wanted
    if not everything and wanted not in visit.standing.consents.newsletter:
        return NOTHING_CHANGED
    button = desk.wordings.button(version, "everything" if everything else "list", visit.voice, list=name)
    purposes = list(Purpose) if everything else [Purpose.NEWSLETTER]
    said = [
        ConsentAnswer(p, False, button.wording, button.sha256, wanted if p is Purpose.NEWSLETTER and not everything else None)
        for p in purposes
    ]
    suppress = SuppressionReason.UNSUBSCRIBED if everything else None
    _, after = visit.change(lambda now, at: Change(_changes(visit, now, said, at), suppress=suppress))
    if everything:
        desk.forget(after)
    return Said("left_all" if everything else "left", {"list": name})


ACTS: Mapping[str, Callable[[Visit], Said]] = {
    "choices": choices,
    "stop": stop,
    "answers": answers,
    "interest": interest,
    "reset": reset,
    "mute": mute,
    "pause": pause,
    "rhythm": rhythm,
    "profile": profile,
    "leave": leave,
}


def list_name(mailing_list: MailingList, voice: Voice) -> str:
    return spoken(mailing_list.names, voice, mailing_list.id)


def _declare(visit: Visit, topic: str) -> Said:
    """Make it a topic one chose; where that was never allowed, ask for it on the spot, with its wording."""
    desk, purpose = visit.desk, Purpose.DECLARED_TOPICS
    said: list[ConsentAnswer] = []
    if not visit.standing.consents.granted(purpose):
        word = one(visit.form, purpose)
        if purpose not in desk.open_now(visit.request):
            return NOTHING_CHANGED
        if word not in ("yes", "no") or not desk.wordings.known(visit.version, "choices"):
            return Said("", ask=topic)
        said = desk.said(Answers({purpose: word}, frozenset()), visit.voice, visit.version)
    if not all(answer.yes for answer in said):
        visit.change(lambda now, at: Change(_proof(visit, now, said, at)))
        return Said("not_declared", {"topic": visit.name(topic)})

    ticked = frozenset(visit.form.get("topics", ())) & desk.names(visit.voice).keys() if said else frozenset()
    chosen = ticked or frozenset({topic})  # the question comes with all topics, this one ticked

    def decide(now: Standing, at: int) -> Change:
        records = _proof(visit, now, said, at)
        if not said and not now.consents.granted(purpose):  # taken back in another window
            return Change()
        return Change(records, now.topics | chosen, put={"muted": mine_of(now).muted - chosen})

    _, after = visit.change(decide)
    return Said("declared", {"topic": visit.name(topic)}) if topic in after.topics else NOTHING_CHANGED


def _unlearned(visit: Visit, now: Standing, topics: frozenset[str], *, mute: bool) -> Change:
    """Without the clicks and tags of these topics; with `mute` for good."""
    mine = mine_of(now)
    tags = [tag for tag in now.more.get("tags", ()) if tag["topic"] not in topics]
    return Change(
        put={**({"tags": tags} if "tags" in now.more else {}), **({"muted": mine.muted | topics} if mute else {})},
        drop={"clicks": tokens_about(mine, visit.desk.topics.taxonomy().codes(topics))},
    )


def _forget_events(visit: Visit, after: Standing, topics: frozenset[str] | None) -> None:
    """Delete the events that were kept only to learn these topics from."""
    grant = after.consents.grants.get(Purpose.OBSERVED_INTEREST)
    if grant:
        codes = None if topics is None else visit.desk.topics.taxonomy().codes(topics)
        visit.desk.events.unlearn(after.supporter, frozenset(after.consents.grants.values()), grant, codes)


def _proof(visit: Visit, now: Standing, said: list[ConsentAnswer], at: int) -> list[ConsentRecord]:
    records = visit.desk.proof(now, said, visit.voice, SOURCE, at)
    return [*records, *visit.desk.signal(visit.request, now, visit.voice, at)]


def _changes(visit: Visit, now: Standing, said: list[ConsentAnswer], at: int) -> list[ConsentRecord]:
    return changes(
        now.consents,
        said,
        supporter=now.supporter,
        at=at,
        language=visit.voice.language,
        source=SOURCE,
        actor=ACTOR,
        new_id=visit.desk.new_id,
    )


def _changed(visit: Visit, before: Standing, after: Standing) -> tuple[tuple[str, str], ...]:
    """Question and answer of each purpose whose state changed, and the topics where they did."""
    questions = visit.desk.wordings.questions(visit.version, visit.voice)
    found = []
    for purpose in EVERY:
        if before.consents.granted(purpose) != after.consents.granted(purpose):
            q = questions[purpose]
            found.append((q.title, q.yes if after.consents.granted(purpose) else q.no))
    if after.topics and before.topics != after.topics:
        words = visit.desk.pages.words(visit.voice)["saved"]
        names = visit.desk.names(visit.voice)
        found.append((words["chosen_topics"], ", ".join(name for topic, name in names.items() if topic in after.topics)))
    return tuple(found)
