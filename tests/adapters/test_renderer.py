"""Compiling an edition: what goes into the mails, and what keeps an edition from being sent."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.adapters import templates
from functions.adapters.renderer import NotSendable, compile_edition, preview, to_html
from functions.domain import budget
from functions.domain.assembly import CompiledEdition, assemble
from functions.domain.edition import Answer, BlockKind, Entry
from functions.domain.slots import FORMS, INDICATED, attribute_safe, escaped
from functions.domain.supporter import LANGUAGES
from functions.domain.theme import Label
from tests.builders import (
    PUBLIC_URL,
    a_block,
    a_compiled_edition,
    a_mailing_list,
    a_taxonomy,
    an_edition,
    some_slots,
)

ODD = "Ze zei \"ja\" & 'nee' <ooit> \\ 👩‍👩‍👧 ❤️ é a\u0301 \u00a0!"


class Page(HTMLParser):
    """Attributes and text of a mail, as a mail program reads them."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(dict(attrs))
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def html_of(edition: CompiledEdition, language: str = "nl", **slots: Any) -> bytes:
    compiled = edition.languages[language]
    return assemble(compiled, range(edition.show), some_slots(**slots)).html


def text_of(edition: CompiledEdition, language: str = "nl", **slots: Any) -> str:
    return assemble(edition.languages[language], range(edition.show), some_slots(**slots)).text.decode()


def refused(**change: Any) -> dict[str, str]:
    with pytest.raises(NotSendable) as wrong:
        a_compiled_edition(**change)
    assert len(set(wrong.value.problems)) == len(wrong.value.problems)
    return {problem.field: problem.reason for problem in wrong.value.problems}


def test_words_survive_in_every_place_whatever_they_are() -> None:
    poll = a_block("peiling", BlockKind.POLL, answers=(Answer(ODD, "https://a.example/1"), Answer("nee", "https://a.example/2")))
    event = a_block("avond", BlockKind.EVENT, picture="picture000000000", title=ODD, alt=ODD, when=ODD, where=ODD, button=ODD)
    edition = a_compiled_edition([event, poll], preheader={"nl": ODD}, opening={"nl": "Beste"})
    page = Page(html_of(edition))
    assert ODD in [image["alt"] for image in page.images]
    assert page.text.count(ODD) == 6  # preheader, title, when, where, button, answer
    assert text_of(edition).count(ODD) == 5


def test_attributes_of_mjml_itself_survive_too() -> None:
    words = attribute_safe(escaped(ODD))
    images = Page(
        to_html(
            f'<mjml><mj-body><mj-section><mj-column><mj-image src="x" alt="{words}" /></mj-column></mj-section></mj-body></mjml>'
        ).encode()
    ).images
    assert [image["alt"] for image in images] == [ODD]


def test_a_line_break_in_a_picture_s_words_does_no_harm() -> None:
    edition = a_compiled_edition([a_block(picture="picture000000000", alt="een\n  twee\t{jij|u}")])
    assert "een twee jij" in [image["alt"] for image in Page(html_of(edition)).images]


def test_staff_s_text_never_becomes_a_place_to_fill() -> None:
    text = "&#64;&#64;PIXEL&#64;&#64; en &#64;&#64;B0&#64;&#64; {{ pixel }} {% if x %}"
    mail = Page(html_of(a_compiled_edition([a_block(text=text, title="{{ unsubscribe }} {% x %}")])))
    assert "@@PIXEL@@ en @@B0@@ {{ pixel }} {% if x %}" in mail.text
    assert "{{ unsubscribe }} {% x %}" in mail.text


def test_every_link_of_a_mail_goes_through_the_table() -> None:
    text = "Lees [dit](https://a.example/dit) of [mail](mailto:a@b.example)."
    blocks = [a_block(text=text, picture="picture000000000"), a_block("peiling", BlockKind.POLL, text=text)]
    edition = a_compiled_edition(blocks, opening={"nl": text})
    slots = some_slots()
    pages = {f"{slots.choices_url}{page}" for page in ("", "/why", "/view", *(f"?t={t.code}" for t in a_taxonomy().topics))}
    allowed = {slots.unsubscribe_url, *pages, "mailto:a@b.example"}
    for link in Page(html_of(edition)).links:
        number = link.removeprefix(f"{slots.link_prefix}/")
        assert link in allowed or int(number) < len(edition.links)
    assert {link.entry for link in edition.links} == {-1, 0, 1}


