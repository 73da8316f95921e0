"""What must hold for every resource, now and later. Each rule has an id to quote in a review."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.api import LOGGED
from infra.description import DEPLOYMENT, Function
from infra.rights import EVERY_RESOURCE
from tests.infra.conftest import ROOT, Synthesised
from tests.infra.template import Resource, Template, listed, properties, statements, text

FUNCTIONS = pytest.mark.parametrize("function", DEPLOYMENT.functions, ids=lambda f: f.name)


def granted(dev: Template, function: Function) -> set[tuple[str, str]]:
    """What the description grants, as (action, resource as text)."""
    found = set()
    for grant in function.grants:
        kind, _, name = grant.resource.partition(":")
        match kind:
            case "table":
                arns = [f"<{name.capitalize()}Table.Arn>"]
            case "index":
                table, _, index = name.partition("/")
                arns = [f"<{table.capitalize()}Table.Arn>/index/{index}"]
            case "queue":
                arns = [f"<{dev.queue(name)[0]}.Arn>"]
            case "bucket":
                arns = [f"<ContentBucket.Arn>/{name}" if name else "<ContentBucket.Arn>"]
            case "secret":
                arns = [f"<{name.capitalize()}Secret>"]
            case _:
                arns = ["ses"]
        found |= {(action, arn) for action in grant.actions for arn in arns}
    return found


def sends_as_granted(rights: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The rights with everything of SES's under the name "ses"."""
    return {(action, "ses" if action.startswith("ses:") else arn) for action, arn in rights}


