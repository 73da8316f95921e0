"""What the tracker reads of amendments follows their history, whoever writes at the same moment."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.amendments import Amendments
from functions.adapters.catalogue import Catalogue
from functions.adapters.content import Content
from functions.adapters.links import amended_key
from functions.domain.amendment import Amendment, approve, propose
from local.platform import Platform
from tests.functions.readers import an_id

LINKS = ["https://party.example/a", "https://party.example/b"]


class Overtaken(Content):
    """Just before it writes for the first time, somebody else does something."""

    meanwhile: Callable[[], None] | None = None

    def put_json(self, key: str, body: Mapping[str, Any]) -> None:
        if self.meanwhile:
            do, self.meanwhile = self.meanwhile, None
            do()
        super().put_json(key, body)


@pytest.fixture
def content(platform: Platform) -> Overtaken:
    return Overtaken(aws.s3(), platform.resources.bucket)


@pytest.fixture
def amendments(platform: Platform, content: Overtaken) -> Amendments:
    return Amendments(Catalogue("catalogue"), content)


def amend(amendments: Amendments, edition: str, n: int, url: str) -> None:
    entry, history = amendments.read(edition)
    history, one = propose(history, Amendment(an_id(), n, url, "moved", "anna", 1), LINKS)
    amendments.write(edition, approve(history, one.id, "ben", 2)[0], entry, 2)


def test_who_writes_last_has_read_last(amendments: Amendments, content: Overtaken) -> None:
    edition = an_id()

    def another() -> None:
        amend(amendments, edition, 1, "https://example.org/b")
        amendments.publish(edition, LINKS)

    amend(amendments, edition, 0, "https://example.org/a")
    content.meanwhile = another
    amendments.publish(edition, LINKS)
    assert content.json(amended_key(edition)) == {
        "links": {
            "0": {"was": LINKS[0], "url": "https://example.org/a"},
            "1": {"was": LINKS[1], "url": "https://example.org/b"},
        }
    }


def test_a_link_that_leads_where_it_did_is_not_amended(amendments: Amendments, content: Overtaken) -> None:
    edition = an_id()
    amend(amendments, edition, 0, "https://example.org/a")
    amend(amendments, edition, 0, LINKS[0])
    amendments.publish(edition, LINKS)
    assert content.json(amended_key(edition)) == {"links": {}}