def test_the_links_of_a_block_have_numbers_next_to_each_other() -> None:
    languages = ("nl", "fr")
    blocks = [a_block(f"b{n}", languages=languages, text=f"[x](https://a.example/{n})") for n in range(3)]
    edition = a_compiled_edition(blocks, languages)
    for place, entry in enumerate(edition.entries):
        assert {n for n, link in enumerate(edition.links) if link.entry == place} == set(range(*entry.link_range))


def test_visits_are_marked_with_the_edition_and_the_block_and_nothing_else() -> None:
    marked, plain = (a_compiled_edition(utm=utm).links for utm in (True, False))
    assert not any("utm_" in link.url for link in plain)
    assert [re.findall(r"utm_(\w+)=([\w-]+)", link.url) for link in marked if link.entry == 0] == [
        [("source", "partijvoormorgen"), ("medium", "email"), ("campaign", "week-48"), ("content", "huisarts")]
    ]


def test_every_mail_says_who_sends_it_why_and_how_to_leave() -> None:
    edition = a_compiled_edition()
    for mail in (Page(html_of(edition)).text, text_of(edition)):
        for said in (
            "Beste Jan,",
            "Noor van Dam",
            "Morgenplein 1",
            "Je krijgt deze mail omdat",
            "Landelijk nieuws",
            "Uitschrijven",
        ):
            assert said in mail
    slots = some_slots()
    for mail in (html_of(edition).decode(), text_of(edition)):
        assert slots.unsubscribe_url in mail
        assert slots.choices_url in mail


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_words_for_both_forms_of_address(language: str) -> None:
    assert set(templates.words(language)) == set(templates.words("nl"))
    assert all(text or name == "article" for name, text in templates.words(language).items())
    edition = a_compiled_edition([a_block(languages=[language])], (language,))
    mail = html_of(edition, language)
    assert f'lang="{language}"'.encode() in mail
    assert a_mailing_list().names[language].encode() in mail
    assert b"{" not in re.sub(rb"<style.*?</style>", b"", mail, flags=re.DOTALL)


def test_nothing_is_loaded_from_anyone_else() -> None:
    edition = a_compiled_edition([a_block(str(kind), kind, picture="picture000000000") for kind in BlockKind])
    loaded = re.findall(rb"""(?:src=|url\(|@import )['"]?([^'") >]+)""", html_of(edition, pixel_url=f"{PUBLIC_URL}/o/t"))
    assert loaded
    assert all(url.startswith(PUBLIC_URL.encode()) for url in loaded)


def test_every_picture_has_words_or_is_marked_as_decoration() -> None:
    edition = a_compiled_edition([a_block(str(kind), kind, picture="picture000000000") for kind in BlockKind])
    images = Page(html_of(edition)).images
    assert all(image.get("alt") is not None for image in images)
    assert [image["alt"] for image in images].count("Een huisarts in gesprek") == 3  # article, appeal, event


def test_the_same_input_has_the_same_version_and_any_change_another() -> None:
    versions = {
        a_compiled_edition().version,
        a_compiled_edition(name="week-49").version,
        a_compiled_edition([a_block(text="Anders.")]).version,
        a_compiled_edition([a_block(topics=("climate",))]).version,
        a_compiled_edition(entries=(Entry("huisarts", must=True),)).version,
        a_compiled_edition(layout=templates.layout("newsletter").replace("36px", "37px")).version,
    }
    assert len(versions) == 6
    assert a_compiled_edition().version == a_compiled_edition().version


def test_entries_carry_what_selection_and_tracking_need() -> None:
    blocks = [a_block("een", topics=("care", "housing")), a_block("twee")]
    edition = a_compiled_edition(blocks, entries=(Entry("een"), Entry("twee", must=True)))
    assert [(entry.block, entry.topics, entry.must) for entry in edition.entries] == [
        ("een", ("b", "c"), False),
        ("twee", ("b",), True),
    ]
    assert edition.entries[0].prior > edition.entries[1].prior
    assert edition.show == 2
    assert (edition.list, edition.list_code, edition.reply_to) == ("landelijk", "TGFuZGVs", "noor@partijvoormorgen.example")


