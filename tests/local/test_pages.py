"""The pages of this machine: the start and the outbox. They never stand in the way of the product."""

import re

from functions.adapters import aws
from infra.description import DEPLOYMENT
from local.client import Client
from local.platform import Platform
from local.routing import Routes


def send(to: str = "anna@example.org", subject: str = "Dag <Anna>", html: str = "<script>alert(1)</script><p>Hallo") -> None:
    body = {"Text": {"Data": "Hallo & dag"}, "Html": {"Data": f"<html><head></head><body>{html}</body></html>"}}
    aws.ses().send_email(
        FromEmailAddress="jan@example.org",
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": body}},  # type: ignore[typeddict-item]
        EmailTags=[{"Name": "send", "Value": "s-1"}],
    )


def test_no_page_of_this_machine_takes_a_path_of_the_product() -> None:
    routes = Routes(DEPLOYMENT.functions)
    for path in ("/", "/outbox", "/outbox/x", "/outbox/x.eml", "/outbox/x/html"):
        assert routes.match("GET", path) is None


def test_the_start_page_leads_to_everything(web: Client) -> None:
    page = web.get("/").text
    assert all(part in page for part in ('href="/outbox"', 'href="/v1/docs"', "-m local token --role editor"))


def test_the_outbox_lists_mails_newest_first_and_finds_one_person(empty_platform: Platform, web: Client) -> None:
    for n in range(60):
        send(f"p{n}@example.org", f"Mail {n}")
    newest, older = web.get("/outbox").text, web.get("/outbox?page=2").text
    assert "60 mails" in newest
    assert (newest.count("<tr>"), older.count("<tr>")) == (51, 11)  # with the header row
    found = web.get("/outbox?to=p7@").text
    assert "Mail 7<" in found
    assert found.count("<tr>") == 2


def test_a_mail_is_shown_whole_and_cannot_run_anything(empty_platform: Platform, web: Client) -> None:
    send()
    [mail] = empty_platform.outbox.mails()
    page = web.get(f"/outbox/{mail.name}")
    assert "Dag &lt;Anna&gt;" in page.text
    assert "Hallo &amp; dag" in page.text
    assert "s-1" in page.text
    frame = re.search(r"<iframe[^>]*>", page.text)
    assert frame is not None
    assert 'sandbox="' in frame[0]
    assert "allow-scripts" not in frame[0]
    shown = web.get(f"/outbox/{mail.name}/html")
    assert "script-src 'none'" in shown.headers["content-security-policy"]
    assert '<head><base target="_blank">' in shown.text
    downloaded = web.get(f"/outbox/{mail.name}.eml")
    assert downloaded.headers["content-type"] == "message/rfc822"
    assert downloaded.body == mail.path.read_bytes()


def test_an_unknown_mail_is_not_found(web: Client) -> None:
    for path in ("/outbox/nothing", "/outbox/../state", "/outbox/nothing/html", "/outbox/%2e%2e%2fstaff-key"):
        assert web.get(path).status == 404
