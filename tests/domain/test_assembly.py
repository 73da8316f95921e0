"""Joining a supporter's mail: the same bytes as rendering it for that supporter alone."""

from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.adapters import templates
from functions.adapters.mail_source import Ingredients
from functions.domain.assembly import CompiledEdition, Slots, answers, assemble, subject_line, titles
from functions.domain.edition import Answer, Block, BlockKind
from functions.domain.slots import INDICATED
from functions.domain.supporter import FormOfAddress, clean_name, greeting
from tests.builders import PUBLIC_URL, a_block, a_compiled_edition, a_mailing_list, a_taxonomy, an_edition, some_slots
from tests.naive import Naive

SITE = "https://www.partijvoormorgen.example"


def blocks_of_every_kind() -> list[Block]:
    return [
        a_block(picture="picture000000000", title="Een “kop” & 'meer' <nu>", alt='Ze zei "ja" 👩‍👩‍👧 \\ {jij|u}'),
        a_block("petitie", BlockKind.APPEAL, ("climate",), text=f"Teken [hier]({SITE}/a?b=1&c=2) of [daar]({SITE}/d), {{jij|u}}!"),
        a_block("zwolle", BlockKind.EVENT, ("housing",), button="{Kom je|Komt u}?"),
        a_block("peiling", BlockKind.POLL, ("climate",), answers=tuple(Answer(f"Antwoord {n}", f"{SITE}/{n}") for n in range(4))),
        a_block("dank", BlockKind.THANKS, picture="picture000000001", text="- een\n- twee\n\n> {Jouw|Uw} woord"),
        a_block(
            "snel",
            BlockKind.POLL,
            text=f"Of lees [eerst]({SITE}/eerst).",
            answers=tuple(Answer(f"{{Jij|U}} & {n}") for n in range(3)),
        ),
        a_block("kaal", text="Geen knop, geen beeld.", button="", url=""),
    ]


OPENING = {"nl": f"Wat {{jij|u}} deed, {{greeting}} staat [hier]({SITE}/zo)."}
SUBJECT = {"nl": "{greeting} wat {jij|u} deed"}


@cache
def compiled() -> CompiledEdition:
    return a_compiled_edition(blocks_of_every_kind(), opening=OPENING, subject=SUBJECT)


@cache
def naive() -> Naive:
    blocks = blocks_of_every_kind()
    edition = an_edition([block.id for block in blocks], opening=OPENING, subject=SUBJECT)
    rest = a_mailing_list(), a_taxonomy(), templates.theme(), PUBLIC_URL, templates.layout("newsletter")
    return Naive(Ingredients(edition, blocks, *rest), "nl")


forms = st.sampled_from(FormOfAddress)
tokens = st.text("abcxyzABCXYZ0189-_", min_size=36, max_size=44)
urls = st.builds("https://m.example/{}/{}".format, st.sampled_from("clou"), tokens) | st.just("https://m.example/c?a=1&b='<2>")
picks = st.lists(st.integers(0, 6), unique=True, max_size=7)
greetings = st.builds(greeting, st.just("nl"), forms, st.text(max_size=70))
slots = st.builds(Slots, urls, forms.map(str), greetings, urls, urls, st.none() | urls, st.sampled_from(["", *INDICATED]), urls)


@settings(max_examples=150, deadline=None)
@given(picks=picks, slots=slots)
@example(picks=[5, 0], slots=some_slots(greeting='Beste <b>O\'Brien</b> & "zo" @@LINK@@ {{ x }} \\u{fe0f},'))
@example(picks=[], slots=some_slots(form="formal", pixel_url="https://m.example/o/x&y"))
def test_a_joined_mail_is_the_mail_rendered_for_this_supporter_alone(picks: list[int], slots: Slots) -> None:
    assert assemble(compiled().languages["nl"], picks, slots) == naive().assemble(picks, slots)


@given(name=st.text(max_size=70), form=forms)
def test_the_greeting_is_the_same_in_subject_and_text(name: str, form: FormOfAddress) -> None:
    said = greeting("nl", form, name)
    filled = some_slots(greeting=said, form=str(form))
    language = compiled().languages["nl"]
    assert subject_line(language, filled) == f"{said} wat {'jij' if form is FormOfAddress.INFORMAL else 'u'} deed"
    assert said in assemble(language, [0], filled).text.decode()
    assert clean_name(name) in said


def test_the_subject_is_one_line() -> None:
    edition = a_compiled_edition(subject={"nl": "Regel een\nregel  twee"})
    assert subject_line(edition.languages["nl"], some_slots()) == "Regel een regel twee"


