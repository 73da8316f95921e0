"""SES on this machine refuses what SES refuses, keeps what it accepts, and reports what became of it."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from functions.adapters import aws
from local.platform import Platform
from local.ses.outcome import Outcome


def request(to: str = "anna@example.org", **changes: Any) -> dict[str, Any]:
    headers = [{"Name": "List-Unsubscribe", "Value": "<https://mail.example.org/u/abc>"}]
    body = {"Text": {"Data": "Dag Ánna"}, "Html": {"Data": "<p>Dag Ánna</p>"}}
    whole: dict[str, Any] = {
        "FromEmailAddress": "=?utf-8?b?SmFuw6k=?= <jan@example.org>",
        "ReplyToAddresses": ["kantoor@example.org"],
        "Destination": {"ToAddresses": [to]},
        "Content": {"Simple": {"Subject": {"Data": "Élan"}, "Body": body, "Headers": headers}},
        "EmailTags": [{"Name": "send", "Value": "s-1"}, {"Name": "chunk", "Value": "00001"}],
        "ConfigurationSetName": "achterban",
    }
    return whole | changes


def simple(**changes: Any) -> dict[str, Any]:
    content = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}} | changes
    return {"Content": {"Simple": content}}


def refused(**changes: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        aws.ses().send_email(**request(**changes))
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def reported(platform: Platform, act: Callable[[], Any]) -> list[dict[str, Any]]:
    """The SES events that reached the feedback queue, out of SNS's envelope, in the order of arrival."""
    got: list[dict[str, Any]] = []

    def keep(event: Any, context: Any) -> None:
        got.extend(json.loads(json.loads(record["body"])["Message"]) for record in event["Records"])

    with platform.functions.replaced("feedback", keep):
        act()
        platform.drain()
    return got


def test_an_accepted_mail_is_kept_as_a_mail_program_would_get_it(empty_platform: Platform) -> None:
    answer = aws.ses().send_email(**request())
    [mail] = empty_platform.outbox.mails(to="anna@example.org", send="s-1")
    assert mail.message_id == answer["MessageId"]
    assert mail.message["List-Unsubscribe"] == "<https://mail.example.org/u/abc>"
    assert (mail.message["Subject"], mail.message["Reply-To"]) == ("Élan", "kantoor@example.org")
    assert str(mail.message["From"]) == "Jané <jan@example.org>"
    assert (mail.text.strip(), mail.html.strip()) == ("Dag Ánna", "<p>Dag Ánna</p>")
    assert [p.get_content_type() for p in mail.message.iter_parts()] == ["text/plain", "text/html"]
    assert (mail.tags, mail.configuration_set) == ({"send": "s-1", "chunk": "00001"}, "achterban")
    assert all(len(line) <= 998 for line in mail.path.read_bytes().split(b"\r\n"))


@pytest.mark.parametrize(
    "changes",
    [
        {"Destination": {}},
        {"Destination": {"ToAddresses": [f"p{n}@example.org" for n in range(51)]}},
        {"Destination": {"ToAddresses": ["nobody"]}},
        {"Destination": {"ToAddresses": ["two@at@example.org"]}},
        {"Destination": {"ToAddresses": ["a@b..example.org"]}},
        {"Destination": {"ToAddresses": ["é@example.org"]}},
        {"FromEmailAddress": "Jané <jan@example.org>"},
        {"EmailTags": [{"Name": "address", "Value": "anna@example.org"}]},
        {"EmailTags": [{"Name": "x", "Value": "1"}, {"Name": "x", "Value": "2"}]},
        simple(Body={}),
        simple(Headers=[{"Name": "Subject", "Value": "other"}]),
        simple(Headers=[{"Name": "Content-Type", "Value": "text/plain"}]),
        simple(Headers=[{"Name": "X-A", "Value": "é"}]),
        simple(Headers=[{"Name": "X:A", "Value": "a"}]),
        simple(Headers=[{"Name": "X-A", "Value": "a" * 995}]),
        simple(Headers=[{"Name": f"X-{n}", "Value": "a"} for n in range(16)]),
        {"Content": {"Template": {"TemplateName": "x", "TemplateData": "{}"}}},
    ],
)
def test_what_ses_would_refuse_is_a_bad_request(empty_platform: Platform, changes: dict[str, Any]) -> None:
    assert refused(**changes) == ("BadRequestException", 400)
    assert empty_platform.outbox.mails() == []


def test_an_unknown_configuration_set_is_not_found(empty_platform: Platform) -> None:
    assert refused(ConfigurationSetName="other") == ("NotFoundException", 404)


