"""The ring of keys: one signs, older ones go on verifying, and nobody makes a new one by accident."""

import base64
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


def test_a_new_key_signs_and_the_old_one_goes_on_verifying() -> None:
    ring = keys.first()
    more = keys.added(ring)
    assert states(more) == {1: "retired", 2: "signing"}
    assert more["address_key"] == ring["address_key"]


def test_a_revoked_key_stays_in_the_ring_so_that_its_id_is_never_used_again() -> None:
    assert states(keys.added(keys.revoked(keys.added(keys.first()), 1))) == {1: "revoked", 2: "retired", 3: "signing"}


def test_the_signing_key_cannot_be_revoked() -> None:
    with pytest.raises(KeysError, match="add` another first"):
        keys.revoked(keys.first(), 1)


def test_a_full_ring_is_refused() -> None:
    ring = keys.first()
    for _ in range(keys.MOST - 1):
        ring = keys.added(ring)
    with pytest.raises(KeysError, match="full"):
        keys.added(ring)


def test_nothing_said_about_a_ring_shows_a_secret() -> None:
    ring = keys.first()
    assert keys.described(ring) == "key 1: signing"


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
    assert act(client, secret, "add") == "key 1: retired\nkey 2: signing"
    found = read(client.get_secret_value(SecretId=secret)["SecretString"])
    assert found.keyring.signing.id == 2


def test_keys_that_are_there_are_not_made_anew(client: Any) -> None:
    secret = client.create_secret(Name="keys")["ARN"]
    act(client, secret, "create")
    before = client.get_secret_value(SecretId=secret)["SecretString"]
    with pytest.raises(KeysError, match="there already"):
        act(client, secret, "create")
    assert client.get_secret_value(SecretId=secret)["SecretString"] == before


@pytest.mark.parametrize("command", ["add", "revoke", "show"])
def test_without_keys_there_is_nothing_to_change(client: Any, command: str) -> None:
    secret = client.create_secret(Name="keys")["ARN"]
    with pytest.raises(KeysError, match="no keys yet"):
        act(client, secret, command, 1)


@pytest.mark.parametrize("arguments", [["revoke"], ["add", "1"], ["destroy"], []])
def test_a_command_that_says_too_little_or_too_much_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        keys._options([*arguments, "--stack", "achterban-dev"])
    assert "usage" in capsys.readouterr().err
