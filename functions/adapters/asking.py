"""Asking for consent on a page and recording the answers: the same words, rules and proof on every page that asks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.adapters.consents import Change, Standing
from functions.adapters.forms import Fields, one
from functions.adapters.pages import Voice, spoken
from functions.adapters.replies import Request
from functions.adapters.site import Site
from functions.adapters.wordings import Question, Wordings, text_sha256
from functions.domain.asking import AUTOMATED, EVERY, PARTS, SIGNAL, SILENCED, Answers, asked, signalled
from functions.domain.consent import Act, Ceiling, ConsentAnswer, ConsentRecord, Purpose, changes
from functions.domain.consent_report import Group
from functions.domain.event import Event
from functions.domain.topic import Taxonomy

ACTOR = "supporter"


class Book(Protocol):
    def standing(self, supporter: str) -> Standing | None: ...
    def records(self, supporter: str) -> list[ConsentRecord]: ...
    def change(self, supporter: str, decide: Callable[[Standing, int], Change], now_ms: int) -> Standing | None: ...


class Seen(Protocol):
    def of(self, supporter: str) -> list[Event]: ...
    def forget(self, supporter: str, standing: Collection[str]) -> int: ...
    def unlearn(self, supporter: str, standing: Collection[str], grant: str, topics: Collection[str] | None = None) -> int: ...


class Topics(Protocol):
    def taxonomy(self) -> Taxonomy: ...


@dataclass(frozen=True)
class Part:
    """One part of a page that asks. `silent`: the browser answered already."""

    name: str
    heading: str
    questions: tuple[Question, ...]
    silent: bool


@dataclass(frozen=True)
class Asking(Site):
    wordings: Wordings
    book: Book
    events: Seen
    topics: Topics
    ceiling: Ceiling
    new_id: Callable[[], str]

    def names(self, voice: Voice) -> dict[str, str]:
        """The topics in staff's order: id and name."""
        return {topic.id: spoken(topic.names, voice, topic.id) for topic in self.topics.taxonomy().topics}

    def open_now(self, request: Request) -> frozenset[Purpose]:
        """The questions whose answer would count in this browser."""
        return asked(self.ceiling, [topic.id for topic in self.topics.taxonomy().topics], silent(request))

    def parts(self, request: Request, voice: Voice, version: str, held: Collection[Purpose] = ()) -> list[Part]:
        """The questions to show, in their parts. One of `held` is shown in any browser: it must be possible to take it back."""
        words = self.pages.words(voice)["choices"]
        questions = self.wordings.questions(version, voice)
        meaningful = asked(self.ceiling, list(self.names(voice)), silent=False)
        now = self.open_now(request).union(held)
        parts = []
        for name, purposes in PARTS.items():
            if those := [p for p in purposes if p in meaningful]:
                spoken = tuple(questions[p] for p in those if p in now)
                parts.append(Part(name, words[f"part_{name}"], spoken, silent=not spoken))
        return parts

    def answers(self, request: Request, form: Fields) -> Answers:
        """What was posted. A no is taken always, a yes only to a question that was open."""
        open_now = self.open_now(request)
        given = {p: one(form, p) for p in EVERY if one(form, p) == "no" or (one(form, p) == "yes" and p in open_now)}
        return Answers(given, frozenset(form.get("topics", ())) & {topic.id for topic in self.topics.taxonomy().topics})

    def said(self, answers: Answers, voice: Voice, version: str) -> list[ConsentAnswer]:
        """The answers with the words that were on the page."""
        questions = self.wordings.questions(version, voice)
        return [ConsentAnswer(p, word == "yes", questions[p].wording, questions[p].sha256) for p, word in answers.given.items()]

    def left_open(self, purposes: Collection[Purpose], voice: Voice, version: str, source: str) -> list[Group]:
        """These questions, as the report on asking names them. It counts forms, not people, and keeps no trace of who."""
        questions = self.wordings.questions(version, voice)
        return [Group(purpose.value, questions[purpose].wording, source) for purpose in EVERY if purpose in purposes]

    def proof(
        self,
        now: Standing,
        said: Sequence[ConsentAnswer],
        voice: Voice,
        source: str,
        at: int,
        proof: Mapping[str, str] | None = None,
    ) -> list[ConsentRecord]:
        """The records that these answers add, for a `Change`. `proof`: what is kept with each, besides the words."""
        records = changes(
            now.consents,
            said,
            supporter=now.supporter,
            at=at,
            language=voice.language,
            source=source,
            actor=ACTOR,
            new_id=self.new_id,
            proof=proof,
        )
        return [*records, *self._refusals(now, said, voice, source, at, proof)]

    def signal(self, request: Request, now: Standing, voice: Voice, at: int) -> list[ConsentRecord]:
        """The refusal that the browser itself sends along with what is posted, kept once: nobody is asked over it later."""
        return self.refused(now, voice, at) if silent(request) else []

    def refused(self, now: Standing, voice: Voice, at: int) -> list[ConsentRecord]:
        """A browser's own refusal of all that it speaks of and that was not allowed before."""
        missing = SILENCED - now.consents.grants.keys()
        missing -= signalled(self.book.records(now.supporter)) if missing else frozenset()
        words = (SIGNAL, text_sha256(SIGNAL), voice.language, AUTOMATED, ACTOR)
        return [ConsentRecord(self.new_id(), now.supporter, p, Act.REFUSED, at, *words) for p in EVERY if p in missing]

    def forget(self, standing: Standing | None) -> None:
        """Delete the events that no consent covers any more, also those an earlier attempt left."""
        if standing:
            self.events.forget(standing.supporter, frozenset(standing.consents.grants.values()))

    def _refusals(
        self, now: Standing, said: Sequence[ConsentAnswer], voice: Voice, source: str, at: int, proof: Mapping[str, str] | None
    ) -> list[ConsentRecord]:
        """A first no to what was never allowed is kept too, so that nobody is asked over it; the same no again adds nothing."""
        noes = [a for a in said if not a.yes and a.purpose is not Purpose.NEWSLETTER and not now.consents.granted(a.purpose)]
        if not noes:
            return []
        last = {record.purpose: record.act for record in self.book.records(now.supporter)}
        return [
            ConsentRecord(
                self.new_id(),
                now.supporter,
                answer.purpose,
                Act.REFUSED,
                at,
                answer.wording,
                answer.wording_sha256,
                voice.language,
                source,
                ACTOR,
                proof=proof or {},
            )
            for answer in noes
            if last.get(answer.purpose, Act.GRANTED) is Act.GRANTED
        ]


def silent(request: Request) -> bool:
    """Whether the browser refuses by itself (Global Privacy Control)."""
    return request.headers.get("sec-gpc", "").strip() == "1"
