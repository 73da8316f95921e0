"""The synthesised stack, deployed whole into the emulator: its own zips, layers, roles' settings, routes and sources at work."""

import json
import re
import time
import urllib.request
from argparse import Namespace
from collections.abc import Callable
from typing import Any

import pytest

from infra import keys
from infra.description import DEPLOYMENT
from tests.functions.party import LIST, an_edition, ok, set_up
from tests.infra.conftest import ROOT
from tests.infra.deploy import ACCOUNT, Deployed
from tests.infra.staff import DeployedStaff

SENDER = "noor@partijvoormorgen.example"


@pytest.fixture(scope="module")
def with_keys(deployed: Deployed) -> Deployed:
    """The stack after `python -m infra.keys create`. Before it, a link cannot be read, and says so."""
    assert deployed.ask("GET", "/c/forged/1").status == 503
    keys._act(Namespace(act="create", id=None), deployed.client("secretsmanager"), deployed.ids["KeysSecret"])
    return deployed


def test_once_there_are_keys_a_forged_link_is_not_found(with_keys: Deployed) -> None:
    answer = with_keys.ask("GET", f"/c/{'A' * 36}/1")
    assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")


def test_a_forged_pixel_is_still_a_picture(with_keys: Deployed) -> None:
    answer = with_keys.ask("GET", "/o/forged")
    assert (answer.status, answer.headers["content-type"], len(answer.body)) == (200, "image/gif", 43)


def test_the_supporters_pages_are_there_and_refuse_a_forged_token(with_keys: Deployed) -> None:
    for path in ("/u/forged", "/s/forged", "/pictures/none.jpg"):
        answer = with_keys.ask("GET", path)
        assert answer.status == 404
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_staff_routes_are_closed_without_a_token(with_keys: Deployed, method: str) -> None:
    assert with_keys.ask(method, "/v1/lists").status == 401


def test_the_description_of_the_api_is_open(with_keys: Deployed) -> None:
    assert with_keys.ask("GET", "/v1/openapi.json").status == 200


def test_a_path_that_is_no_route_is_nobodys(with_keys: Deployed) -> None:
    assert with_keys.ask("GET", "/admin").status == 404


def test_a_complaint_travels_from_the_topic_to_the_suppressions(with_keys: Deployed) -> None:
    complaint = (ROOT / "tests" / "payloads" / "ses" / "complaint.json").read_text(encoding="utf-8")
    with_keys.client("sns").publish(TopicArn=with_keys.ids["FeedbackTopic"], Message=complaint)
    table = with_keys.ids["SuppressionsTable"]
    rows = eventually(lambda: with_keys.client("dynamodb").scan(TableName=table)["Items"])
    assert [row["reason"]["S"] for row in rows] == ["complained"]


def test_every_lambda_can_be_loaded_from_its_own_zip_and_layers(with_keys: Deployed) -> None:
    client = with_keys.client("lambda")
    for function in DEPLOYMENT.functions:
        name = lambda_name(with_keys, function.name)
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"Records": []}))
        said = answer["Payload"].read().decode()
        assert "ImportModuleError" not in said, f"{function.name}: {said}"


def test_an_imported_supporter_gets_a_mail_whose_links_lead_somewhere(with_keys: Deployed) -> None:
    """The journey once, by what is deployed: API, queues, layers with MJML in them, bucket, SES."""
    staff = DeployedStaff(with_keys)
    set_up(staff)
    ok(staff.put("/v1/lists/national", {**LIST, "sender_address": SENDER, "reply_to": SENDER}))
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    csv = "address,name,language\njan@example.org,Jan,nl\nnonsense,Piet,nl\n"
    import_id = ok(staff.post("/v1/imports?list=national&source=crm", csv, Content_Type="text/csv"), 202)["import"]
    done = eventually(lambda: finished(ok(staff.get(f"/v1/imports/{import_id}"))))
    assert [(found["imported"], found["rejected"]) for found in done] == [(1, 1)]
    edition = an_edition(staff)
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    asked = {"version": version, "audience": {"everyone": True}}
    ok(staff.post(f"/v1/editions/{edition}/sends", asked, Idempotency_Key="first"), 202)
    (mail,) = eventually(lambda: mails(with_keys))
    (link, *_) = re.findall(r"/l/[\w-]+/\d+", mail)
    assert with_keys.ask("GET", link).headers["location"].startswith("https://party.example/")


def finished(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [report] if report["state"] == "done" else []


def mails(deployed: Deployed) -> list[str]:
    """What the emulator's SES was given, each as one text."""
    with urllib.request.urlopen(f"{deployed.url}/_ministack/ses/messages", timeout=10) as reply:
        return [json.dumps(message) for message in json.load(reply)["messages"].get(ACCOUNT, [])]


def eventually(ask: Callable[[], list[Any]], seconds: float = 15) -> list[Any]:
    """What `ask` answers as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := ask()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def lambda_name(deployed: Deployed, function: str) -> str:
    return deployed.id(f"lambdas{function.replace('_', '')}")
