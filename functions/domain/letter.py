"""One supporter's letter: from profile and consent to a stored recipe, and from the recipe to bytes.

A recipe holds all that was decided, so the same letter can be made again (a retry, a preview, "why do I see this").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from functions.domain.assembly import CompiledEdition, CompiledLanguage, Slots, assemble, fill, subject_line
from functions.domain.consent import Ceiling, Links, MailSettings, Pixel, Purpose, Selection, mail_settings
from functions.domain.filling import Filling
from functions.domain.interest import human_clicks, lifts
from functions.domain.selection import RULESET, Candidate, Pick, choose
from functions.domain.send import arm, seed
from functions.domain.slots import RECIPIENTS
from functions.domain.supporter import FormOfAddress, Supporter, greeting
from functions.domain.topic import Taxonomy


@dataclass(frozen=True)
class Recipe:
    """What was decided for one message; enough, with the compiled edition, to make the same bytes again.

    `arm` is "selected" or "editorial" where a send compares the two, "" where it does not (or consent leaves no choice).
    `targeted`: the reader was chosen by personal data (a segment), whatever the mail holds.
    """

    picks: tuple[Pick, ...]
    settings: MailSettings
    language: str
    form: FormOfAddress
    greeting: str
    arm: str = ""
    ruleset: str = RULESET
    targeted: bool = False


@dataclass(frozen=True)
class Addresses:
    """The personal URLs of one message, without a slash at the end."""

    personal_links: str  # https://host/c/<token>
    shared_links: str  # https://host/l/<edition>
    pixel: str  # https://host/o/<token>
    unsubscribe: str
    choices: str
    answers: str = ""  # https://host/a/<token>, the token of choices


def addresses_of(public_url: str, edition: str, message: str, unsubscribe: str, choices: str) -> Addresses:
    """The URLs of one message of this edition, from its three tokens."""
    return Addresses(
        personal_links=f"{public_url}/c/{message}",
        shared_links=f"{public_url}/l/{edition}",
        pixel=f"{public_url}/o/{message}",
        unsubscribe=f"{public_url}/u/{unsubscribe}",
        choices=f"{public_url}/s/{choices}",
        answers=f"{public_url}/a/{choices}",
    )


@dataclass(frozen=True)
class Letter:
    subject: str
    html: bytes
    text: bytes
    unsubscribe_url: str


class FilledLetter(NamedTuple):
    """The same for a bulk call."""

    subject: str
    filling: Filling
    unsubscribe_url: str


@dataclass(frozen=True)
class Rules:
    """What one send decides by, the same for all its supporters. Make it with `rules_of`, once per send.

    `now_s` is the moment the send was requested (epoch seconds), the same for every retry; `comparison` is the share
    of those who could be selected for that gets staff's order instead.
    """

    edition: CompiledEdition
    candidates: tuple[Candidate, ...]
    codes: Mapping[str, str]  # topic -> one-character code
    ceiling: Ceiling
    send: str
    now_s: float
    comparison: float = 0.0
    targeted: bool = False  # its readers were chosen by personal data


def rules_of(
    edition: CompiledEdition,
    taxonomy: Taxonomy,
    ceiling: Ceiling,
    send: str,
    now_s: float,
    comparison: float = 0.0,
    targeted: bool = False,
) -> Rules:
    """The rules of one send of a compiled edition."""
    candidates = tuple(
        Candidate(index=i, block=e.block, topics=e.topics, prior=e.prior, order=i, must=e.must)
        for i, e in enumerate(edition.entries)
    )
    codes = {topic.id: topic.code for topic in taxonomy.topics}
    return Rules(edition, candidates, codes, ceiling, send, now_s, comparison, targeted)


def write_recipe(rules: Rules, supporter: Supporter) -> Recipe:
    """Decide one supporter's letter, under the consents that hold now."""
    settings = mail_settings(supporter.consents, rules.ceiling)
    selection = settings.selection
    compared = "" if selection is Selection.EDITORIAL else arm(supporter.id, rules.send, rules.comparison)
    if compared == "editorial":
        selection = Selection.EDITORIAL
    declared = _declared(rules, supporter)
    picks = choose(
        rules.candidates,
        selection,
        _lifts(rules, supporter, selection, declared),
        declared,
        rules.edition.show,
        seed(supporter.id, rules.send),
    )
    languages = rules.edition.languages
    language = supporter.language if supporter.language in languages else next(iter(languages))
    return Recipe(
        picks=picks,
        settings=MailSettings(selection, settings.links, settings.pixel),
        language=language,
        form=supporter.form,
        greeting=greeting(language, supporter.form, supporter.name),
        arm=compared,
        targeted=rules.targeted,
    )


def _declared(rules: Rules, supporter: Supporter) -> frozenset[str]:
    """Codes of the topics the supporter ticked, where that consent holds; topics that no longer exist are left out."""
    if Purpose.DECLARED_TOPICS not in supporter.consents.grants:
        return frozenset()
    return frozenset(rules.codes[t] for t in supporter.topics if t in rules.codes)


def _lifts(rules: Rules, supporter: Supporter, selection: Selection, declared: frozenset[str]) -> Mapping[str, float]:
    """A muted topic has none: it is as likely as for anybody. Ticking it again is the later word."""
    if selection is Selection.EDITORIAL:
        return {}
    clicks = human_clicks(supporter.clicks, rules.now_s) if selection is Selection.OBSERVED else ()
    found = lifts(clicks, declared, rules.now_s)
    muted = {rules.codes[topic] for topic in supporter.muted if topic in rules.codes} - declared
    return {topic: lift for topic, lift in found.items() if topic not in muted} if muted else found


def make_letter(edition: CompiledEdition, recipe: Recipe, addresses: Addresses) -> Letter:
    """The bytes of one letter. The same recipe and addresses give the same bytes, always."""
    compiled = edition.languages[recipe.language]
    slots = _slots(compiled, recipe, addresses)
    made = assemble(compiled, [pick.index for pick in recipe.picks], slots)
    return Letter(subject_line(compiled, slots), made.html, made.text, addresses.unsubscribe)


def make_filled_letter(edition: CompiledEdition, recipe: Recipe, addresses: Addresses) -> FilledLetter:
    """The same letter for a bulk call."""
    compiled = edition.languages[recipe.language]
    slots = _slots(compiled, recipe, addresses)
    filling = fill(compiled, [pick.index for pick in recipe.picks], slots)
    return FilledLetter(subject_line(compiled, slots), filling, addresses.unsubscribe)


def _slots(compiled: CompiledLanguage, recipe: Recipe, addresses: Addresses) -> Slots:
    return Slots(
        link_prefix=addresses.personal_links if recipe.settings.links is Links.PERSONAL else addresses.shared_links,
        form=recipe.form,
        greeting=recipe.greeting,
        unsubscribe_url=addresses.unsubscribe,
        choices_url=addresses.choices,
        pixel_url=addresses.pixel if recipe.settings.pixel is Pixel.PERSONAL else None,
        indication=_indication(recipe),
        answers_url=addresses.answers if compiled.answers else "",
    )


def _indication(recipe: Recipe) -> str:
    """By what a mail must say that it was chosen. A blocks' choice says it for the choice of readers too."""
    selection = recipe.settings.selection
    if selection is Selection.EDITORIAL:
        return RECIPIENTS if recipe.targeted else ""
    return selection