def of_itself(dev: Template, function: Function) -> set[tuple[str, str]]:
    """What a Lambda needs to run and to be fed."""
    _, built = dev.lambda_named(function.name)
    log = f"<{built['LoggingConfig']['LogGroup']['Ref']}.Arn>"
    found = {("logs:CreateLogStream", log), ("logs:PutLogEvents", log)}
    for queue in function.queues:
        arn = f"<{dev.queue(queue.queue)[0]}.Arn>"
        found |= {(f"sqs:{a}", arn) for a in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")}
    for stream in function.streams:
        table = f"{stream.table.capitalize()}Table"
        found |= {(f"dynamodb:{a}", f"<{table}.StreamArn>") for a in ("DescribeStream", "GetRecords", "GetShardIterator")}
        found |= {("dynamodb:ListStreams", f"<{table}.Arn>/stream/*"), ("s3:ListBucket", "<ContentBucket.Arn>")}
        found |= {("s3:PutObject", f"<ContentBucket.Arn>/{stream.failures_prefix}*")}
    return found


@FUNCTIONS
def test_r1_a_lambda_may_do_what_is_described_and_nothing_else(dev: Template, function: Function) -> None:
    rights = {(action, arn) for action, arn in dev.rights_of(function.name) if not action.startswith("kms:")}
    assert sends_as_granted(rights) == granted(dev, function) | of_itself(dev, function)


@FUNCTIONS
def test_r2_nothing_is_allowed_on_everything_without_a_written_reason(live: Template, function: Function) -> None:
    assert {action for action, arn in live.rights_of(function.name) if arn == "*"} <= set(EVERY_RESOURCE)
    assert not [action for action, _ in live.rights_of(function.name) if "*" in action]


def test_r3_each_lambda_has_a_role_of_its_own_without_managed_policies(dev: Template) -> None:
    roles = [dev.lambda_named(f.name)[1]["Role"]["Fn::GetAtt"][0] for f in DEPLOYMENT.functions]
    assert len(set(roles)) == len(roles)
    assert not [r for r in dev.resources("AWS::IAM::Role").values() if "ManagedPolicyArns" in properties(r)]


@FUNCTIONS
def test_r4_the_key_is_used_through_the_services_a_lambda_touches_only(dev: Template, function: Function) -> None:
    statement = [s for n, s in statements(dev) if "kms:Decrypt" in listed(s["Action"]) and n == role_id(dev, function)]
    services = {text(via).partition(".")[0] for s in statement for via in s["Condition"]["StringEquals"]["kms:ViaService"]}
    kinds = {grant.resource.partition(":")[0] for grant in function.grants}
    assert ("secretsmanager" in services) == ("secret" in kinds)
    assert ("s3" in services) == ("bucket" in kinds or bool(function.streams))
    assert ("sqs" in services) == any(q.queue == "feedback" for q in function.queues)
    assert {text(s["Resource"]) for s in statement} <= {"<PeopleKey.Arn>"}


def test_r5_mails_leave_as_our_identity_with_our_configuration_set_only(live: Template, dev: Template) -> None:
    prefix = "arn:<AWS::Partition>:ses:"
    for function in ("deliver", "staff_api", "my", "join"):
        sends = {arn.rpartition(":")[2] for action, arn in live.rights_of(function) if action == "ses:SendEmail"}
        assert sends == {"identity/<SenderIdentity>", "configuration-set/<SenderConfigurationSet>"}
        assert all(arn.startswith(prefix) for action, arn in dev.rights_of(function) if action == "ses:SendEmail")


def test_r6_every_queue_has_a_dead_letter_queue_and_is_encrypted_in_store_and_on_its_way(dev: Template) -> None:
    queues = {name: properties(q) for name, q in dev.resources("AWS::SQS::Queue").items()}
    redrive = {
        name: q["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for name, q in queues.items() if "RedrivePolicy" in q
    }
    assert sorted(redrive.values()) == sorted(queues.keys() - redrive)
    assert all(q.get("SqsManagedSseEnabled") or text(q["KmsMasterKeyId"]) == "<PeopleKey.Arn>" for q in queues.values())
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    refused = [s for _, s in statements(dev) if s["Effect"] == "Deny" and s["Condition"] == insecure]
    assert {f"<{name}.Arn>" for name in queues} <= {arn for s in refused for arn in on(s)}


def test_r7_every_source_of_events_has_a_way_out_for_what_keeps_failing(dev: Template) -> None:
    redriven = {n for n, q in dev.resources("AWS::SQS::Queue").items() if "RedrivePolicy" in properties(q)}
    for mapping in map(properties, dev.resources("AWS::Lambda::EventSourceMapping").values()):
        source, attribute = mapping["EventSourceArn"]["Fn::GetAtt"]
        assert source in redriven if attribute == "Arn" else "OnFailure" in mapping["DestinationConfig"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert all("RedrivePolicy" in properties(s) for s in dev.resources("AWS::SNS::Subscription").values())


@FUNCTIONS
def test_r8_every_log_forgets(live: Template, function: Function) -> None:
    group = live.lambda_named(function.name)[1]["LoggingConfig"]["LogGroup"]["Ref"]
    assert properties(live.body["Resources"][group])["RetentionInDays"] == 90
    assert all(properties(g)["RetentionInDays"] == 90 for g in live.resources("AWS::Logs::LogGroup").values())


def test_r9_the_api_log_holds_no_path_query_address_agent_or_token(dev: Template) -> None:
    settings = dev.one("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    used = set(re.findall(r"\$context\.([A-Za-z.]+)", settings["Format"]))
    assert used == {v.removeprefix("$context.") for v in LOGGED.values()}
    for forbidden in ("path", "identity", "authorizer", "querystring", "error", "integration.error", "domain"):
        assert not any(name == forbidden or name.startswith(f"{forbidden}.") for name in used)
    assert json.loads(settings["Format"])["route"] == "$context.routeKey"


PUBLIC = {
    *(
        f"{m} {p}"
        for p in (
            "/c/{token}/{n}",
            "/l/{edition}/{n}",
            "/o/{token}",
            "/pictures/{name}",
            "/s/{token}/why",
            "/s/{token}/view",
            "/m/{token}/mails/{send}",
        )
        for m in ("GET", "HEAD")
    ),
    *(
        f"{m} {p}"
        for p in ("/u/{token}", "/s/{token}", "/a/{token}/{n}", "/fresh", "/m/{token}", "/m/{token}/data")
        for m in ("GET", "HEAD", "POST")
    ),
    *(f"{m} {p}" for p in ("/join/{list}", "/k/{token}") for m in ("GET", "HEAD", "POST")),
    *(f"{m} {p}" for p in ("/transparency", "/transparency/{send}", "/policy", "/policy/{version}") for m in ("GET", "HEAD")),
    *("GET /v1/openapi.json", "GET /v1/docs", "GET /m/{token}/export.json"),
}


def test_r10_only_the_listed_routes_are_public(live: Template) -> None:
    """A route that joins this list must be safe for anybody who has the mail."""
    routes = [properties(r) for r in live.resources("AWS::ApiGatewayV2::Route").values()]
    assert {r["RouteKey"] for r in routes if r["AuthorizationType"] == "NONE"} == PUBLIC
    (authorizer,) = live.resources("AWS::ApiGatewayV2::Authorizer")
    others = [r for r in routes if r["AuthorizationType"] != "NONE"]
    assert {(r["AuthorizationType"], text(r["AuthorizerId"])) for r in others} == {("JWT", f"<{authorizer}>")}
    jwt = live.one("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]
    assert jwt == {"Issuer": "https://login.partijvoormorgen.nl/", "Audience": ["achterban"]}


def test_r11_the_api_is_throttled(live: Template) -> None:
    settings = live.one("AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] > 0


def test_r12_the_bucket_is_private_encrypted_and_forgets_what_is_about_people(live: Template) -> None:
    bucket = live.one("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    encryption = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert text(encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == "<PeopleKey.Arn>"
    assert "VersioningConfiguration" not in bucket
    expiring = {rule["Prefix"]: rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"] if "Prefix" in rule}
    failures = {source.failures_prefix for f in DEPLOYMENT.functions for source in f.streams}
    assert {"imports/", *failures} <= set(expiring)
    assert max(expiring.values()) <= 400


def test_r13_ses_reports_everything_but_opens_and_clicks_and_tracks_nothing(live: Template) -> None:
    (destination,) = map(properties, live.resources("AWS::SES::ConfigurationSetEventDestination").values())
    events = set(destination["EventDestination"]["MatchingEventTypes"])
    assert events == {"send", "delivery", "deliveryDelay", "bounce", "complaint", "reject", "renderingFailure"}
    configuration = live.one("AWS::SES::ConfigurationSet")
    assert configuration["VdmOptions"]["DashboardOptions"] == {"EngagementMetrics": "DISABLED"}
    assert configuration["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert configuration["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
    assert configuration["ReputationOptions"] == {"ReputationMetricsEnabled": True}
    assert "TrackingOptions" not in configuration


def test_r14_only_ses_for_our_configuration_set_reaches_the_feedback_queue(dev: Template) -> None:
    (topic,) = dev.resources("AWS::SNS::Topic")
    into_topic = [s for _, s in statements(dev) if s["Effect"] == "Allow" and s["Action"] == "sns:Publish"]
    assert [s["Principal"] for s in into_topic] == [{"Service": "ses.amazonaws.com"}]
    condition = into_topic[0]["Condition"]["StringEquals"]
    assert text(condition["AWS:SourceAccount"]) == "<AWS::AccountId>"
    assert ":configuration-set/<SenderConfigurationSet>" in text(condition["AWS:SourceArn"])
    feedback = f"<{dev.queue('feedback')[0]}.Arn>"
    into_queue = [s for _, s in statements(dev) if s["Effect"] == "Allow" and feedback in on(s) and "Principal" in s]
    assert [(s["Principal"], s["Condition"]) for s in into_queue] == [
        ({"Service": "sns.amazonaws.com"}, {"ArnEquals": {"aws:SourceArn": {"Ref": topic}}})
    ]
    assert text(properties(dev.body["Resources"][topic])["KmsMasterKeyId"]) == "<PeopleKey.Arn>"


def test_r15_no_secret_value_is_in_the_template(dev: Template) -> None:
    secret = properties(dev.body["Resources"]["KeysSecret"])
    assert not {"SecretString", "GenerateSecretString"} & set(secret)


def test_r16_no_finding_of_the_security_checks_is_left(synthesised: Synthesised) -> None:
    assert synthesised.refused["dev"] is None
    assert synthesised.refused["live"] is None


def test_r17_a_finding_that_nobody_accepted_stops_the_synthesis(synthesised: Synthesised) -> None:
    assert "ValidationFailed" in str(synthesised.refused["open"])
    report = json.loads((synthesised.folder / "second" / "open" / "validation-report.json").read_text(encoding="utf-8"))
    rules = {v["ruleName"] for plugin in report["pluginReports"] for v in plugin["violations"]}
    assert "AwsSolutions-S1" in rules


def test_r18_the_template_is_valid_where_it_is_deployed(synthesised: Synthesised) -> None:
    template = synthesised.folder / "first" / "live" / "achterban-live.template.json"
    # W3005: the CDK writes out a dependency that a reference gives already.
    asked = [str(Path(sys.executable).parent / "cfn-lint"), "-r", "eu-central-1", "-i", "W3005", "-t", str(template)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False, env=os.environ, cwd=ROOT)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_r19_proof_of_consent_and_the_audit_log_are_only_added_to(live: Template) -> None:
    """But for one: `tend_sends`, which nobody can call, takes an import's columns off the proof of whoever was erased."""
    changing = {f"dynamodb:{a}" for a in ("UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete")}
    for function in DEPLOYMENT.functions:
        for table in ("<ConsentsTable.Arn>", "<AuditTable.Arn>"):
            erasing = {"dynamodb:UpdateItem"} if (function.name, table) == ("tend_sends", "<ConsentsTable.Arn>") else set()
            changes = {action for action, arn in live.rights_of(function.name) if arn == table} & changing
            assert changes == erasing, function.name


def test_r20_what_mails_lead_to_and_what_cannot_be_made_twice_keeps_its_name(dev: Template, live: Template) -> None:
    """A changed logical id replaces the resource: links in mails die, or the deployment fails at a name that is taken."""
    fixed = {
        "AWS::SES::EmailIdentity": "SenderIdentity",
        "AWS::SES::ConfigurationSet": "SenderConfigurationSet",
        "AWS::ApiGatewayV2::Api": "PublicApi",
        "AWS::SNS::Topic": "FeedbackTopic",
        "AWS::SNS::Subscription": "FeedbackSubscription",
        "AWS::KMS::Key": "PeopleKey",
        "AWS::S3::Bucket": "ContentBucket",
        "AWS::SecretsManager::Secret": "KeysSecret",
    }
    for template in (dev, live):
        assert {kind: list(template.resources(kind)) for kind in fixed} == {kind: [name] for kind, name in fixed.items()}
    assert list(live.resources("AWS::ApiGatewayV2::DomainName")) == ["PublicDomain"]


def test_r21_a_service_uses_the_key_for_this_account_only_where_it_says_for_whom_it_acts(dev: Template) -> None:
    """SNS does. SES's guide shows its statement without a condition, and the topic's policy (r14) names account and source."""
    policy = properties(dev.body["Resources"]["PeopleKey"])["KeyPolicy"]["Statement"]
    services = {s["Principal"]["Service"]: s for s in policy if "Service" in s["Principal"]}
    assert len([s for s in policy if "Service" in s["Principal"]]) == len(services) == 2
    assert all(listed(s["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey"] for s in services.values())
    topics = text(services["sns.amazonaws.com"]["Condition"]["ArnLike"]["aws:SourceArn"])
    assert topics == "arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:*"
    assert "Condition" not in services["ses.amazonaws.com"]


def role_id(template: Template, function: Function) -> str:
    name: str = template.lambda_named(function.name)[1]["Role"]["Fn::GetAtt"][0]
    return name


def on(statement: Resource) -> list[str]:
    """The resources of a statement; one without any is a role's trust."""
    return [text(resource) for resource in listed(statement.get("Resource", []))]
