"""The table of links: numbers for destinations, and nothing personal in any of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.links import LinkTable, ascii_url, url_problem, with_utm


def test_one_destination_of_one_block_has_one_number() -> None:
    table = LinkTable("partij", "week-48", utm=False)
    numbers = [table.number(url, entry, "b") for url, entry in [("https://a.nl", 0), ("https://b.nl", 0), ("https://a.nl", 0)]]
    assert numbers == [0, 1, 0]
    assert table.number("https://a.nl", 1, "c") == 2
    assert [(link.url, link.entry) for link in table.links()] == [("https://a.nl", 0), ("https://b.nl", 0), ("https://a.nl", 1)]


def test_utm_says_where_a_visit_comes_from_and_not_who_it_is() -> None:
    table = LinkTable("partijvoormorgen", "week-48", utm=True)
    table.number("https://site.example/plan?a=1#kop", 0, "huisarts")
    expected = "utm_source=partijvoormorgen&utm_medium=email&utm_campaign=week-48&utm_content=huisarts"
    assert table.links()[0].url == f"https://site.example/plan?a=1&{expected}#kop"


def test_what_staff_wrote_in_an_address_stays() -> None:
    url = with_utm("https://a.nl/?utm_source=eigen&b", "partij", "week", "blok")
    assert url == "https://a.nl/?utm_source=eigen&b&utm_medium=email&utm_campaign=week&utm_content=blok"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "begins with"),
        ("/plan", "begins with"),
        ("mailto:a@b.nl", "begins with"),
        ("javascript:alert(1)", "begins with"),
        ("https://", "not a web address"),
        ("https://localhost/x", "not a web address"),
        ("https://[::1/x", "not a web address"),
        ("https://a.nl/een plan", "no spaces"),
        ("https://a.nl/\r\nSet-Cookie:x", "no spaces"),
        ("https://jan:geheim@a.nl/", "no user name"),
    ],
)
def test_a_mail_cannot_lead_there(url: str, reason: str) -> None:
    assert reason in (url_problem(url) or "")
    with pytest.raises(ValueError, match=reason):
        LinkTable("p", "w", utm=True).number(url, 0, "b")


def test_an_address_in_any_script_becomes_one_a_header_can_carry() -> None:
    assert ascii_url("https://bücher.example/één?q=ß#ü") == "https://xn--bcher-kva.example/%C3%A9%C3%A9n?q=%C3%9F#%C3%BC"
    assert ascii_url("https://a.nl/b%20c?d=e%26f") == "https://a.nl/b%20c?d=e%26f"


@given(st.text(max_size=30))
def test_every_destination_is_ascii_without_line_ends(path: str) -> None:
    url = f"https://a.example/{path}"
    if url_problem(url) is None:
        table = LinkTable("p", "w", utm=True)
        table.number(url, 0, "b")
        assert table.links()[0].url.isascii()
        assert table.links()[0].url.isprintable()
