"""Looking at an edition before it goes out: a preview as anyone, a test mail to named staff addresses."""

import json
from dataclasses import replace
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.adapters.mailer import Outcome, Sender
from functions.domain.assembly import CompiledEdition
from functions.domain.consent import MailSettings, Pixel
from functions.domain.letter import Addresses, Letter, Recipe, make_letter, rules_of, write_recipe
from functions.domain.selection import Reason
from functions.domain.supporter import FormOfAddress, Supporter
from functions.domain.tokens import TRIAL
from functions.staff_api.composing import Gathered, compiled, gather
from functions.staff_api.models import ID, Language, TestSendBody
from functions.staff_api.problems import FieldError, field_error, invalid, not_found
from functions.staff_api.request import caller
from functions.staff_api.results import TestSent
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import Wiring, now_ms, wiring

router = new_router()
TAG = ["editions"]
MARK = "[TEST] "
NOBODY = "AAAAAAAA"  # the id of a reader who allows nothing beyond the newsletter
WORDS = {
    Reason.EDITORIAL: "staff's order",
    Reason.MUST: "everybody gets it",
    Reason.DECLARED: "a topic they ticked",
    Reason.OBSERVED: "a topic they read about",
    Reason.POPULAR: "read by many",
    Reason.NEW: "something new",
}


@router.get("/v1/editions/<edition>/preview", summary="The mail as a supporter, or a reader of a language, would get it", tags=TAG)
def preview(
    edition: Annotated[str, Path(pattern=ID)],
    supporter: Annotated[str | None, Query(pattern=ID, description="As this supporter; written to the audit log.")] = None,
    language: Annotated[Language | None, Query(description="As a reader who allows nothing beyond the newsletter.")] = None,
    format: Annotated[Literal["html", "text", "json"], Query(description="json: which blocks, and why each.")] = "html",
) -> Response[str]:
    """The edition as it is now, selected by the supporter's own profile and settings. Links lead nowhere and count nothing."""
    gathered = gather(edition)
    reader = _reader(supporter, language, f"edition#{edition}")
    made = compiled(gathered)
    recipe = _recipe(gathered, made, reader)
    letter = _letter(made, recipe, "#")
    if format == "json":
        return Response(200, "application/json", json.dumps(_explained(made, recipe, letter, supporter), ensure_ascii=False))
    if format == "text":
        return Response(200, "text/plain; charset=utf-8", letter.text.decode())
    return Response(200, "text/html; charset=utf-8", letter.html.decode(), headers={"Content-Security-Policy": "script-src 'none'"})


@router.post("/v1/editions/<edition>/test-sends", summary="Send it to staff addresses, marked as a test", tags=TAG)
def test_send(edition: Annotated[str, Path(pattern=ID)], test: TestSendBody) -> TestSent:
    """Only to the addresses the deployment names. Counted nowhere; its links are the shared ones, its ways out lead to a page that
    says that it is a test.
    """
    w = wiring()
    allowed = {address.strip().lower() for address in w.settings.staff_addresses.split(",") if address.strip()}
    strange = [FieldError(f"to[{n}]", "is no staff address") for n, to in enumerate(test.to) if to.lower() not in allowed]
    if strange:
        raise invalid(*strange, detail="Test mails go to the deployment's STAFF_ADDRESSES alone.")
    gathered = gather(edition)
    reader = _reader(test.supporter, test.language, f"edition#{edition}")
    made = compiled(gathered)
    letter = _letter(made, _recipe(gathered, made, reader), w.settings.public_url)
    letter = replace(letter, subject=MARK + letter.subject)
    w.content.put(f"editions/{edition}/tested.json", made.to_bytes(), "application/json")  # where its links lead
    w.record(caller(), "edition.test-sent", f"edition#{edition}", version=made.version, to=len(test.to))
    return _mailed(w, made, letter, test.to)


def _mailed(w: Wiring, made: CompiledEdition, letter: Letter, to: list[str]) -> TestSent:
    sender = Sender(made.sender_name, made.sender_address, made.reply_to, w.settings.configuration_set)
    answers = [(address, w.mailer.send(letter, address, sender, {"kind": "test"})) for address in dict.fromkeys(to)]
    sent = [address for address, answer in answers if answer.outcome is Outcome.ACCEPTED]
    return TestSent(sent=sent, failed=[address for address, _ in answers if address not in sent])


def _reader(supporter: str | None, language: str | None, edition: str) -> Supporter:
    """Whose mail it is: a real supporter, audited, or a reader of this language."""
    if supporter is None:
        return Supporter(NOBODY, "", language or "", form=FormOfAddress.INFORMAL)
    wiring().record(caller(), "supporter.previewed", f"supporter#{supporter}", edition=edition)
    stored = wiring().supporters.get(supporter)
    if stored is None:
        raise not_found("supporter", supporter)
    return replace(stored.supporter, language=language or stored.supporter.language)


def _recipe(gathered: Gathered, made: CompiledEdition, reader: Supporter) -> Recipe:
    if reader.language and reader.language not in made.languages and reader.id == NOBODY:
        raise field_error("language", f"the edition is in {', '.join(made.languages)}")
    rules = rules_of(made, gathered.taxonomy, wiring().ceiling, NOBODY, now_ms() / 1000)
    return write_recipe(rules, reader)


def _letter(made: CompiledEdition, recipe: Recipe, base: str) -> Letter:
    """The letter without anything personal to click on. `base` "#": links lead nowhere at all; else its ways out lead to a page
    that says that it is a test."""
    if base == "#":
        addresses = Addresses("#", "#", "", "#unsubscribe", "#choices", "#answer")
    else:
        shared = f"{base}/l/{made.edition}"
        addresses = Addresses(shared, shared, "", *(f"{base}/{page}/{TRIAL}" for page in ("u", "s", "a")))
    return make_letter(made, replace(recipe, settings=MailSettings(recipe.settings.selection, pixel=Pixel.NONE)), addresses)


def _explained(made: CompiledEdition, recipe: Recipe, letter: Letter, supporter: str | None) -> dict[str, Any]:
    settings = recipe.settings
    return {
        "edition": made.edition,
        "version": made.version,
        "supporter": supporter,
        "language": recipe.language,
        "subject": letter.subject,
        "greeting": recipe.greeting,
        "settings": {"selection": settings.selection, "links": settings.links, "pixel": settings.pixel},
        "picks": [
            {"block": made.entries[pick.index].block, "reason": pick.reason.value, "because": WORDS[pick.reason]}
            for pick in recipe.picks
        ],
        "bytes": len(letter.html),
    }
