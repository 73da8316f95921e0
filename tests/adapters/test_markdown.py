"""Staff's Markdown: safe and well-formed as HTML, pleasant as plain text."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.markdown import TAGS, to_html, to_text


def test_what_a_mail_needs_is_kept() -> None:
    assert to_html("Een *zin* met **kracht**.\n\n- een\n- twee\n\n1. drie") == (
        "<p>Een <em>zin</em> met <strong>kracht</strong>.</p>\n<ul>\n<li>een</li>\n<li>twee</li>\n</ul>\n<ol>\n<li>drie</li>\n</ol>"
    )


@pytest.mark.parametrize("level", [1, 2, 4, 6])
def test_headings_stand_below_the_mails_own(level: int) -> None:
    assert to_html(f"{'#' * level} Kop") == "<h3>Kop</h3>"


def test_each_link_leads_where_the_caller_says() -> None:
    seen: list[str] = []

    def link(url: str) -> str:
        seen.append(url)
        return f"@@LINK@@/{len(seen)}"

    html = to_html("[a](https://a.nl/?b=1&c=2) en <https://d.nl> en [post](mailto:a@b.nl)", link)
    assert seen == ["https://a.nl/?b=1&c=2", "https://d.nl"]
    assert re.findall('href="([^"]*)"', html) == ["@@LINK@@/1", "@@LINK@@/2", "mailto:a@b.nl"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,xx)",
        "[x](vbscript:x)",
        "![x](https://a.nl/p.png)",
        '<a href="https://a.nl" style="x" onclick="y">z</a>',
        "[x](https://a.nl 'een \" titel')",
        "<style>*{}</style>",
        "<p style='x'>y</p>",
        "&#60;script&#62;",
    ],
)
def test_nothing_but_words_and_links_gets_through(text: str) -> None:
    tree = ElementTree.fromstring(f"<x>{to_html(text)}</x>")
    for element in tree.iter():
        assert element.tag in {"x", *TAGS}
        assert set(element.attrib) <= {"href"}
        assert element.attrib.get("href", "https:").startswith("https:")


@given(st.text() | st.text("<>&;[]()!*_`#-\"'\n ahref:/").map(lambda text: f"{text}[a](https://a.nl/{text})"))
def test_whatever_is_written_is_well_formed(text: str) -> None:
    html = to_html(text)
    for element in ElementTree.fromstring(f"<x>{html}</x>").iter():
        assert element.tag in {"x", *TAGS}
    to_text(text)


def test_plain_text_has_short_lines_lists_quotes_and_addresses() -> None:
    text = to_text(
        "# Kop\n\nEen **zin** met [een link](https://a.nl/x) die langer is dan er op een regel past, zodat hij door moet lopen.\n\n"
        "- een punt dat langer is dan er op een regel past, zodat hij door moet lopen\n- twee\n  1. drie\n\n"
        "> een woord\n\n<https://b.nl> [a@b.nl](mailto:a@b.nl)\\\nslot"
    )
    assert text == (
        "Kop\n\n"
        "Een zin met een link (https://a.nl/x) die langer is dan er op een regel\npast, zodat hij door moet lopen.\n\n"
        "- een punt dat langer is dan er op een regel past, zodat hij door moet\n  lopen\n- twee\n  1. drie\n\n"
        "> een woord\n\n"
        "https://b.nl a@b.nl\nslot"
    )


def test_plain_text_keeps_signs_as_they_are() -> None:
    assert to_text("Jan & Piet zeggen: 2 < 3 \"ja\" &amp; 'nee' `code`") == "Jan & Piet zeggen: 2 < 3 \"ja\" & 'nee' code"