def test_the_largest_mail_is_computed_and_never_exceeded() -> None:
    blocks = [a_block(f"b{n}", text="woord " * (40 * n), picture="picture000000000") for n in range(1, 7)]
    edition = a_compiled_edition(blocks, entries=tuple(Entry(block.id, block.id == "b1") for block in blocks), show=3)
    longest = some_slots(
        link_prefix=f"{PUBLIC_URL}/c/{'t' * 36}",
        greeting=f"Geachte {chr(39) * 60},",
        pixel_url=f"{PUBLIC_URL}/o/{'t' * 36}",
        indication="recipients",
    )
    sizes = [len(assemble(edition.languages["nl"], picks, longest).html) for picks in ((0, 4, 5), (0, 1, 2))]
    assert max(sizes) <= edition.max_bytes <= max(sizes) + 100


def test_an_edition_near_gmails_limit_is_a_warning_and_above_it_a_refusal() -> None:
    blocks = [a_block(f"b{n}", text="woord " * 900) for n in range(20)]
    reasons = refused(blocks=blocks, show=16)
    assert list(reasons) == ["show"]
    assert re.search(r"the largest blocks are b\d+, b\d+, b\d+", reasons["show"])
    assert "102 KB" in reasons["show"]
    fits = a_compiled_edition(blocks, show=9)
    assert budget.WARN < fits.max_bytes <= budget.REFUSE
    assert "the largest mail in nl" in fits.warnings[0]
    assert not a_compiled_edition(blocks, show=6).warnings


def test_a_relative_link_in_text_is_refused_with_its_field() -> None:
    reasons = refused(blocks=[a_block(text="Zie [hier](/plan).")], opening={"nl": "En [daar](ftp://a.example)."})
    assert reasons == {
        "blocks.huisarts.texts.nl.text": "/plan: an address begins with https:// or http://",
        "opening.nl": "ftp://a.example: an address begins with https:// or http://",
    }


def test_a_picture_in_text_is_refused_and_not_silently_left_out() -> None:
    reasons = refused(blocks=[a_block(text="Zie - ![een boom](https://a.example/boom.jpg)")], opening={"nl": "![x](y)"})
    assert {field: reason.split(":")[0] for field, reason in reasons.items()} == {
        "blocks.huisarts.texts.nl.text": "no picture stands in a text",
        "opening.nl": "no picture stands in a text",
    }


def test_the_lines_of_a_signature_stay_lines() -> None:
    named = a_mailing_list(signature={"nl": "Noor van Dam\npartijleider"})
    edition = compile_edition(an_edition(), {"huisarts": a_block()}, named, a_taxonomy(), templates.theme(), PUBLIC_URL)
    assert "Noor van Dam<br />\npartijleider" in html_of(edition).decode()
    assert "Noor van Dam\npartijleider\n" in text_of(edition)


def test_a_thank_you_shows_the_person_or_else_the_picture() -> None:
    person, picture = (
        html_of(a_compiled_edition([a_block(kind=BlockKind.THANKS, picture="picture000000000", who=who)])) for who in ("Fatima", "")
    )
    assert b"picture000000000-160.jpg" in person
    assert b"picture000000000-1200.jpg" not in person
    assert b"picture000000000-1200.jpg" in picture


def test_a_layout_that_does_not_check_is_refused_with_line_and_column() -> None:
    wrong = templates.layout("newsletter").replace("<mj-column>", "<mj-colum>", 1)
    with pytest.raises(NotSendable) as refusal:
        a_compiled_edition(layout=wrong)
    reasons = [problem.reason for problem in refusal.value.problems]
    assert any(re.match(r"newsletter:\d+:\d+: there is no element <mj-colum>; is mj-column meant\?", reason) for reason in reasons)


@pytest.mark.parametrize("name", ["spring", "../party", "newsletter.mjml", ""])
def test_an_unknown_layout_is_refused(name: str) -> None:
    with pytest.raises(NotSendable, match="there is no layout"):
        compile_edition(
            an_edition(layout=name), {"huisarts": a_block()}, a_mailing_list(), a_taxonomy(), templates.theme(), PUBLIC_URL
        )


def test_a_layout_without_the_column_widths_of_its_blocks_is_refused() -> None:
    bare = templates.layout("newsletter")
    image = re.search(r"<mj-image src[^>]*/>", bare)
    assert image
    two = bare.replace(image[0], "")
    with_image = '<mj-section><mj-column width="40%"><mj-text>{{ title }}</mj-text></mj-column></mj-section>'
    original = templates.block

    def other(kind: BlockKind, part: str = "mjml") -> str:
        return with_image if part == "mjml" else original(kind, part)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "block", other)
        assert "article uses an element or a column width" in refused(layout=two)["blocks.huisarts"]