def test_the_account_can_be_in_every_kind_of_trouble(empty_platform: Platform) -> None:
    account = empty_platform.account
    account.verified = {"example.com"}
    assert refused() == ("MessageRejected", 400)
    account.verified, account.broken_mail_from = None, {"example.org"}
    assert refused() == ("MailFromDomainNotVerifiedException", 400)
    account.broken_mail_from, account.sending_enabled = (), False
    assert refused() == ("SendingPausedException", 400)
    account.sending_enabled, account.suspended = True, True
    assert refused() == ("AccountSuspendedException", 400)
    account.suspended, account.max_24h = False, 0
    assert refused() == ("LimitExceededException", 400)
    account.max_24h, account.enforce_rate, account.max_rate = -1, True, 0.001
    empty_platform.capture._room, before = 0, empty_platform.capture.throttled
    assert refused() == ("TooManyRequestsException", 429)
    assert empty_platform.capture.throttled == before + 1


def test_the_quota_counts_recipients_of_the_last_day_by_the_platforms_clock(empty_platform: Platform) -> None:
    empty_platform.account.max_rate = 14
    aws.ses().send_email(**request())
    empty_platform.outbox.flush()
    quota = aws.ses().get_account()["SendQuota"]
    assert (quota["MaxSendRate"], quota["SentLast24Hours"]) == (14, 1)
    empty_platform.clock.advance(25 * 3600)
    assert aws.ses().get_account()["SendQuota"]["SentLast24Hours"] == 0


def test_a_throttled_mail_is_dropped(empty_platform: Platform) -> None:
    empty_platform.faults.ses_throttles = 1
    assert refused() == ("TooManyRequestsException", 429)
    assert empty_platform.outbox.mails() == []
    aws.ses().send_email(**request())


