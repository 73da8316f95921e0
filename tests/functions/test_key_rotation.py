"""Links in mails of before, during and after a rotation of the keys, over HTTP on the local platform."""

import json
import os
from collections.abc import Iterator

import pytest

from functions.adapters import clock
from functions.adapters.keys import KEPT_S
from functions.domain.tokens import read_message
from infra import keys
from local.client import Client
from local.environment import forget_caches
from local.platform import Platform
from tests.functions.readers import BROWSER, EVERY_GRANT, Reader, ring, world

AGENT = {"User-Agent": BROWSER}


class Secret:
    """The ring that the Lambdas read, changed as the command does."""

    def __init__(self, platform: Platform) -> None:
        self._client, self._platform = platform.aws.secrets, platform
        self.text = self._client.get_secret_value(SecretId=os.environ["KEYS_SECRET"])["SecretString"]

    def rotate(self) -> None:
        self._put(keys.rotated(json.loads(self.text), clock.now()))

    def revoke(self, id_: int) -> None:
        self._put(keys.revoked(json.loads(self.text), id_, clock.now()))

    def _put(self, changed: keys.Ring) -> None:
        self.text = json.dumps(changed)
        self._client.put_secret_value(SecretId=os.environ["KEYS_SECRET"], SecretString=self.text)

    def wait(self, seconds: float) -> None:
        self._platform.clock.advance(seconds)


@pytest.fixture
def secret(empty_platform: Platform) -> Iterator[Secret]:
    before = Secret(empty_platform).text
    forget_caches(clients=False)
    yield Secret(empty_platform)
    empty_platform.aws.secrets.put_secret_value(SecretId=os.environ["KEYS_SECRET"], SecretString=before)
    empty_platform.reset()
    forget_caches(clients=False)


def key_of(reader: Reader) -> int:
    """The id of the key that signs this reader's links now."""
    assert read_message(ring(), reader.token) is not None
    return int(ring().signing.id)


def paths(reader: Reader) -> tuple[str, ...]:
    return (reader.link(0), f"/o/{reader.token}", reader.choices, reader.unsubscribe)


def statuses(web: Client, links: tuple[str, ...]) -> list[int]:
    return [web.get(path, **AGENT).status for path in links]


def leave(web: Client, path: str) -> int:
    """One click, as a mail program does it."""
    return web.post(path, "List-Unsubscribe=One-Click", Content_Type="application/x-www-form-urlencoded").status


def test_links_work_before_during_and_after_a_rotation(secret: Secret, platform: Platform, web: Client) -> None:
    reader = world(platform).reader(grants=EVERY_GRANT)
    old = paths(reader)
    secret.rotate()
    for wait, signing in ((0, 1), (KEPT_S + 1, 1), (keys.OVERLAP_S, 2), (400 * 86_400, 2)):
        secret.wait(wait)
        assert key_of(reader) == signing
        assert statuses(web, old) == [302, 200, 200, 200]
        assert statuses(web, paths(reader)) == [302, 200, 200, 200]
    platform.drain()
    assert len(reader.events) == 12  # none of the last round: the ledger keeps that mail no longer
    assert leave(web, old[-1]) == 200
    assert reader.stored["newsletter"] == {}


def test_a_process_that_read_the_ring_just_before_knows_the_key_that_signs_just_after(secret: Secret, platform: Platform) -> None:
    """The worst of the overlap: one read the ring just before the new key signs, another just after."""
    from functions.adapters.keys import read

    reader = world(platform).reader()
    secret.rotate()
    start = clock.now()
    early = read(secret.text, start + keys.OVERLAP_S - 2).keyring
    secret.wait(keys.OVERLAP_S)
    token = reader.token
    assert key_of(reader) == 2
    assert early.signing.id == 1
    assert read_message(early, token) is not None


def test_the_links_of_a_revoked_key_are_dead_and_record_nothing(secret: Secret, platform: Platform, web: Client) -> None:
    reader = world(platform).reader(grants=EVERY_GRANT)
    old, before = paths(reader), reader.stored
    secret.rotate()
    secret.wait(keys.OVERLAP_S)
    secret.revoke(1)
    secret.wait(KEPT_S + 1)
    assert statuses(web, old) == [404, 200, 404, 404]  # the pixel is a picture whatever comes
    assert leave(web, old[-1]) == 404
    platform.drain()
    assert (reader.events, reader.records, reader.stored) == ([], [], before)
    assert statuses(web, paths(reader)) == [302, 200, 200, 200]


def test_a_retired_key_still_lets_people_leave(secret: Secret, platform: Platform, web: Client) -> None:
    reader = world(platform).reader(grants=EVERY_GRANT)
    old = reader.unsubscribe
    for _ in range(3):
        secret.rotate()
        secret.wait(keys.OVERLAP_S + KEPT_S + 1)
    assert key_of(reader) == 4
    assert leave(web, old) == 200
    assert reader.stored["newsletter"] == {}
