"""Slots: what may stand in them, and what staff's text may not become."""

from html import unescape

import markupsafe
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.slots import MARKER, SLOTS, attribute_safe, escaped, marker, one_line, pieces, spoken


@given(st.text())
def test_escaping_is_that_of_the_templates(text: str) -> None:
    assert escaped(text) == str(markupsafe.escape(text))


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=40))
def test_what_an_attribute_holds_is_plain_ascii_and_reads_the_same(text: str) -> None:
    written = attribute_safe(escaped(text))
    assert written.isascii()
    assert "\\" not in written
    assert unescape(written) == text


def test_each_form_of_address_gets_its_own_words() -> None:
    assert spoken("{Wil je|Wilt u} {jouw|uw} huis {|zelf}?", "informal") == "Wil je jouw huis ?"
    assert spoken("{Wil je|Wilt u} {jouw|uw} huis {|zelf}?", "formal") == "Wilt u uw huis zelf?"
    assert spoken("{geen keuze} {a|b|c} a|b", "formal") == "{geen keuze} {a|b|c} a|b"


def test_every_slot_has_a_marker_that_is_found_again() -> None:
    for slot in SLOTS:
        assert MARKER.fullmatch(marker(slot.name, 3 if slot.name == "F" else None))
    assert pieces("a@@LINK@@/3@@GREETING@@") == (["a", "/3", ""], ["LINK", "GREETING"])


def test_no_break_spaces_stay_in_a_line() -> None:
    assert one_line(" Sur quoi\n  lire\u00a0? ") == "Sur quoi lire\u00a0?"