def test_a_reset_forgets_also_what_is_just_being_reported(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    sns, began, go_on = empty_platform.aws.sns, threading.Event(), threading.Event()
    publish = sns.publish_batch

    def slowly(**asked: Any) -> Any:
        began.set()
        go_on.wait(10)
        return publish(**asked)

    with monkeypatch.context() as patch:
        patch.setattr(sns, "publish_batch", slowly)
        aws.ses().send_email(**request())
        assert began.wait(10)
        threading.Timer(0.2, go_on.set).start()
        empty_platform.reset()
    assert reported(empty_platform, lambda: None) == []


def test_a_lost_response_leaves_a_mail_that_went_out_and_is_reported(empty_platform: Platform) -> None:
    empty_platform.faults.ses_lost_responses = 1

    def send() -> None:
        with pytest.raises(ConnectionClosedError):
            aws.ses().send_email(**request())

    events = reported(empty_platform, send)
    assert len(empty_platform.outbox.mails()) == 1
    assert [e["eventType"] for e in events] == ["Send", "Delivery"]
    assert events[0]["mail"]["tags"]["send"] == ["s-1"]


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("success@simulator.amazonses.com", ["Send", "Delivery"]),
        ("success+label@simulator.amazonses.com", ["Send", "Delivery"]),
        ("bounce@simulator.amazonses.com", ["Send", "Bounce"]),
        ("ooto@simulator.amazonses.com", ["Send", "Delivery", "Bounce"]),
        ("complaint+x@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]),
        ("suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]),
        ("anna@example.org", ["Send", "Delivery"]),
    ],
)
def test_the_simulators_addresses_do_what_they_are_for(empty_platform: Platform, address: str, kinds: list[str]) -> None:
    events = reported(empty_platform, lambda: aws.ses().send_email(**request(address)))
    assert sorted(e["eventType"] for e in events) == sorted(kinds)
    bounces = {e["bounce"]["bounceType"] + e["bounce"]["bounceSubType"] for e in events if e["eventType"] == "Bounce"}
    expected = {"bounce": {"PermanentGeneral"}, "ooto": {"TransientGeneral"}, "suppressionlist": {"PermanentSuppressed"}}
    assert bounces == expected.get(address.partition("@")[0], set())


def test_an_event_says_what_the_documentation_says(empty_platform: Platform) -> None:
    events = reported(empty_platform, lambda: aws.ses().send_email(**request("complaint@simulator.amazonses.com")))
    by_kind = {e["eventType"]: e for e in events}
    mail = by_kind["Send"]["mail"]
    assert mail["destination"] == ["complaint@simulator.amazonses.com"]
    assert mail["tags"] | {"ses:configuration-set": ["achterban"], "send": ["s-1"]} == mail["tags"]
    assert {"name": "List-Unsubscribe", "value": "<https://mail.example.org/u/abc>"} in mail["headers"]
    assert mail["headersTruncated"] is False
    assert mail["commonHeaders"]["messageId"] == mail["messageId"]
    assert by_kind["Delivery"]["delivery"]["recipients"] == mail["destination"]
    assert by_kind["Complaint"]["complaint"]["complainedRecipients"] == [{"emailAddress": mail["destination"][0]}]
    assert mail["timestamp"].endswith("Z")


def test_a_demo_can_decide_who_bounces_and_the_account_then_suppresses_them(empty_platform: Platform) -> None:
    empty_platform.account.outcome = lambda address: Outcome.BOUNCED if address.startswith("gone") else None
    first = reported(empty_platform, lambda: aws.ses().send_email(**request("gone@example.org")))
    again = reported(empty_platform, lambda: aws.ses().send_email(**request("gone@example.org")))
    assert [e["bounce"]["bounceSubType"] for e in first + again if "bounce" in e] == ["General", "OnAccountSuppressionList"]


def test_without_a_configuration_set_ses_reports_nothing(empty_platform: Platform) -> None:
    plain = request()
    del plain["ConfigurationSetName"]
    assert reported(empty_platform, lambda: aws.ses().send_email(**plain)) == []


def test_a_virus_is_rejected_after_the_call(empty_platform: Platform) -> None:
    virus = simple(Body={"Text": {"Data": "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"}})
    events = reported(empty_platform, lambda: aws.ses().send_email(**request(**virus)))
    assert [e["eventType"] for e in events] == ["Send", "Reject"]


def test_feedback_can_come_twice_and_in_the_wrong_order(empty_platform: Platform) -> None:
    empty_platform.faults.shuffled_feedback = empty_platform.faults.duplicate_feedback = 1
    events = reported(empty_platform, lambda: aws.ses().send_email(**request()))
    assert sorted(e["eventType"] for e in events) in (["Delivery", "Delivery", "Send"], ["Delivery", "Send", "Send"])


def test_a_raw_mail_is_kept_byte_for_byte(empty_platform: Platform) -> None:
    raw = b"From: jan@example.org\r\nTo: anna@example.org\r\nSubject: raw\r\n\r\nhello\r\n"
    aws.ses().send_email(Content={"Raw": {"Data": raw}}, ConfigurationSetName="achterban")
    [mail] = empty_platform.outbox.mails()
    assert (mail.path.read_bytes(), mail.subject, mail.to) == (raw, "raw", ("anna@example.org",))


def entry(to: str, data: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    content = {"ReplacementTemplate": {"ReplacementTemplateData": json.dumps(data or {})}}
    return {"Destination": {"ToAddresses": [to]}, "ReplacementEmailContent": content, **more}


def bulk(*entries: dict[str, Any], html: str = "<p>{{ html }}</p>") -> list[dict[str, Any]]:
    template = {
        "TemplateContent": {"Subject": "Dag {{name}}", "Text": "{{name}}", "Html": html},
        "TemplateData": json.dumps({"html": "-", "name": "lezer"}),
    }
    answer = aws.ses().send_bulk_email(
        FromEmailAddress="jan@example.org",
        DefaultContent={"Template": template},  # type: ignore[typeddict-item]
        BulkEmailEntries=list(entries),  # type: ignore[arg-type]
        ConfigurationSetName="achterban",
        DefaultEmailTags=[{"Name": "send", "Value": "s-1"}],
    )
    return list(answer["BulkEmailEntryResults"])  # type: ignore[arg-type]


def test_bulk_mails_are_filled_unescaped_and_answered_one_by_one(empty_platform: Platform) -> None:
    header = [{"Name": "List-Unsubscribe", "Value": "<https://x/u/b>"}]
    results = bulk(
        entry("anna@example.org", {"name": "Ánna", "html": "<b>&</b>"}),
        entry("nobody"),
        entry("bert@example.org", ReplacementHeaders=header, ReplacementTags=[{"Name": "supporter", "Value": "b"}]),
    )
    assert [r["Status"] for r in results] == ["SUCCESS", "INVALID_PARAMETER", "SUCCESS"]
    anna, bert = empty_platform.outbox.mails()
    assert (anna.subject, anna.html.strip(), anna.message_id) == ("Dag Ánna", "<p><b>&</b></p>", results[0]["MessageId"])
    assert (bert.subject, bert.message["List-Unsubscribe"]) == ("Dag lezer", "<https://x/u/b>")
    assert bert.tags == {"send": "s-1", "supporter": "b"}


def test_a_bulk_mail_that_cannot_be_filled_is_accepted_and_reported_later(empty_platform: Platform) -> None:
    results: list[dict[str, Any]] = []
    events = reported(empty_platform, lambda: results.extend(bulk(entry("anna@example.org"), html="{{missing}}")))
    assert [r["Status"] for r in results] == ["SUCCESS"]
    assert [e["eventType"] for e in events] == ["Rendering Failure"]
    assert empty_platform.outbox.mails() == []


def test_inline_templates_allow_simple_substitutions_only(empty_platform: Platform) -> None:
    with pytest.raises(ClientError, match="simple substitutions"):
        bulk(entry("anna@example.org"), html="{{#if name}}x{{/if}}")
    with pytest.raises(ClientError, match="1 to 50"):
        bulk(*[entry(f"p{n}@example.org") for n in range(51)])
