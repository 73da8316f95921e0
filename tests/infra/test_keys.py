"""The ring of keys: one signs, older ones go on verifying, and nobody makes a new one by accident."""

import base64
import json
import time
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra import keys
from infra.keys import KeysError, Ring


def states(ring: Ring) -> dict[int, str]:
    return {key["id"]: key["state"] for key in ring["keys"]}


def test_the_first_ring_has_one_signing_key_and_a_key_for_addresses() -> None:
    ring = keys.first()
    assert states(ring) == {1: "signing"}
    assert len(base64.b64decode(ring["keys"][0]["secret"])) == len(base64.b64decode(ring["address_key"])) == 32
    assert keys.first() != ring


def rotated(ring: Ring) -> Ring:
    """Rotated, and the overlap over."""
    return keys.settled(keys.rotated(ring, 0), keys.OVERLAP_S)


def test_a_new_key_is_known_before_it_signs() -> None:
    ring = keys.first()
    more = keys.rotated(ring, 1000.5)
    assert states(more) == {1: "signing", 2: "coming"}
    assert states(keys.settled(more, 1000 + keys.OVERLAP_S - 1)) == {1: "signing", 2: "coming"}
    assert states(keys.settled(more, 1000 + keys.OVERLAP_S)) == {1: "retired", 2: "signing"}
    assert more["address_key"] == ring["address_key"]


def test_the_overlap_is_longer_than_a_function_keeps_a_ring() -> None:
    from functions.adapters.keys import KEPT_S

    assert keys.OVERLAP_S >= 2 * KEPT_S


def test_two_new_keys_at_once_are_refused() -> None:
    ring = keys.rotated(keys.first(), 0)
    with pytest.raises(KeysError, match="on its way already"):
        keys.rotated(ring, keys.OVERLAP_S - 1)
    assert states(keys.rotated(ring, keys.OVERLAP_S)) == {1: "retired", 2: "signing", 3: "coming"}


def test_a_revoked_key_stays_in_the_ring_so_that_its_id_is_never_used_again() -> None:
    assert states(rotated(keys.revoked(rotated(keys.first()), 1, 0))) == {1: "revoked", 2: "retired", 3: "signing"}


def test_the_signing_key_cannot_be_revoked() -> None:
    with pytest.raises(KeysError, match="`rotate` first"):
        keys.revoked(keys.first(), 1, 0)
    with pytest.raises(KeysError, match="wait until the new one does"):
        keys.revoked(keys.rotated(keys.first(), 0), 1, keys.OVERLAP_S - 1)


def test_a_new_key_can_be_revoked_before_it_signs() -> None:
    ring = keys.revoked(keys.rotated(keys.first(), 0), 2, 1)
    assert states(keys.settled(ring, keys.OVERLAP_S)) == {1: "signing", 2: "revoked"}


def test_a_full_ring_is_refused() -> None:
    ring = keys.first()
    for _ in range(keys.MOST - 1):
        ring = rotated(ring)
    with pytest.raises(KeysError, match="full"):
        keys.rotated(ring, 0)


def test_nothing_said_about_a_ring_shows_a_secret() -> None:
    assert keys.described(keys.rotated(keys.first(), 0), 60) == "key 1: signing\nkey 2: coming, signs in 9 minutes"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)  # the local platform's, when one runs in this process
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-central-1")


def act(client: Any, secret: str, act: str, id: int | None = None) -> str:
    return keys._act(Namespace(act=act, id=id), client, secret)


def test_the_functions_read_what_the_command_writes(client: Any) -> None:
    from functions.adapters.keys import read

    secret = client.create_secret(Name="keys")["ARN"]
    assert act(client, secret, "create") == "key 1: signing"
    assert act(client, secret, "rotate") == "key 1: signing\nkey 2: coming, signs in 10 minutes"
    text, now_s = client.get_secret_value(SecretId=secret)["SecretString"], time.time()
    assert read(text, now_s).keyring.signing.id == 1
    assert read(text, now_s + keys.OVERLAP_S).keyring.signing.id == 2
    for later in (0, keys.OVERLAP_S):
        found = {key.id: key.state.value for key in read(text, now_s + later).keyring.keys}
        assert found == states(keys.settled(json.loads(text), now_s + later))


def test_keys_that_are_there_are_not_made_anew(client: Any) -> None:
    secret = client.create_secret(Name="keys")["ARN"]
    act(client, secret, "create")
    before = client.get_secret_value(SecretId=secret)["SecretString"]
    with pytest.raises(KeysError, match="there already"):
        act(client, secret, "create")
    assert client.get_secret_value(SecretId=secret)["SecretString"] == before


@pytest.mark.parametrize("command", ["rotate", "revoke", "show"])
def test_without_keys_there_is_nothing_to_change(client: Any, command: str) -> None:
    secret = client.create_secret(Name="keys")["ARN"]
    with pytest.raises(KeysError, match="no keys yet"):
        act(client, secret, command, 1)


@pytest.mark.parametrize("arguments", [["revoke"], ["rotate", "1"], ["add"], ["destroy"], []])
def test_a_command_that_says_too_little_or_too_much_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        keys._options([*arguments, "--stack", "achterban-dev"])
    assert "usage" in capsys.readouterr().err
