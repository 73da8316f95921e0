import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.observability import discreet, logger, publish
from functions.domain.tokens import Key, Keyring, Power, sign_message, sign_page

RING = Keyring((Key(1, b"k" * 32),))
MESSAGE = sign_message(RING, "send0001", 12, "support1")
PAGE = sign_page(RING, Power.UNSUBSCRIBE, "support1", "listcode")


@given(st.emails(), st.text("abc é\n", max_size=5))
def test_no_address_gets_out(address: str, around: str) -> None:
    said = discreet(f"{around} {address} {around}")
    assert "@" not in said
    assert address.rpartition("@")[2] not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail to <anna@example.org>, please", "mail to <[address]>, please"),
        ("To=anna%40example.org&x", "[address]"),
        ("address: 'anna+x@sub.example.org'.", "address: [address]"),
        (f"GET /c/{MESSAGE}/3", "GET /c/[token]/3"),
        (f"/u/{PAGE}", "/u/[token]"),
        ("send send0001 chunk 00012 supporter support1", "send send0001 chunk 00012 supporter support1"),
        ("request 8f14e45f-ceea-467f-ab5e-0123456789ab", "request 8f14e45f-ceea-467f-ab5e-0123456789ab"),
    ],
)
def test_only_opaque_ids_are_said(text: str, said: str) -> None:
    assert discreet(text) == said


def test_a_log_line_names_nobody_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    log = logger("test-discreet")
    log.info("mailing\nanna@example.org", extra={"supporter": "support1", "why": {"to": ["anna@example.org"]}})
    try:
        raise ValueError(f"anna@example.org {MESSAGE}")
    except ValueError:
        log.exception("failed")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["message"], first["supporter"], first["service"]) == ("mailing\n[address]", "support1", "test-discreet")
    assert first["why"] == {"to": ["[address]"]}
    assert "ValueError: [address] [token]" in second["exception"]
    assert "anna" not in json.dumps([first, second])
    assert MESSAGE not in json.dumps(second)


def test_counts_are_one_line_of_embedded_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    publish("deliver", {"sent": 498, "skipped": 2}, {"reason": "suppressed"})
    line = json.loads(capsys.readouterr().out)
    [metrics] = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "Achterban"
    assert {m["Name"] for m in metrics["Metrics"]} == {"sent", "skipped"}
    assert set(metrics["Dimensions"][0]) == {"service", "reason"}
    assert (line["service"], line["reason"], line["sent"]) == ("deliver", "suppressed", [498.0])


def test_no_counts_are_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    publish("deliver", {})
    assert capsys.readouterr().out == ""