def test_an_unreadable_theme_is_refused() -> None:
    theme = templates.theme()
    pale = replace(theme, light={**theme.light, "ink": "#cccccc"})
    with pytest.raises(NotSendable, match=r"party\.light\.ink"):
        compile_edition(an_edition(), {"huisarts": a_block()}, a_mailing_list(), a_taxonomy(), pale, PUBLIC_URL)


def test_a_preview_leads_nowhere_and_counts_nothing() -> None:
    mail = preview(a_compiled_edition(), "nl", "formal", "Geachte lezer,")
    assert all(link.startswith("#") for link in Page(mail.html).links)
    assert b"Geachte lezer," in mail.html


def test_what_is_stored_is_json() -> None:
    body = json.loads(a_compiled_edition().to_bytes())
    assert set(body["languages"]) == {"nl"}
    assert body["links"][0]["url"].startswith("https://www.partijvoormorgen.example/")


def test_a_mail_that_was_not_chosen_for_its_reader_offers_the_topics_and_no_other_does() -> None:
    compiled = a_compiled_edition().languages["nl"]
    for indication, offered in (("", True), ("recipients", True), ("declared", False), ("observed", False)):
        mail = assemble(compiled, [0], some_slots()._replace(indication=indication))
        for part in (mail.html.decode(), mail.text.decode()):
            assert all((f"?t={topic.code}" in part) is offered for topic in a_taxonomy().topics)
            assert "@@" not in part


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", ("Politieke reclame", "In opdracht van: Partij & Co", "Verkiezing: Raad 2026", "Alles over deze reclame")),
        ("en", ("Political advertising", "On behalf of: Partij & Co", "Election: Council 2026", "All about this advertisement")),
        (
            "fr",
            (
                "Publicité à caractère politique",
                "Pour le compte de\u00a0: Partij & Co",
                "Élection\u00a0: Raad",
                "Tout sur cette publicité",
            ),
        ),
    ],
)
def test_a_party_that_needs_a_label_has_it_in_every_mail_for_everybody(language: str, said: tuple[str, ...]) -> None:
    label = Label("Partij & Co", "https://party.example/notice", {"nl": "Raad 2026", "en": "Council 2026"})
    block = a_block("een", languages=LANGUAGES)
    theme = replace(templates.theme(), label=label)
    made = compile_edition(
        an_edition([block.id], languages=LANGUAGES), {block.id: block}, a_mailing_list(), a_taxonomy(), theme, PUBLIC_URL
    )
    html, text = Page(html_of(made, language)).text, text_of(made, language)
    for words in said:
        assert words in html
        assert words in text
    assert "https://party.example/notice" in "".join(link.url for link in made.links)
    plain = a_compiled_edition([block])
    assert said[3] not in Page(html_of(plain)).text + text_of(plain)


def test_a_layout_that_shows_no_label_is_refused_where_the_party_needs_one() -> None:
    block = a_block("een")
    theme = replace(templates.theme(), label=Label("Partij", "https://party.example/notice"))
    bare = re.sub(r"\{% if label %\}.*?</mj-text>\{% endif %\}", "", templates.layout("newsletter"))
    with pytest.raises(NotSendable) as wrong:
        compile_edition(an_edition([block.id]), {block.id: block}, a_mailing_list(), a_taxonomy(), theme, PUBLIC_URL, bare)
    assert "label" in str(wrong.value)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_plain_text_is_wider_than_72_whatever_the_form_of_address(language: str, form: str) -> None:
    words = "Waar {je|u} ook woont en wat {jij er zelf van vindt|u daar zelf van vindt}: "
    block = a_block(languages=LANGUAGES, text=f"{words * 6}\n\n- {words * 3}\n\n> **{words.strip()}** {words * 3}")
    edition = a_compiled_edition([block], languages=LANGUAGES)
    for said in ("", *INDICATED):
        text = text_of(edition, language, form=form, indication=said)
        wide = [line for line in text.splitlines() if len(line) > 72 and "http" not in line]
        assert wide == []
        assert not re.search("[\ue000-\uf8ff]", text)
    assert words.replace("{je|u}", "je" if form == "informal" else "u")[:12] in text
