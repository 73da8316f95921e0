"""The deployment's keys, from Secrets Manager: the ring that signs tokens and the key under which addresses are hashed."""

import json
from base64 import b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from functions.adapters import aws, clock
from functions.adapters.kept import Kept
from functions.domain.tokens import Key, Keyring, KeyState

KEPT_S = 300  # a revoked key stops working within five minutes everywhere


@dataclass(frozen=True)
class Keys:
    keyring: Keyring
    address_key: bytes = field(repr=False)


def load(secret_id: str) -> Keys:
    """The keys in this secret, read at most once in five minutes.

    Its text: {"keys": [{"id": 1, "secret": "<base64>", "state": "coming|signing|retired|revoked"}], "address_key": "<base64>"};
    a coming key has "signs_from", in epoch seconds. KeyError or ValueError when it is not that.
    """
    return _kept(secret_id).get()


@cache
def _kept(secret_id: str) -> Kept[Keys]:
    return Kept(KEPT_S, lambda: read(aws.secrets().get_secret_value(SecretId=secret_id)["SecretString"], clock.now()))


def read(text: str, now_s: float) -> Keys:
    """The keys of a secret's text at this moment: a coming key whose time has come signs, and the one before is retired."""
    body = json.loads(text)
    due = {k["id"] for k in body["keys"] if k["state"] == KeyState.COMING and k["signs_from"] <= now_s}
    ring = Keyring(tuple(Key(int(k["id"]), b64decode(k["secret"]), _state(k, due)) for k in body["keys"]))
    return Keys(ring, b64decode(body["address_key"]))


def _state(stored: Mapping[str, Any], due: Collection[int]) -> KeyState:
    state = KeyState(stored["state"])
    if due and state is KeyState.SIGNING:
        return KeyState.RETIRED
    return KeyState.SIGNING if stored["id"] in due else state
