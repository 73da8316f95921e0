"""What the public may know of each send, and the policy behind it: over HTTP on the local platform."""

import json
import os
from collections import Counter

import pytest

from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import ok, problem
from tests.stored import LIST, Stored

TOPICS = {"declared_topics": "g-topics"}


@pytest.fixture
def sent(empty_platform: Platform) -> Stored:
    """Twelve who get the editorial mail and eleven whose topics chose; the send has ended."""
    stored = Stored(empty_platform)
    edition = a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(4)])
    stored.edition(edition)
    for n in range(12):
        stored.supporter(f"plain{n:03d}")
    for n in range(11):
        stored.supporter(f"topic{n:03d}", grants=TOPICS, topics={"care"})
    stored.send(edition)
    empty_platform.drain()
    empty_platform.invoke("tend_sends", {})
    empty_platform.invoke("tend_sends", {})
    return stored


def test_the_record_of_a_send_matches_the_ledger_and_holds_after_everyone_in_it_is_gone(sent: Stored, web: Client) -> None:
    record = ok(web.get("/transparency/sendsend?format=json"))
    ledger = Counter(row["selection"] for row in sent.rows("messages"))
    assert {name: n for name, n in record["people"].items() if n and name != "mailed"} == dict(ledger)
    assert record["people"]["mailed"] == sum(ledger.values()) == 23
    assert (record["list"], record["targeted"], record["artificial_intelligence"]) == (LIST, True, False)
    for row in sent.rows("messages"):
        sent.platform.aws.dynamodb.delete_item(
            TableName="messages", Key={"chunk": {"S": row["chunk"]}, "supporter": {"S": row["supporter"]}}
        )
    sent.platform.invoke("tend_sends", {})
    assert ok(web.get("/transparency/sendsend?format=json")) == record


def test_a_record_names_nobody(sent: Stored, web: Client) -> None:
    text = web.get("/transparency/sendsend?format=json").text + web.get("/transparency?format=json").text
    people = sent.rows("supporters")
    assert not [row["supporter"] for row in people if row["supporter"] in text or row["address"] in text]


@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_records_are_pages_too(sent: Stored, web: Client, language: str) -> None:
    index = web.get(f"/transparency?language={language}")
    assert (index.status, "/transparency/sendsend" in index.text) == (200, True)
    assert index.headers["vary"] == "accept-language", "kept by a proxy, it is in one reader's language"
    page = web.get(f"/transparency/sendsend?language={language}")
    for shown in (index.text, page.text):
        assert ('<span lang="nl">Een plan voor iedereen</span>' in shown) is (language != "nl"), "its subject is in Dutch alone"
    assert "<title>Een plan voor iedereen – " in page.text
    assert page.status == 200
    assert ">23" in page.text.replace(" ", "").replace("\n", "")
    assert "{" not in page.text.split("</style>")[1]


def test_what_was_never_sent_has_no_record(sent: Stored, web: Client) -> None:
    for path in ("/transparency/AAAAAAAA", "/transparency/nothing", "/policy/99999", "/policy/..", "/policy/1"):
        assert web.get(path).status == 404


def test_a_new_policy_is_in_force_and_the_old_one_stays(empty_platform: Platform, staff: Client, web: Client) -> None:
    starter = web.get("/policy?language=en").text
    assert "artificial intelligence" in starter
    first = ok(staff.post("/v1/policies", {"texts": {"nl": "Wij kiezen **niets**.", "en": "We choose <script>nothing</script>."}}))
    assert ok(
        staff.post("/v1/policies", {"texts": {"nl": "Wij kiezen **niets**.", "en": "We choose <script>nothing</script>."}})
    ) == {
        **first,
        "changed": False,
    }
    second = ok(staff.post("/v1/policies", {"texts": {"nl": "Wij kiezen alles."}}))
    assert (first["id"], second["id"]) == ("00001", "00002")
    assert "Wij kiezen alles" in web.get("/policy?language=fr").text
    old = web.get("/policy/00001?language=en").text
    assert "We choose" in old
    assert "<script>" not in old
    assert "artificial intelligence" in web.get("/policy/00000?language=en").text
    assert {row["id"] for row in ok(staff.get("/v1/policies"))["policies"]} == {"00001", "00002"}


def test_only_an_admin_puts_a_policy(empty_platform: Platform) -> None:
    editor = Client(empty_platform.url, empty_platform.staff_token("editor", "sender"))
    problem(editor.post("/v1/policies", {"texts": {"nl": "x"}}), 403)


def test_a_record_is_kept_once_and_its_bytes_stay(sent: Stored) -> None:
    s3 = sent.platform.aws.s3
    (found,) = s3.list_objects_v2(Bucket=os.environ["CONTENT_BUCKET"], Prefix="transparency/")["Contents"]
    before = s3.get_object(Bucket=os.environ["CONTENT_BUCKET"], Key=found["Key"])["Body"].read()
    sent.platform.invoke("tend_sends", {})
    assert s3.get_object(Bucket=os.environ["CONTENT_BUCKET"], Key=found["Key"])["Body"].read() == before
    assert json.loads(before)["send"] == "sendsend"
