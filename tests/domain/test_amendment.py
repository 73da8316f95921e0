"""Amending links of sent editions: where to, by whom, and which one counts."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.amendment import (
    MOST,
    Amendment,
    AmendmentState,
    History,
    NotAllowedError,
    NotNowError,
    SamePersonError,
    approve,
    changing,
    destination,
    from_json,
    leading,
    propose,
    reject,
    to_json,
)

LINKS = ("https://party.example/a?utm_source=party&utm_medium=email", "http://elsewhere.example/b")
ALLOWED = ("example.org", "party.example")
OWN = "mail.example.org"


def led(url: str, original: str = LINKS[1], allowed: Iterable[str] = ALLOWED) -> str:
    return destination(url, original, tuple(allowed), OWN)


@pytest.mark.parametrize(
    "url", ["https://example.org", "https://www.example.org/stem?x=1#y", "https://EXAMPLE.org/", "https://a.b.party.example:443/"]
)
def test_a_link_may_be_led_to_the_partys_own_domains(url: str) -> None:
    assert led(url) == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "begins with https"),
        ("javascript:alert(1)", "begins with https"),
        ("https://evil.example/", "must be on example.org or party.example, or below"),
        ("https://notexample.org/", "must be on"),
        ("https://example.org.evil.example/", "must be on"),
        ("https://evil.example/?https://example.org", "must be on"),
        ("https://example.org@evil.example/", "no user name"),
        ("https://evil.example\\.example.org/", "not the name of a host"),
        ("https://evil.example%2f.example.org/", "not the name of a host"),
        ("https://example.org./", "not the name of a host"),
        ("https://127.0.0.1/", "not a number"),
        ("https://[::ffff:1.2.3.4]/", "not a number"),
        ("https://2130706433/", "not a web address"),
        ("https://0x7f.0.0.1/", "not the name of a host"),
        ("https://example.org:8443/", "no port"),
        ("https://example.org:99999/", "not a web address"),
        ("https://example.org/a b", "no spaces"),
        ("https://example.org/\r\nSet-Cookie: a=b", "no spaces"),
        ("https://mail.example.org/c/token/3", "link out of a mail"),
        ("https:example.org", "not a web address"),
        ("https://example.org/" + "é" * 700, "at most 2,000"),
    ],
)
def test_what_a_link_may_not_be_led_to_is_named(url: str, why: str) -> None:
    with pytest.raises(NotAllowedError, match=why):
        led(url)


def test_without_allowed_domains_only_the_original_is_allowed() -> None:
    with pytest.raises(NotAllowedError, match="no other domain is allowed here"):
        led("https://example.org/", allowed=())
    assert led(LINKS[1], allowed=()) == LINKS[1]


PIECES = [
    "example.org",
    "www.",
    "evil.example",
    ".",
    "/",
    "@",
    "\\",
    "#",
    "?",
    ":",
    "443",
    "%2f",
    "%00",
    "。",
    "／",
    "é",
    "[",
    "]",
    "a",
]


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_whatever_is_proposed_leads_to_an_allowed_host_or_nowhere(rest: str) -> None:
    try:
        made = led(f"https://{rest}")
    except NotAllowedError:
        return
    host = made.removeprefix("https://").replace("\\", "/").split("/")[0].split("?")[0].split("#")[0].removesuffix(":443").lower()
    assert made.isascii()
    assert host.rstrip(":") == urlsplit(made).hostname
    assert any(host.rstrip(":") == domain or host.rstrip(":").endswith(f".{domain}") for domain in ALLOWED)


def test_the_new_address_carries_the_utm_parameters_of_the_link_it_replaces() -> None:
    assert led("https://example.org/b", LINKS[0]) == "https://example.org/b?utm_source=party&utm_medium=email"
    assert led("https://example.org/b?utm_source=mine", LINKS[0]) == "https://example.org/b?utm_source=mine&utm_medium=email"
    assert led("https://example.org/b", LINKS[1]) == "https://example.org/b"


def test_the_original_address_is_always_allowed_as_staff_wrote_it_or_as_it_was_compiled() -> None:
    assert led(LINKS[0], LINKS[0], ()) == LINKS[0]
    assert led("https://party.example/a", LINKS[0], ()) == LINKS[0]


def an_amendment(id_: str = "1", n: int = 0, url: str = "https://example.org/", **more: object) -> Amendment:
    return replace(Amendment(id_, n, url, "the page has moved", "anna", 1), **more)  # type: ignore[arg-type]


def approved(history: History, id_: str, url: str, n: int = 0) -> History:
    return approve(propose(history, an_amendment(id_, n, url), LINKS)[0], id_, "ben", 2)[0]


def test_a_proposal_changes_nothing_until_a_second_person_approves_it() -> None:
    history, _ = propose((), an_amendment(), LINKS)
    assert leading(history) == {}
    with pytest.raises(SamePersonError):
        approve(history, "1", "anna", 2)
    after, one = approve(history, "1", "ben", 2)
    assert leading(after) == {0: "https://example.org/"}
    assert (one.state, one.decided_by, one.decided_at, one.place) == (AmendmentState.APPROVED, "ben", 2, 1)
    assert approve(after, "1", "carla", 3) == (after, one)


def test_the_same_proposal_is_one_while_it_is_open_or_counts() -> None:
    history, one = propose((), an_amendment(), LINKS)
    assert propose(history, an_amendment("2"), LINKS) == (history, one)
    history = approve(history, "1", "ben", 2)[0]
    assert propose(history, an_amendment("2"), LINKS) == (history, history[0])
    history = approved(history, "3", "https://example.org/else")
    assert propose(history, an_amendment("4"), LINKS)[1].id == "4"


def test_the_latest_approved_counts_whichever_was_proposed_first() -> None:
    history, _ = propose((), an_amendment("1", url="https://example.org/1"), LINKS)
    history, _ = propose(history, an_amendment("2", url="https://example.org/2"), LINKS)
    history, _ = approve(history, "2", "ben", 2)
    history, _ = approve(history, "1", "ben", 3)
    assert leading(history) == {0: "https://example.org/1"}
    assert changing(history, LINKS) == {
        "2": (LINKS[0], "https://example.org/2"),
        "1": ("https://example.org/2", "https://example.org/1"),
    }


def test_an_amendment_is_undone_by_another() -> None:
    history = approved(approved((), "1", "https://example.org/1", n=1), "2", LINKS[1], n=1)
    assert leading(history) == {1: LINKS[1]}
    with pytest.raises(NotNowError, match="leads there already"):
        propose(history, an_amendment("3", 1, LINKS[1], reason="again"), LINKS)


def test_a_closed_proposal_is_withdrawn_by_its_author_and_rejected_by_others() -> None:
    history, _ = propose((), an_amendment(), LINKS)
    for who, state in (("anna", AmendmentState.WITHDRAWN), ("ben", AmendmentState.REJECTED)):
        closed, one = reject(history, "1", who, 2)
        assert one.state is state
        assert reject(closed, "1", "carla", 3) == (closed, one)
        with pytest.raises(NotNowError, match="propose it again"):
            approve(closed, "1", "ben", 3)
    with pytest.raises(NotNowError, match="undo it"):
        reject(approve(history, "1", "ben", 2)[0], "1", "carla", 3)


def test_there_is_an_end_to_amending() -> None:
    history = tuple(an_amendment(str(n), url=f"https://example.org/{n}") for n in range(MOST))
    with pytest.raises(NotNowError, match="at most"):
        propose(history, an_amendment("more", url="https://example.org/more"), LINKS)


def test_a_history_is_kept_as_json() -> None:
    history = approved((), "1", "https://example.org/1")
    assert from_json(to_json(history)) == history
