"""A party's looks: readable in light and in dark, and honest about who sends."""

import json
from dataclasses import replace

import pytest

from functions.adapters import templates
from functions.adapters.templates import theme
from functions.domain.theme import Label, Theme, contrast


def test_the_shipped_theme_is_readable() -> None:
    assert theme().problems() == []


def test_contrast_is_that_of_the_web_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the guidelines' own example of just too little


def test_colours_that_cannot_be_read_are_named() -> None:
    pale = replace(theme(), light={**theme().light, "soft": "#999999"})
    assert ("party.light.soft", "contrast with sheet is 2.8, at least 4.5 is needed") in {
        (p.field, p.reason) for p in pale.problems()
    }


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", ""])
def test_a_colour_is_written_out(colour: str) -> None:
    found = replace(theme(), dark={**theme().dark, "accent": colour}).problems()
    assert [p.field for p in found] == ["party.dark.accent"]


def test_a_mail_without_a_postal_address_cannot_be_sent() -> None:
    assert [p.field for p in replace(theme(), postal_address=()).problems()] == ["party.postal_address"]


@pytest.mark.parametrize("domain", ["org", "Example.org", "https://example.org", "*.example.org", "127.0.0.1", "example.org/x", ""])
def test_a_domain_that_links_may_be_led_to_is_a_plain_one(domain: str) -> None:
    found = replace(theme(), allowed_link_domains=("example.org", domain)).problems()
    assert [p.field for p in found] == ["party.allowed_link_domains[1]"]


def test_a_label_is_read_from_the_partys_file_and_checked() -> None:
    body = json.loads((templates.FOLDER / "party.json").read_text(encoding="utf-8"))
    assert Theme.from_json(body).label is None
    label = {"sponsor": "Partij voor Morgen", "notice": "https://party.example/notice", "election": {"nl": "Raad 2026"}}
    labelled = Theme.from_json({**body, "label": label})
    assert labelled.problems() == []
    assert labelled.label == Label("Partij voor Morgen", "https://party.example/notice", {"nl": "Raad 2026"})
    assert labelled.label.to_json() == label
    wrong = Theme.from_json({**body, "label": {"notice": "notice.html", "election": {"nl": " "}}})
    assert [p.field for p in wrong.problems()] == ["party.label.sponsor", "party.label.notice", "party.label.election.nl"]
    for odd in ({"payer": "x"}, {"election": "Raad"}):
        with pytest.raises(ValueError, match="label"):
            Theme.from_json({**body, "label": odd})
