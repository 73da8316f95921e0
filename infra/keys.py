"""The keys that sign links and hash addresses: `python -m infra.keys create|add|revoke|show --stack achterban-live`.

A value that CloudFormation makes up could hold one random text, not a ring of keys, and would be changed by a careless edit
of the template. So the stack makes an empty secret, `create` fills it once, and the Lambdas refuse to run before that.
Secrets are never printed.
"""

import argparse
import base64
import json
import secrets
import sys
from typing import Any

MOST = 32  # a token has five bits for the key's id
Ring = dict[str, Any]  # {"keys": [{"id", "secret", "state": signing|retired|revoked}], "address_key"}


class KeysError(Exception):
    """The keys cannot be changed so; the message says why."""


def first() -> Ring:
    """A ring with one signing key, and the key that hashes addresses, which can never change: people are found by its hashes."""
    return {"keys": [_key(1)], "address_key": _random()}


def added(ring: Ring) -> Ring:
    """The ring with a new signing key. The one before retires: mails that carry its signature go on working."""
    if len(ring["keys"]) >= MOST:
        raise KeysError(f"the ring is full: {MOST} keys")
    older = [{**key, "state": "retired"} if key["state"] == "signing" else key for key in ring["keys"]]
    return {**ring, "keys": [*older, _key(max(key["id"] for key in older) + 1)]}


def revoked(ring: Ring, id_: int) -> Ring:
    """The ring with key `id_` revoked: every link it signed is dead, unsubscribing from those mails too."""
    state = next((key["state"] for key in ring["keys"] if key["id"] == id_), None)
    if state is None:
        raise KeysError(f"there is no key {id_}")
    if state == "signing":
        raise KeysError(f"key {id_} is the one that signs: `add` another first")
    return {**ring, "keys": [{**key, "state": "revoked"} if key["id"] == id_ else key for key in ring["keys"]]}


def described(ring: Ring) -> str:
    return "\n".join(f"key {key['id']}: {key['state']}" for key in ring["keys"])


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
    parser.add_argument("act", choices=("create", "add", "revoke", "show"))
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
    match options.act:
        case "create":
            ring = first()
        case "add":
            ring = added(before or {})
        case "revoke":
            ring = revoked(before or {}, options.id)
        case _:
            return described(before or {})
    client.put_secret_value(SecretId=secret, SecretString=json.dumps(ring))
    return described(ring)


def _read(client: Any, secret: str) -> Ring | None:
    try:
        text = client.get_secret_value(SecretId=secret)["SecretString"]
    except client.exceptions.ResourceNotFoundException:  # so says AWS of a secret without a value
        return None
    ring: Ring | None = json.loads(text) if text else None
    return ring


def _key(id_: int) -> dict[str, Any]:
    return {"id": id_, "secret": _random(), "state": "signing"}


def _random() -> str:
    """32 bytes, base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
