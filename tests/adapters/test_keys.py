import json
from base64 import b64encode

import pytest

from functions.adapters import keys
from functions.domain.tokens import KeyState
from local.environment import forget_caches
from local.platform import Platform

SECRET = b64encode(b"s" * 32).decode()


def a_secret(*states: str) -> str:
    ring = [{"id": n, "secret": SECRET, "state": state} for n, state in enumerate(states)]
    return json.dumps({"keys": ring, "address_key": SECRET})


def test_a_secret_is_a_ring_and_the_key_of_addresses() -> None:
    read = keys.read(a_secret("revoked", "retired", "signing"), 0)
    assert [key.state for key in read.keyring.keys] == [KeyState.REVOKED, KeyState.RETIRED, KeyState.SIGNING]
    assert read.keyring.signing.id == 2
    assert read.address_key == b"s" * 32
    assert "sss" not in repr(read)


@pytest.mark.parametrize("text", ["", "{}", a_secret("retired"), a_secret("signing", "signing"), a_secret("lost")])
def test_what_is_no_ring_is_refused(text: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        keys.read(text, 0)


def test_a_new_process_keeps_nothing_of_the_one_before(empty_platform: Platform) -> None:
    empty_platform.aws.secrets.create_secret(Name="keys-of-two-processes", SecretString=a_secret("signing"))
    before = keys.load("keys-of-two-processes")
    assert keys.load("keys-of-two-processes") is before
    forget_caches(clients=False)
    assert keys.load("keys-of-two-processes") is not before


def test_a_new_ring_works_within_five_minutes(empty_platform: Platform) -> None:
    aws, clock = empty_platform.aws, empty_platform.clock
    aws.secrets.create_secret(Name="keys-of-this-test", SecretString=a_secret("signing"))
    before = keys.load("keys-of-this-test")
    aws.secrets.put_secret_value(SecretId="keys-of-this-test", SecretString=a_secret("revoked", "signing"))
    assert keys.load("keys-of-this-test") is before
    clock.advance(keys.KEPT_S + 1)
    assert keys.load("keys-of-this-test").keyring.signing.id == 1
