"""The keys that sign links and hash addresses: `python -m infra.keys create|rotate|revoke|show --stack achterban-live`.

A value that CloudFormation makes up could hold one random text, not a ring of keys, and would be changed by a careless edit
of the template. So the stack makes an empty secret, `create` fills it once, and the Lambdas refuse to run before that.
Secrets are never printed.

A new key is known before it signs: a Lambda keeps the ring for five minutes, and one that does not know the key of a link would
turn its reader away. Keep in step with functions/adapters/keys.py, which reads what this writes.
"""

import argparse
import base64
import json
import secrets
import sys
import time
from typing import Any

MOST = 32  # a token has five bits for the key's id
OVERLAP_S = 600  # from known to signing: twice what a Lambda keeps the ring
# {"keys": [{"id", "secret", "state": coming|signing|retired|revoked, "signs_from": epoch s, of a coming one}], "address_key"}
Ring = dict[str, Any]


class KeysError(Exception):
    """The keys cannot be changed so; the message says why."""


def first() -> Ring:
    """A ring with one signing key, and the key that hashes addresses, which can never change: people are found by its hashes."""
    return {"keys": [_key(1)], "address_key": _random()}


def rotated(ring: Ring, now_s: float) -> Ring:
    """The ring with a new key, which signs from `OVERLAP_S` on. The one before retires then: mails that carry its signature go on
    working, for as long as somebody keeps them.
    """
    keys = settled(ring, now_s)["keys"]
    if any(key["state"] == "coming" for key in keys):
        raise KeysError(f"a new key is on its way already: {described(ring, now_s)}")
    if len(keys) >= MOST:
        raise KeysError(f"the ring is full: {MOST} keys")
    new = {**_key(max(key["id"] for key in keys) + 1), "state": "coming", "signs_from": int(now_s) + OVERLAP_S}
    return {**ring, "keys": [*keys, new]}


def revoked(ring: Ring, id_: int, now_s: float) -> Ring:
    """The ring with key `id_` revoked: every link it signed is dead, unsubscribing from those mails too."""
    keys = settled(ring, now_s)["keys"]
    state = next((key["state"] for key in keys if key["id"] == id_), None)
    if state is None:
        raise KeysError(f"there is no key {id_}")
    if state == "signing":
        raise KeysError(f"key {id_} is the one that signs: `rotate` first, and wait until the new one does")
    return {**ring, "keys": [_now(key, "revoked") if key["id"] == id_ else key for key in keys]}


def settled(ring: Ring, now_s: float) -> Ring:
    """The ring as it is at this moment: a coming key whose time has come signs, and the one before is retired."""
    due = [key["id"] for key in ring["keys"] if key["state"] == "coming" and key["signs_from"] <= now_s]
    if not due:
        return ring
    keys = [_now(key, "retired") if key["state"] == "signing" else key for key in ring["keys"]]
    return {**ring, "keys": [_now(key, "signing") if key["id"] in due else key for key in keys]}


def described(ring: Ring, now_s: float) -> str:
    """One line per key, without secrets."""
    lines = []
    for key in settled(ring, now_s)["keys"]:
        left = f", signs in {max(1, round((key['signs_from'] - now_s) / 60))} minutes" if key["state"] == "coming" else ""
        lines.append(f"key {key['id']}: {key['state']}{left}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    session = boto3.Session(region_name=options.region)
    try:
        resource = session.client("cloudformation").describe_stack_resource(StackName=options.stack, LogicalResourceId="KeysSecret")
        print(_act(options, session.client("secretsmanager"), resource["StackResourceDetail"]["PhysicalResourceId"]))
    except (KeysError, BotoCoreError, ClientError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.keys", description="The keys that sign links and hash addresses.")
    parser.add_argument("act", choices=("create", "rotate", "revoke", "show"))
    parser.add_argument("id", nargs="?", type=int, help="the key to revoke")
    parser.add_argument("--stack", required=True, help="such as achterban-live")
    parser.add_argument("--region")
    options = parser.parse_args(arguments)
    if (options.act == "revoke") != (options.id is not None):
        parser.error("`revoke` needs the id of a key, and nothing else does")
    return options


def _act(options: argparse.Namespace, client: Any, secret: str) -> str:
    """Do it and say what the ring is now. `create` on a secret that has a value changes nothing and fails."""
    before = _read(client, secret)
    if (before is None) != (options.act == "create"):
        raise KeysError("the keys are there already" if before else "there are no keys yet: `create` them first")
    now_s = time.time()
    match options.act:
        case "create":
            ring = first()
        case "rotate":
            ring = rotated(before or {}, now_s)
        case "revoke":
            ring = revoked(before or {}, options.id, now_s)
        case _:
            return described(before or {}, now_s)
    client.put_secret_value(SecretId=secret, SecretString=json.dumps(ring))
    return described(ring, now_s)


def _read(client: Any, secret: str) -> Ring | None:
    try:
        text = client.get_secret_value(SecretId=secret)["SecretString"]
    except client.exceptions.ResourceNotFoundException:  # so says AWS of a secret without a value
        return None
    ring: Ring | None = json.loads(text) if text else None
    return ring


def _key(id_: int) -> dict[str, Any]:
    return {"id": id_, "secret": _random(), "state": "signing"}


def _now(key: dict[str, Any], state: str) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name != "signs_from"} | {"state": state}


def _random() -> str:
    """32 bytes, base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