def test_without_a_pixel_url_there_is_no_pixel() -> None:
    language = compiled().languages["nl"]
    without, with_ = (assemble(language, [0], some_slots(pixel_url=url)) for url in (None, f"{PUBLIC_URL}/o/token"))
    assert b'width="1"' not in without.html
    assert with_.html.count(b'width="1"') == with_.html.count(b"/o/token") == 1
    assert with_.text == without.text


@pytest.mark.parametrize(
    ("indication", "chosen"),
    [("declared", "aangevinkt"), ("observed", "in onze mails leest"), ("recipients", "gegevens die wij van je hebben")],
)
def test_a_mail_chosen_for_its_reader_says_so_and_that_it_is_political_advertising(indication: str, chosen: str) -> None:
    mail = assemble(compiled().languages["nl"], [0], some_slots(indication=indication))
    for part in (mail.html.decode(), " ".join(mail.text.decode().split())):
        said = part[part.index("Politieke reclame") :]
        assert said.index(chosen) < said.index(f"{some_slots().choices_url}/why") < part.index("Beste Jan,")


def test_a_mail_that_is_the_same_for_everybody_does_not_say_it_was_chosen() -> None:
    mail = assemble(compiled().languages["nl"], [0], some_slots())
    assert b"Politieke reclame" not in mail.html + mail.text


def test_every_mail_leads_to_why_and_to_itself_in_a_browser() -> None:
    mail = assemble(compiled().languages["nl"], [0], some_slots())
    for page in (b"/why", b"/view"):
        assert mail.html.count(some_slots().choices_url.encode() + page) == 1
        assert mail.text.count(some_slots().choices_url.encode() + page) == 1


def test_an_answer_without_a_page_of_its_own_is_given_in_one_click() -> None:
    edition, page = compiled(), f"{PUBLIC_URL}/a/{'s' * 44}"
    mail = assemble(edition.languages["nl"], [5, 0], some_slots(answers_url=page))
    assert [entry.answer_range for entry in edition.entries] == [(0, 0)] * 5 + [(0, 3), (3, 3)]
    assert all(mail.html.count(f'"{page}/{n}"'.encode()) == mail.text.count(f"{page}/{n}\n".encode()) == 1 for n in range(3))
    assert answers(edition.languages["nl"], "formal") == ("U & 0", "U & 1", "U & 2")


def test_the_titles_of_blocks_are_kept_as_the_mail_shows_them() -> None:
    edition = a_compiled_edition([a_block(title="Wat {jij|u}   doet & 'laat'")])
    assert [titles(edition.languages["nl"], form) for form in ("informal", "formal")] == [
        ("Wat jij doet & 'laat'",),
        ("Wat u doet & 'laat'",),
    ]


def test_shared_and_personal_links_differ_in_their_prefix_alone() -> None:
    language = compiled().languages["nl"]
    shared, personal = f"{PUBLIC_URL}/l/RWRpdGll", f"{PUBLIC_URL}/c/{'t' * 36}"
    one, other = (assemble(language, [0, 1, 3], some_slots(link_prefix=prefix)) for prefix in (shared, personal))
    assert one.html.replace(shared.encode(), personal.encode()) == other.html
    assert one.text.replace(shared.encode(), personal.encode()) == other.text


def test_the_order_of_a_mail_is_the_order_of_its_picks() -> None:
    text = assemble(compiled().languages["nl"], [4, 0, 2], some_slots()).text.decode()
    assert text.index("- twee") < text.index("Een “kop”") < text.index("De Nieuwe Kerk")
    assert "petitie" not in text


def test_no_marker_is_left_in_any_mail() -> None:
    for form in ("informal", "formal"):
        mail = assemble(compiled().languages["nl"], range(7), some_slots(form=form))
        assert b"@@" not in mail.html + mail.text


def test_each_form_of_address_has_its_own_words() -> None:
    language = compiled().languages["nl"]
    je, u = (assemble(language, [1, 2], some_slots(form=form)).text.decode() for form in ("informal", "formal"))
    assert "Kom je?" in je
    assert "Kies zelf je onderwerpen" in je
    assert "Komt u?" in u
    assert "Kies zelf uw onderwerpen" in u


def test_a_compiled_edition_survives_its_file() -> None:
    edition = compiled()
    again = CompiledEdition.from_bytes(edition.to_bytes())
    assert again == edition
    assert again.to_bytes() == edition.to_bytes()
    assert assemble(again.languages["nl"], [1], some_slots()) == assemble(edition.languages["nl"], [1], some_slots())


def test_a_block_cannot_hold_what_is_the_shells_own() -> None:
    language = compiled().languages["nl"]
    tampered = type(language)(
        **{**{f: getattr(language, f) for f in language.__dataclass_fields__}, "html_fragments": ("@@PIXEL@@",) * 7}
    )
    with pytest.raises(ValueError, match="PIXEL"):
        assemble(tampered, [0], some_slots())
