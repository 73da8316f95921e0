import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.supporter import FormOfAddress, Supporter, address_hash, clean_name, greeting, normalise_address

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("anna@example.org", "anna@example.org"),
        ("  Anna@Example.ORG\t", "Anna@example.org"),
        ("mailto:anna@example.org", "anna@example.org"),
        ("anna+nieuws@example.org", "anna+nieuws@example.org"),
        ("o'neill@example.org", "o'neill@example.org"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@BÜCHER.example", "anna@xn--bcher-kva.example"),
        ("anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example"),
        ("anna@mail.dept.example.org", "anna@mail.dept.example.org"),
    ],
)
def test_an_address_has_one_spelling(written: str, kept: str) -> None:
    assert normalise_address(written) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "the address is empty"),
        ("anna.example.org", "no @ in the address"),
        ("@example.org", "before the @"),
        ("an na@example.org", "before the @"),
        ("anna..b@example.org", "before the @"),
        (".anna@example.org", "before the @"),
        ("anna@b@example.org", "before the @"),
        ("änna@example.org", "before the @"),
        ('"anna b"@example.org', "before the @"),
        ("Anna <anna@example.org", "before the @"),
        ("anna\r\nBcc: x@example.org", "before the @"),
        ("a" * 65 + "@example.org", "longer than 64"),
        ("anna@", "domain is not valid"),
        ("anna@localhost", "domain is not valid"),
        ("anna@example..org", "domain is not valid"),
        ("anna@example.org.", "domain is not valid"),
        ("anna@-example.org", "domain is not valid"),
        ("anna@exam_ple.org", "domain is not valid"),
        ("anna@example.org>", "domain is not valid"),
        ("anna@127.0.0.1", "domain is not valid"),
        ("anna@" + "a" * 64 + ".org", "domain is not valid"),
        ("anna@straße.example", "xn-- form"),
        ("a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".org", "longer than 254"),
    ],
)
def test_a_bad_address_is_refused_with_a_plain_reason(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        normalise_address(written)


@given(st.text(max_size=40) | st.emails())
def test_a_normalised_address_stays_as_it_is(text: str) -> None:
    try:
        once = normalise_address(text)
    except ValueError:
        return
    assert normalise_address(once) == once
    assert once.isascii()
    assert not any(c.isspace() for c in once)


def test_an_address_is_found_whatever_its_case() -> None:
    assert address_hash(KEY, "Anna@example.org") == address_hash(KEY, "anna@example.org")
    assert len(address_hash(KEY, "anna@example.org")) == 22


def test_without_the_key_nobody_can_make_the_hash() -> None:
    assert address_hash(KEY, "anna@example.org") != address_hash(b"l" * 32, "anna@example.org")


@pytest.mark.parametrize(
    ("language", "form", "name", "line"),
    [
        ("nl", FormOfAddress.INFORMAL, "Jan", "Beste Jan,"),
        ("nl", FormOfAddress.INFORMAL, "", "Beste lezer,"),
        ("nl", FormOfAddress.FORMAL, "Jan Jansen", "Geachte Jan Jansen,"),
        ("en", FormOfAddress.INFORMAL, " Jo  Cox ", "Dear Jo Cox,"),
        ("fr", FormOfAddress.INFORMAL, "Élodie", "Bonjour Élodie,"),
        ("fr", FormOfAddress.INFORMAL, "", "Bonjour,"),
        ("fr", FormOfAddress.FORMAL, "", "Madame, Monsieur,"),
        ("xx", FormOfAddress.INFORMAL, "Jan", "Beste Jan,"),
    ],
)
def test_everybody_is_greeted_in_their_language(language: str, form: FormOfAddress, name: str, line: str) -> None:
    assert greeting(language, form, name) == line


@pytest.mark.parametrize("name", ["anna@example.org", "http://example.org", "www.example.org", " ", "\u200b", "\r\n"])
def test_what_is_no_name_is_not_greeted(name: str) -> None:
    assert greeting("nl", FormOfAddress.INFORMAL, name) == "Beste lezer,"


@given(st.text())
def test_a_name_is_one_short_line_whatever_was_imported(text: str) -> None:
    name = clean_name(text)
    assert len(name) <= 60
    assert not any(c in name for c in "\r\n\t\x00\u2028\u202e\x85")
    assert name == name.strip()
    assert clean_name(name) == name


def test_a_supporter_shown_in_a_log_is_an_id() -> None:
    shown = repr(Supporter("support1", "anna@example.org", "nl", "Anna"))
    assert "support1" in shown
    assert "nna" not in shown
