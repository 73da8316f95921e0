"""The deployment's keys, from Secrets Manager: the ring that signs tokens and the key under which addresses are hashed."""

import json
from base64 import b64decode
from dataclasses import dataclass, field

from functions.adapters import aws, clock
from functions.domain.tokens import Key, Keyring, KeyState

KEPT_S = 300  # a revoked key stops working within five minutes everywhere

_loaded: dict[str, tuple[float, "Keys"]] = {}


@dataclass(frozen=True)
class Keys:
    keyring: Keyring
    address_key: bytes = field(repr=False)


def load(secret_id: str) -> Keys:
    """The keys in this secret, read at most once in five minutes.

    Its text: {"keys": [{"id": 1, "secret": "<base64>", "state": "signing|retired|revoked"}], "address_key": "<base64>"}.
    KeyError or ValueError when it is not that.
    """
    now = clock.now()
    at, keys = _loaded.get(secret_id, (0.0, None))
    if keys is None or not 0 <= now - at < KEPT_S:
        keys = read(aws.secrets().get_secret_value(SecretId=secret_id)["SecretString"])
        _loaded[secret_id] = (now, keys)
    return keys


def read(text: str) -> Keys:
    """The keys of a secret's text."""
    body = json.loads(text)
    ring = Keyring(tuple(Key(int(k["id"]), b64decode(k["secret"]), KeyState(k["state"])) for k in body["keys"]))
    return Keys(ring, b64decode(body["address_key"]))
