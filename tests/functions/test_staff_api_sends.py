"""Asking for a send: once per key, of what was prepared, to somebody, and never twice to anybody."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from functions.staff_api.wiring import wiring
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import LIST, a_supporter, an_edition, block, fields, ok, problem, set_up
from tests.stored import Stored

EVERYONE = {"everyone": True}


@pytest.fixture(autouse=True)
def party(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)


@pytest.fixture
def ready(staff: Client) -> tuple[str, str]:
    """An edition and its version, with suppressions settled and one supporter."""
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    a_supporter(staff)
    id_ = an_edition(staff)
    return id_, ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]


def send(staff: Client, edition: str, version: str, key: str = "k1", **more: object) -> Reply:
    return staff.post(f"/v1/editions/{edition}/sends", {"version": version, "audience": EVERYONE, **more}, Idempotency_Key=key)


def test_a_send_reaches_everyone_on_the_list_and_reports_it(platform: Platform, staff: Client, ready: tuple[str, str]) -> None:
    id_ = ok(send(staff, *ready), 202)["send"]
    platform.drain()
    platform.invoke("tend_sends", {})
    report = ok(staff.get(f"/v1/sends/{id_}"))
    assert (report["state"], report["planned"], report["open"], report["chunks"]) == ("ended", 1, 0, 1)
    assert sum(n for state, n in report["messages"].items() if ":" not in state) == 1
    assert {link["clicks"] for link in report["links"]} == {None}  # fewer than ten could tell of a person
    assert [s["send"] for s in ok(staff.get("/v1/sends"))["sends"]] == [id_]
    assert len(platform.outbox.mails(to="jan@example.org")) == 1


def test_the_same_request_again_is_the_same_send(platform: Platform, staff: Client, ready: tuple[str, str]) -> None:
    first = ok(send(staff, *ready), 202)["send"]
    platform.drain()
    assert ok(send(staff, *ready), 202)["send"] == first
    ok(staff.put("/v1/blocks/care", block("care", title="Anders")))  # even when the edition was changed since
    assert ok(send(staff, *ready), 202)["send"] == first
    platform.drain()
    assert len(platform.outbox.mails()) == 1
    requested = [e for e in ok(staff.get("/v1/audit"))["entries"] if e["action"] == "send.requested"]
    assert [e["object"] for e in requested] == [f"send#{first}"]


def test_a_key_used_for_another_request_is_refused(staff: Client, ready: tuple[str, str]) -> None:
    ok(send(staff, *ready), 202)
    assert fields(send(staff, *ready, comparison=0.5), 409) == {"Idempotency-Key"}


def test_a_send_needs_a_key(staff: Client, ready: tuple[str, str]) -> None:
    reply = staff.post(f"/v1/editions/{ready[0]}/sends", {"version": ready[1], "audience": EVERYONE})
    assert fields(reply) == {"Idempotency-Key"}


def test_nobody_gets_an_edition_twice(platform: Platform, staff: Client, ready: tuple[str, str]) -> None:
    edition, version = ready
    jan, noor = a_supporter(staff), a_supporter(staff, "noor@example.org")
    ok(send(staff, edition, version, audience={"supporters": [jan]}), 202)
    assert fields(send(staff, edition, version, "k2"), 409) == {"audience"}
    assert fields(send(staff, edition, version, "k2", audience={"supporters": [noor, jan]}), 409) == {"audience"}
    ok(send(staff, edition, version, "k2", audience={"supporters": [noor]}), 202)
    platform.drain()
    assert sorted(mail.to for mail in platform.outbox.mails()) == [("jan@example.org",), ("noor@example.org",)]


def test_a_send_to_named_supporters_keeps_how_many_and_not_whom(platform: Platform, staff: Client, ready: tuple[str, str]) -> None:
    jan, noor = a_supporter(staff), a_supporter(staff, "noor@example.org")
    id_ = ok(send(staff, *ready, audience={"supporters": [jan, noor, jan]}), 202)["send"]
    kept = wiring().sends.get(id_)
    assert kept
    assert kept.audience["supporters"] == 2
    assert not {jan, noor} & set(str(kept.item).split("'"))  # the round of each minute reads this item
    assert wiring().named.of(kept.audience) == [jan, noor]
    assert kept.audience["key"].startswith(f"sends/{id_}/")  # where a send's things expire
    platform.drain()
    assert ok(staff.get(f"/v1/sends/{id_}"))["planned"] == 2
    platform.aws.s3.delete_object(Bucket=platform.resources.bucket, Key=kept.audience["key"])
    other = a_supporter(staff, "other@example.org")
    refused = send(staff, *ready, "k2", audience={"supporters": [other]})
    assert fields(refused, 409) == {"audience"}  # whom the first was for is known no more


def test_an_edition_goes_out_in_one_version(staff: Client, ready: tuple[str, str]) -> None:
    edition, version = ready
    jan, noor = a_supporter(staff), a_supporter(staff, "noor@example.org")
    ok(send(staff, edition, version, audience={"supporters": [jan]}), 202)
    ok(staff.put("/v1/blocks/care", block("care", title="Anders")))
    changed = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    assert fields(send(staff, edition, changed, "k2", audience={"supporters": [noor]}), 409) == {"version"}


def test_the_first_send_waits_until_it_is_known_who_must_not_be_mailed(staff: Client) -> None:
    a_supporter(staff)
    id_ = an_edition(staff)
    version = ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]
    assert "suppressions" in problem(send(staff, id_, version), 409)["detail"]
    ok(staff.post("/v1/suppressions/imports", "address,reason\nx@example.org,complained\n", Content_Type="text/csv"))
    ok(send(staff, id_, version), 202)


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/v1/blocks/care", block("care", title="Anders"), "block/care"),
        ("/v1/lists/national", {**LIST, "sender_name": "Anna"}, "list/national"),
        ("/v1/topics", {"topics": [{"id": "new", "code": "n", "names": {"nl": "Nieuw"}}]}, "topics/topics"),
        ("/v1/editions/{edition}", {}, "edition/{edition}"),
        ("/v1/layouts/newsletter", {}, "layout/newsletter"),
    ],
)
def test_an_edition_that_changed_since_it_was_prepared_is_not_sent(
    staff: Client, ready: tuple[str, str], path: str, body: dict[str, object], named: str
) -> None:
    edition, version = ready
    path, named = path.format(edition=edition), named.format(edition=edition)
    read = ok(staff.get(path))
    if path == "/v1/topics":
        body = {"topics": [*read["topics"], *body["topics"]]}  # type: ignore[misc]
    elif not body:
        body = {**read, "show": 1} if "editions" in path else {"mjml": read["mjml"] + "\n"}
    ok(staff.put(path, body))
    refused = problem(send(staff, edition, version), 409)
    assert refused["errors"] == [{"field": named, "reason": "changed"}]
    assert named.replace("/", " ") in refused["detail"]
    ok(send(staff, edition, ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]), 202)


def test_only_the_version_that_is_prepared_is_sent(staff: Client, ready: tuple[str, str]) -> None:
    assert fields(send(staff, ready[0], "another"), 409) == {"version"}
    assert fields(send(staff, an_edition(staff), ready[1]), 409) == {"version"}


@pytest.mark.parametrize("by_name", [False, True])
def test_a_send_to_none_but_people_who_must_not_be_mailed_is_refused_and_says_why(
    platform: Platform, staff: Client, ready: tuple[str, str], by_name: bool
) -> None:
    jan, noor = a_supporter(staff), a_supporter(staff, "noor@example.org")
    for address in ("jan@example.org", "noor@example.org"):
        Stored(platform).suppress(address)
    audience = {"supporters": [jan, noor]} if by_name else EVERYONE
    refused = problem(send(staff, *ready, audience=audience), 422)
    assert refused["errors"] == [{"field": "audience", "reason": "nobody: all are left out (2 suppressed)"}]
    starts = datetime.fromtimestamp(platform.clock.now() + 3600, UTC).isoformat()
    ok(send(staff, *ready, audience=audience, start_at=starts), 202)


def test_a_send_to_nobody_is_refused(staff: Client, ready: tuple[str, str]) -> None:
    edition, version = ready
    stranger = a_supporter(staff, "noor@example.org", lists=())
    for supporters, named in (([], "audience.supporters"), ([stranger], "audience.supporters")):
        assert fields(send(staff, edition, version, audience={"supporters": supporters})) == {named}
    unknown = send(staff, edition, version, audience={"supporters": [stranger, "AAAAAAAA"]})
    assert fields(unknown) == {"audience.supporters[1]"}
    ok(staff.put("/v1/lists/empty", LIST))
    empty = an_edition(staff, list="empty")
    assert fields(send(staff, empty, ok(staff.post(f"/v1/editions/{empty}/prepare"))["version"])) == {"audience"}


@pytest.mark.parametrize(
    "audience",
    [{}, {"everyone": False}, {"everyone": True, "supporters": []}, {"segment": "x"}, {"segment": "x", "everyone": True}],
)
def test_an_audience_is_everyone_named_supporters_or_a_segment_that_exists(
    staff: Client, ready: tuple[str, str], audience: object
) -> None:
    assert all(field.startswith("audience") for field in fields(send(staff, *ready, audience=audience)))


@pytest.mark.parametrize("share", [-0.1, 1.1, "half"])
def test_a_comparison_is_a_share(staff: Client, ready: tuple[str, str], share: object) -> None:
    assert fields(send(staff, *ready, comparison=share)) == {"comparison"}


@pytest.mark.parametrize(
    ("asked", "errors"),
    [
        ({"window": {"from": "25:00", "to": "09:00"}}, {"window.from": "must be a time of day, from 00:00 to 23:59"}),
        ({"window": "never"}, {"window": "should be 'any'"}),
        ({"cap": {"mails": 3, "days": 900}}, {"cap.days": "should be less than or equal to 90"}),
        ({"start_at": "2026-12-01T10:00"}, {"start_at": "must name its zone, as 2026-12-01T10:00:00+01:00 does"}),
        ({"spread": {"warm_up": []}}, {"spread.warm_up": "must hold at least 1"}),
    ],
)
def test_what_may_be_this_or_that_is_named_as_the_field_it_is(
    staff: Client, ready: tuple[str, str], asked: dict[str, object], errors: dict[str, str]
) -> None:
    refused = problem(staff.post(f"/v1/editions/{ready[0]}/dry-runs", {"audience": {"everyone": True}, **asked}), 422)
    assert {error["field"]: error["reason"] for error in refused["errors"]} == errors


def test_a_start_time_is_epoch_milliseconds_or_iso_8601(platform: Platform, staff: Client, ready: tuple[str, str]) -> None:
    assert fields(send(staff, *ready, start_at=int(platform.clock.now()))) == {"start_at"}  # seconds: that was in 1970
    assert any("start_at" in field for field in fields(send(staff, *ready, start_at="2100-01-01T09:00")))  # of which zone?
    id_ = ok(send(staff, *ready, start_at="2099-01-01T09:00:00+01:00"), 202)["send"]
    assert ok(staff.get(f"/v1/sends/{id_}"))["start_at"] == 4_070_937_600_000
    platform.invoke("tend_sends", {})
    platform.drain()
    assert ok(staff.get(f"/v1/sends/{id_}"))["state"] == "requested"
    assert ok(send(staff, *ready, start_at="2099-01-01T09:00:00+01:00"), 202)["send"] == id_


def test_what_happened_to_a_supporters_mail_is_shown_latest_first_and_the_look_is_audited(
    platform: Platform, staff: Client, staff_as: Callable[..., Client], ready: tuple[str, str]
) -> None:
    id_, jan = ok(send(staff, *ready), 202)["send"], a_supporter(staff)
    platform.drain()
    before = {
        "chunk": "sendsend#00003",
        "supporter": jan,
        "state": "skipped",
        "reason": "suppressed",
        "at": 5,
        "expires": 4_000_000_000,
    }
    Stored(platform).put("messages", before)
    shown = ok(staff.get(f"/v1/supporters/{jan}/messages"))["messages"]
    assert [(m["send"], m["state"], m["reason"]) for m in shown] == [
        (id_, "delivered", None),
        ("sendsend", "skipped", "suppressed"),
    ]
    assert shown[0]["edition"] == ready[0]
    assert shown[0]["sent_at"] and shown[0]["delivered_at"]
    assert (shown[1]["edition"], shown[1]["at"]) == (None, 5)
    said = [e["action"] for e in ok(staff.get(f"/v1/audit?object=supporter%23{jan}"))["entries"]]
    assert said.count("supporter.messages-read") == 1
    problem(staff.get("/v1/supporters/AAAAAAAA/messages"), 404)
    problem(staff_as("sender").get(f"/v1/supporters/{jan}/messages"), 403)


def test_one_message_can_be_looked_up_and_the_look_is_in_the_audit_log(
    platform: Platform, staff: Client, ready: tuple[str, str]
) -> None:
    id_, jan = ok(send(staff, *ready), 202)["send"], a_supporter(staff)
    platform.drain()
    found = ok(staff.get(f"/v1/sends/{id_}/messages/{jan}"))
    assert (found["state"], found["selection"], found["links"]) == ("delivered", "editorial", "shared")
    assert found["picks"] == [{"block": "climate", "reason": "e"}, {"block": "care", "reason": "e"}]
    assert not {"greeting", "address"} & set(found)
    problem(staff.get(f"/v1/sends/{id_}/messages/AAAAAAAA"), 404)
    problem(staff.get(f"/v1/sends/AAAAAAAA/messages/{jan}"), 404)
    looks = [e["detail"] for e in ok(staff.get(f"/v1/audit?object=supporter%23{jan}"))["entries"] if e["action"] == "message.read"]
    assert looks == [{"send": id_}, {"send": "AAAAAAAA"}]
