"""The check of MJML: the shipped templates pass, and whatever is done wrong to them is found, with its place."""

import pytest

from functions.adapters import templates
from functions.domain.edition import BlockKind
from functions.domain.mjml import Finding, check, check_block, check_layout
from functions.domain.mjml_rules import BLOCK_NAMES, LAYOUT_NAMES, REQUIRED_NAMES

LAYOUT = templates.layout("newsletter")
ARTICLE = templates.block(BlockKind.ARTICLE)


def place(source: str, words: str) -> tuple[int, int]:
    at = source.index(words)
    return source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at)


def test_the_shipped_layout_passes() -> None:
    assert check_layout(LAYOUT, "newsletter.mjml") == []


@pytest.mark.parametrize("kind", BlockKind)
def test_the_shipped_blocks_pass(kind: BlockKind) -> None:
    assert check_block(templates.block(kind), f"{kind}.mjml") == []


def test_every_template_that_ships_is_checked() -> None:
    assert {path.stem for path in (templates.FOLDER / "blocks").glob("*.mjml")} == set(BlockKind)
    assert [path.stem for path in (templates.FOLDER / "layouts").glob("*.mjml")] == ["newsletter"]


MUTATIONS = {
    "unknown element": ("<mj-column>", "<mj-columnn>", "<mj-columnn>", "is mj-column meant?"),
    "unknown attribute": ('mj-class="kicker"', 'mj-klass="kicker"', "mj-klass", "is mj-class meant?"),
    "attribute of another element": ("<mj-column>", '<mj-column href="x">', "href", "<mj-column> has no attribute href"),
    "wrong place": ("<mj-column>", "<mj-section>", "<mj-section>\n    {% if", "<mj-section> does not stand in <mj-section>"),
    "wrong closing tag": ("</h2></mj-text>", "</h2></mj-txt>", "</mj-txt>", "</mj-text> is expected here: <mj-text> of line"),
    "unclosed break": ("{{ text }}", "<p>{{ text }}<br></p>", "</p>", "</br> is expected here: <br> of line"),
    "loose ampersand": ("{{ text }}", "A & B {{ text }}", " B {{ text", "& is &amp;"),
    "entity": ("{{ text }}", "&nbsp;{{ text }}", "&nbsp;", "write it as a number"),
    "text in a column": ("<mj-column>", "<mj-column>words", "words", "text does not stand in <mj-column>"),
    "html in a column": ("<mj-column>", "<mj-column><p>a</p>", "<p>", "HTML stands in <mj-text>"),
    "script": ("{{ text }}", "<script>a()</script>", "<script>", "does not belong in a mail"),
    "script in an attribute": ('<h2 style', '<h2 onclick="a()" style', "onclick", "runs a script"),
    "script as an address": ('href="{{ link }}"', 'href="javascript:a()"', "href", "begins with https://"),
    "picture from elsewhere": ('src="{{ picture }}"', 'src="https://count.example/1.gif"', "src", "would see who opens"),
    "ground from elsewhere": ('="margin:0;', '="margin:0;background:url(//a.example/1);', 'style="margin:0;', "who opens the mail"),
    "form": ("{{ text }}", '<form action="x"></form>', "<form", "does not belong in a mail"),
    "picture without words": (' alt="{{ alt }}"', "", "<img", '<img> needs alt="..."'),
    "unknown slot": ("{{ title }}", "{{ titel }}", "{{ titel", "is title meant?"),
    "slot of the layout": ("{{ title }}", "{{ title }}{{ greeting }}", "{{ greeting", "there is no slot {{ greeting }}"),
    "text in an attribute": ('width="536"', 'width="{{ text }}"', "{{ text }}", "it stands between tags"),
    "address in text": ("{{ text }}", "{{ link }}", "{{ link }}</mj-text>", "is for an attribute"),
    "logic in a slot": ("{{ title }}", "{{ title|safe }}", "{{ title|safe", "is not a slot"),
    "calls": ("{{ title }}", "{{ title.upper() }}", "{{ title.upper", "is not a slot"),
    "statement": ("{% if picture %}", "{% for x in range(9) %}", "{% for x", "is not for templates"),
    "open if": ("{{ title }}", "{% if title %}{{ title }}", "{% if title", "{% endif %} is missing"),
    "stray endif": ("{{ title }}", "{{ title }}{% endif %}", "{% endif %}</h2>", "belongs to no {% if %}"),
    "condition on nothing": ("{% if picture %}", "{% if foto %}", "{% if foto", "there is no slot {{ foto }}"),
    "marker": ("{{ text }}", "@@LNIK@@", "@@LNIK", "there is no marker @@LNIK@@"),
    "block marker in a block": ("{{ text }}", "@@B1@@", "@@B1", "directly under <mj-body>"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_wrong_in_a_block_is_found_at_its_place(name: str) -> None:
    before, after, at, message = MUTATIONS[name]
    assert before in ARTICLE
    wrong = ARTICLE.replace(before, after, 1)
    findings = check(wrong, "article.mjml")
    said = [finding for finding in findings if message in finding.message]
    assert said, findings
    assert (said[0].line, said[0].column) == place(wrong, at)


LAYOUT_MUTATIONS = {
    "no unsubscribe": ("{{ unsubscribe }}", "#", "{{ unsubscribe }} is missing"),
    "no choices": ("{{ choices }}", "#", "{{ choices }} is missing"),
    "no postal address": ("{{ postal_address }}", "", "{{ postal_address }} is missing"),
    "no reason": ("{{ words.why }}", "", "{{ words.why }} is missing"),
    "no greeting": ("{{ greeting }}", "", "{{ greeting }} is missing"),
    "no signature": ("{{ signature }}", "", "{{ signature }} is missing"),
    "no blocks": ("{{ blocks }}", "", "{{ blocks }} is missing"),
    "no pixel": ("{{ pixel }}", "", "{{ pixel }} is missing"),
    "no language": (' lang="{{ language }}"', "", "says lang="),
    "blocks in a wrapper": ("{{ blocks }}", "<mj-wrapper>{{ blocks }}</mj-wrapper>", "stands directly under <mj-body>"),
    "blocks in raw": ("{{ blocks }}", "<mj-raw>{{ blocks }}</mj-raw>", "stands directly under <mj-body>"),
    "pixel in text": ("<mj-raw>{{ pixel }}</mj-raw>", "<mj-section>{{ pixel }}</mj-section>", "in an <mj-raw> directly under"),
    "web font": ("<mj-attributes>", '<mj-font name="x" href="https://x.example" /><mj-attributes>', "no element <mj-font>"),
    "include": ("{{ blocks }}", '{{ blocks }}<mj-include path="x" />', "no element <mj-include>"),
    "carousel": ("{{ blocks }}", "{{ blocks }}<mj-carousel></mj-carousel>", "no element <mj-carousel>"),
    "image without words": ('alt="" width="{{ party.logo_width }}px"', 'width="9px"', '<mj-image> needs alt="..."'),
    "inline style": ("<mj-style>", '<mj-style inline="inline">', "<mj-style> has no attribute inline"),
    "default of nothing": ("<mj-attributes>", "<mj-attributes><mj-txt />", "no defaults to set in <mj-attributes>"),
    "unknown default": ("<mj-attributes>", '<mj-attributes><mj-all colour="x" />', "is color meant?"),
    "greeting in an attribute": ('css-class="page"', 'css-class="{{ greeting }}"', "it stands between tags"),
    "cut off": ("</mj-body>\n</mjml>", "", "</mj-body> is missing"),
}


@pytest.mark.parametrize("name", LAYOUT_MUTATIONS)
def test_what_is_wrong_in_a_layout_is_found(name: str) -> None:
    before, after, message = LAYOUT_MUTATIONS[name]
    assert before in LAYOUT
    findings = check_layout(LAYOUT.replace(before, after), "newsletter.mjml")
    assert any(message in finding.message for finding in findings), findings


def test_a_style_sheet_fetches_nothing_and_an_uploaded_picture_may_stand_in_a_layout() -> None:
    own = "https://mail.party.example/pictures/"
    for rule in ("@import 'a.css';", ".page { background: url(https://count.example/1.gif); }"):
        assert any("who opens" in str(f) for f in check_layout(LAYOUT.replace("a { text", rule + " a { text"), own=own))
    pictured = LAYOUT.replace("</mj-body>", f'<mj-raw><img alt="" src="{own}CTZGyzy_7uu00Qbj-600.jpg" /></mj-raw></mj-body>')
    assert check_layout(pictured, own=own) == []
    assert check_layout(pictured, own="https://else.example/pictures/") != []


def test_a_finding_reads_like_a_compilers() -> None:
    assert str(Finding("article.mjml", 3, 5, "wrong")) == "article.mjml:3:5: wrong"


def test_columns_count_characters_and_not_bytes() -> None:
    wrong = "<mj-section><mj-column><mj-text>één 🌞</mj-text><mj-txt /></mj-column></mj-section>"
    assert [(f.line, f.column) for f in check(wrong)] == [(1, wrong.index("<mj-txt") + 1)]


@pytest.mark.parametrize("source", ["", "words", "<mjml", "<mj-section", "\ufeff<mjml></mjml>", "{{", "{% %}", "<a><b></a>", "\0"])
def test_whatever_is_sent_gets_findings_and_no_error(source: str) -> None:
    assert check_layout(source)


def test_a_template_of_another_party_may_have_its_own_columns() -> None:
    text = "<mj-text>{{ title }}</mj-text>"
    two = f'<mj-section><mj-column width="40%"></mj-column><mj-column width="60%">{text}</mj-column></mj-section>'
    assert check_block(two) == []


def test_the_how_to_names_every_slot_of_a_block() -> None:
    how_to = (templates.FOLDER.parent / "docs" / "how-to" / "new-block-kind.md").read_text(encoding="utf-8")
    assert [name for name in BLOCK_NAMES if f"{{{{ {name} }}}}" not in how_to] == []


def test_every_required_slot_is_one_a_layout_knows() -> None:
    assert [name for name in REQUIRED_NAMES if name not in LAYOUT_NAMES and not name.startswith("words.")] == []
