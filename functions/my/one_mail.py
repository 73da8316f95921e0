"""`/m/{token}/mails/{send}`: one mail of one's own. What each block rested on then, as far as it is kept, and what was left out.

*Why do I see this?* tells the kind of reason to whoever holds the mail; this is for who opened a fresh link.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from functions.adapters.pages import Voice, in_figures
from functions.adapters.replies import Reply, Request
from functions.adapters.sent_mails import SentMail
from functions.domain.assembly import titles
from functions.domain.consent import Purpose
from functions.domain.evidence import Clicked, Kept, Profile, Rested, allowed_since, left_out, rested
from functions.domain.ids import is_id
from functions.domain.selection import Reason
from functions.domain.slots import marker
from functions.domain.tokens import PageRef
from functions.domain.why import KINDS, Why, about, why
from functions.my.acts import list_name
from functions.my.desk import Desk, Opened, opened
from functions.my.mine import day_in_words, mine_of

Words = Mapping[str, Any]


def one_mail(desk: Desk, request: Request) -> Reply:
    """GET and HEAD alone; nothing is recorded. 410 for a mail of which nothing is kept, and for one that was never theirs."""
    door = opened(desk, request)
    if not isinstance(door, Opened):
        return door
    voice, send = desk.voice(request, door.standing), request.path.get("send", "")
    ref = PageRef(door.standing.supporter, "", send)
    mail = desk.sent.find(ref, request.at_ms // 1000) if is_id(send) else None
    if mail is None:
        return desk.reply(request, 410, desk.pages.render("no-more", voice, token=request.path["token"], own=True))
    return desk.reply(request, 200, _page(desk, request, door, voice, mail))


def _page(desk: Desk, request: Request, door: Opened, voice: Voice, mail: SentMail) -> str:
    recipe, muted = mail.recipe, desk.topics.taxonomy().codes(mine_of(door.standing).muted)
    told = why(mail.edition, recipe, mail.send.audience)
    compiled = mail.edition.languages[recipe.language]
    named = titles(compiled, recipe.form) or [entry.block for entry in mail.edition.entries]
    texts = {"minutes": str(door.minutes), "address": mine_of(door.standing).address}
    return desk.pages.render(
        "one-mail",
        voice,
        texts=texts | _texts(desk, voice, mail, told),
        token=request.path["token"],
        mail_language=recipe.language,
        subject=compiled.cut[recipe.form].subject.replace(marker("GREETING"), recipe.greeting),
        blocks=[(named[n], kind, said) for n, kind, said in _blocks(desk, request, door, voice, mail)],
        left_out=[(named[index], kind.value) for index, kind in left_out(mail.edition, recipe, muted)],
        recipe=recipe,
        told=told,
        planned=about(mail.send.planned),
        record=mail.send.id if "recorded" in mail.send.item else "",
    )


def _blocks(desk: Desk, request: Request, door: Opened, voice: Voice, mail: SentMail) -> list[tuple[int, str, list[str]]]:
    """Each block with its kind of reason, and the evidence in words."""
    records = desk.book.records(door.standing.supporter)
    learning = allowed_since(records, Purpose.OBSERVED_INTEREST, request.at_ms)
    profile = Profile(mine_of(door.standing).tokens, learning / 1000 if learning else None, request.at_ms / 1000)
    since = {
        purpose: day_in_words(desk, voice, at)
        for purpose in (Purpose.DECLARED_TOPICS, Purpose.OBSERVED_INTEREST)
        if (at := allowed_since(records, purpose, mail.row["at"]))
    }
    writer = _Writer(desk, voice, mail, since, door.standing.topics)
    found = rested(mail.edition, mail.recipe, profile, mail.send.requested_at / 1000)
    return [(block.index, KINDS[block.reason], writer.evidence(block)) for block in found]


def _texts(desk: Desk, voice: Voice, mail: SentMail, told: Why) -> dict[str, str]:
    words: Words = desk.pages.words(voice)
    known = desk.lists.by_id().get(mail.send.list)
    return {
        "day": day_in_words(desk, voice, mail.row["at"]),
        "offered": str(told.offered),
        "shown": str(len(told.blocks)),
        "list": list_name(known, voice) if known else words["unsubscribe"]["this_list"],
        "parameters": ", ".join(words["why"]["categories"].get(name, name) for name in told.parameters),
        "people": in_figures(about(mail.send.planned) or 0, voice),
    }


class _Writer:
    """Puts evidence into words. `since`: on which day the consent was given that stood then; `ticked`: topics ticked now."""

    def __init__(self, desk: Desk, voice: Voice, mail: SentMail, since: Mapping[Purpose, str], ticked: frozenset[str]) -> None:
        self._desk, self._voice, self._mail, self._since, self._ticked = desk, voice, mail, since, ticked

    def evidence(self, block: Rested) -> list[str]:
        """Sentences, in the order to read them in."""
        if block.reason is Reason.DECLARED:
            return self._declared(block)
        if block.reason is Reason.OBSERVED:
            return self._observed(block)
        values = {
            "place": str(block.index + 1),
            "offered": str(len(self._mail.edition.entries)),
            "topics": self._names(block.topics),
        }
        kind = KINDS[block.reason]
        return [self._said(f"{kind}_plain" if kind == "new" and not block.topics else kind, **values)]

    def _declared(self, block: Rested) -> list[str]:
        taxonomy = self._desk.topics.taxonomy()
        still = [code for code in block.topics if (topic := taxonomy.by_code(code)) and topic.id in self._ticked]
        said = [self._said("declared_some" if len(block.topics) > 1 else "declared", topics=self._names(block.topics))]
        if not still:
            said.append(self._said("no_longer"))
        elif len(block.topics) > 1:
            said.append(self._said("still", topics=self._names(still)))
        return [*said, *self._allowed(Purpose.DECLARED_TOPICS)]

    def _observed(self, block: Rested) -> list[str]:
        said = [sentence for clicked in block.clicked for sentence in self._clicked(clicked)]
        left = [] if block.kept is Kept.WHOLE else [self._said(str(block.kept))]
        return [*said, *left, *self._allowed(Purpose.OBSERVED_INTEREST)]

    def _clicked(self, clicked: Clicked) -> list[str]:
        values = {name: str(getattr(clicked, name)) for name in ("clicks", "mails", "shown")}
        since = day_in_words(self._desk, self._voice, clicked.since_s * 1000)
        said = [self._said("observed", topic=self._names([clicked.topic]), since=since, **values)]
        if clicked.times:
            times = f"{clicked.times:.1f}"
            said.append(self._said("times", times=times if self._voice.language == "en" else times.replace(".", ",")))
        return said

    def _allowed(self, purpose: Purpose) -> list[str]:
        return [self._said("allowed", since=self._since[purpose])] if purpose in self._since else []

    def _names(self, codes: Iterable[str]) -> str:
        taxonomy = self._desk.topics.taxonomy()
        known = [taxonomy.by_code(code) for code in codes]
        unknown: str = self._desk.pages.words(self._voice)["one_mail"]["no_topic"]
        return ", ".join(topic.name(self._voice.language) if topic else unknown for topic in known)

    def _said(self, key: str, **values: str) -> str:
        sentence: str = self._desk.pages.words(self._voice, **values)["one_mail"]["evidence"][key]
        return sentence
