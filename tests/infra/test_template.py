"""The synthesised stack is what infra/description.py says, neither more nor less."""

import json
from typing import Any

import pytest

from infra.description import DEPLOYMENT, Function, Queue, Table
from tests.infra.conftest import ROOT, Synthesised
from tests.infra.template import Template, properties, text

FUNCTIONS = pytest.mark.parametrize("function", DEPLOYMENT.functions, ids=lambda f: f.name)
TABLES = pytest.mark.parametrize("table", DEPLOYMENT.tables, ids=lambda t: t.name)
QUEUES = pytest.mark.parametrize("queue", DEPLOYMENT.queues, ids=lambda q: q.name)


def table_id(name: str) -> str:
    """Fixed: a changed logical id would replace the table, and all in it."""
    return f"{name.capitalize()}Table"


def test_there_is_nothing_but_what_is_described(dev: Template) -> None:
    assert set(dev.resources("AWS::DynamoDB::Table")) == {table_id(t.name) for t in DEPLOYMENT.tables}
    assert len(dev.resources("AWS::SQS::Queue")) == 2 * len(DEPLOYMENT.queues)
    assert len(dev.resources("AWS::Lambda::Function")) == len(DEPLOYMENT.functions)
    assert len(dev.resources("AWS::IAM::Role")) == len(DEPLOYMENT.functions)
    mappings = sum(len(f.queues) + len(f.streams) for f in DEPLOYMENT.functions)
    assert len(dev.resources("AWS::Lambda::EventSourceMapping")) == mappings


@TABLES
def test_a_table_has_its_keys_and_indexes(dev: Template, table: Table) -> None:
    built = properties(dev.body["Resources"][table_id(table.name)])
    assert built["KeySchema"] == keys(table.key, table.sort)
    assert [(i["IndexName"], i["KeySchema"], i["Projection"]) for i in built.get("GlobalSecondaryIndexes", [])] == [
        (i.name, keys(i.key, i.sort), {"ProjectionType": "KEYS_ONLY"}) for i in table.indexes
    ]
    assert {a["AttributeType"] for a in built["AttributeDefinitions"]} == {"S"}


@TABLES
def test_a_table_expires_streams_and_is_backed_up_as_described(dev: Template, live: Template, table: Table) -> None:
    for template in (dev, live):
        built = properties(template.body["Resources"][table_id(table.name)])
        assert built.get("TimeToLiveSpecification") == (
            {"AttributeName": table.expires, "Enabled": True} if table.expires else None
        )
        assert built.get("StreamSpecification") == ({"StreamViewType": "NEW_IMAGE"} if table.stream else None)
        assert built["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert built["BillingMode"] == "PAY_PER_REQUEST"
        key = built.get("SSESpecification", {}).get("KMSMasterKeyId")
        assert (text(key) if key else None) == ("<PeopleKey.Arn>" if table.holds_people else None)


@TABLES
def test_only_a_live_stage_keeps_a_table_whatever_happens(dev: Template, live: Template, table: Table) -> None:
    kept, spared = (t.body["Resources"][table_id(table.name)] for t in (live, dev))
    assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"
    assert properties(kept)["DeletionProtectionEnabled"] is True
    assert (spared["DeletionPolicy"], properties(spared)["DeletionProtectionEnabled"]) == ("Delete", False)


@QUEUES
def test_a_queue_waits_and_gives_up_as_described(dev: Template, queue: Queue) -> None:
    _, built = dev.queue(queue.name)
    dead_id, dead = dev.queue(f"{queue.name}-dead")
    assert built["VisibilityTimeout"] == queue.visibility_s
    assert built["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_id, "Arn"]},
        "maxReceiveCount": queue.max_receives,
    }
    assert dead["MessageRetentionPeriod"] > built["MessageRetentionPeriod"]


@FUNCTIONS
def test_a_lambda_runs_as_described(dev: Template, function: Function) -> None:
    _, built = dev.lambda_named(function.name)
    assert (built["Runtime"], built["Architectures"]) == ("python3.13", ["arm64"])
    assert (built["MemorySize"], built["Timeout"]) == (function.memory_mb, function.timeout_s)


@FUNCTIONS
def test_a_lambda_reads_its_settings_and_no_others(dev: Template, function: Function) -> None:
    _, built = dev.lambda_named(function.name)
    assert sorted(built["Environment"]["Variables"]) == sorted(function.settings)


def test_each_setting_has_its_value(dev: Template) -> None:
    values = {
        name: text(value)
        for function in DEPLOYMENT.functions
        for name, value in dev.lambda_named(function.name)[1]["Environment"]["Variables"].items()
    }
    for name, setting in DEPLOYMENT.settings.items():
        if setting.kind == "table":
            assert values.get(name) in (f"<{table_id(setting.name)}>", None)
        elif setting.kind == "queue":
            assert values.get(name) in (f"<{dev.queue(setting.name)[0]}>", None)
    (configuration_set,) = dev.resources("AWS::SES::ConfigurationSet")
    (api,) = dev.resources("AWS::ApiGatewayV2::Api")
    assert values["CONTENT_BUCKET"] == "<ContentBucket>"
    assert values["KEYS_SECRET"] == "<KeysSecret>"
    assert values["CONFIGURATION_SET"] == f"<{configuration_set}>"
    assert values["PUBLIC_URL"] == f"<{api}.ApiEndpoint>"
    assert values["CEILING"] == "observed"
    assert values["SENDER_DOMAIN"] == "partijvoormorgen.example"
    assert values["STAFF_ADDRESSES"] == "editor@example.org,campaign@example.org"


def test_a_stated_address_is_the_one_in_the_mails(live: Template) -> None:
    assert live.lambda_named("deliver")[1]["Environment"]["Variables"]["PUBLIC_URL"] == "https://post.partijvoormorgen.nl"
    assert live.one("AWS::ApiGatewayV2::DomainName")["DomainName"] == "post.partijvoormorgen.nl"
    assert live.one("AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"] is True


@FUNCTIONS
def test_what_feeds_a_lambda_is_as_described(dev: Template, function: Function) -> None:
    name, _ = dev.lambda_named(function.name)
    mappings = [properties(m) for m in dev.resources("AWS::Lambda::EventSourceMapping").values()]
    known = ("EventSourceArn", "FunctionName", "Tags")
    mine = {text(m["EventSourceArn"]): without(m, *known) for m in mappings if m["FunctionName"] == {"Ref": name}}
    assert mine == {
        **{f"<{dev.queue(source.queue)[0]}.Arn>": from_queue(source.batch, source.concurrency) for source in function.queues},
        **{
            f"<{table_id(source.table)}.StreamArn>": {
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": source.batch,
                "MaximumBatchingWindowInSeconds": source.window_s,
                "MaximumRetryAttempts": source.retries,
                "MaximumRecordAgeInSeconds": source.max_age_s,
                "BisectBatchOnFunctionError": source.bisect,
                "ParallelizationFactor": source.parallel,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                **({"FilterCriteria": {"Filters": [{"Pattern": p} for p in source.filters]}} if source.filters else {}),
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["ContentBucket", "Arn"]}}},
            }
            for source in function.streams
        },
    }


def test_schedules_wake_their_lambdas(dev: Template) -> None:
    rules = {properties(r)["Targets"][0]["Arn"]["Fn::GetAtt"][0]: r for r in dev.resources("AWS::Events::Rule").values()}
    described = {dev.lambda_named(f.name)[0]: f.schedule for f in DEPLOYMENT.functions if f.schedule}
    assert {n: properties(r)["ScheduleExpression"] for n, r in rules.items()} == {
        n: f"rate({s.every_minutes} minute{'s' if s.every_minutes > 1 else ''})" for n, s in described.items()
    }


def test_the_routes_are_the_described_ones_each_to_its_lambda(dev: Template) -> None:
    integrations = {name: properties(i) for name, i in dev.resources("AWS::ApiGatewayV2::Integration").items()}
    lambdas = {f"integrations/<{name}>": i["IntegrationUri"]["Fn::GetAtt"][0] for name, i in integrations.items()}
    built = [properties(r) for r in dev.resources("AWS::ApiGatewayV2::Route").values()]
    routes = {r["RouteKey"]: lambdas[text(r["Target"])] for r in built}
    assert routes == {
        f"{route.method} {route.path}": dev.lambda_named(function.name)[0]
        for function in DEPLOYMENT.functions
        for route in function.routes
    }
    assert {i["PayloadFormatVersion"] for i in integrations.values()} == {"2.0"}


def test_the_same_project_gives_the_same_bytes(synthesised: Synthesised) -> None:
    assert synthesised.text("first") == synthesised.text("second")


def test_the_decisions_about_the_ceiling_and_the_bulk_path_are_kept_in_the_template(live: Template) -> None:
    assert live.body["Metadata"]["achterban"] == {
        "stage": "live",
        "ceiling": "observed",
        "sign_off": {"name": "A. Jurist", "date": "2026-11-02", "reference": "board minutes 2026-41"},
        "bulk_path": {"proven": "2026-11-09", "reference": "both mails are kept with the minutes"},
    }


def test_what_the_deployment_guide_looks_up_is_in_the_outputs(live: Template) -> None:
    looked_up = {"Dkim1", "Dkim2", "Dkim3", "MailFromMx", "MailFromSpf", "PublicName", "PublicUrl", "ConfigurationSetName"}
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in guide for name in looked_up - {"Dkim2"})
    assert looked_up <= live.body["Outputs"].keys()


def test_no_partition_region_or_account_is_written_into_the_template(synthesised: Synthesised) -> None:
    """AWS's sovereign and other partitions have their own names for all three."""
    body = synthesised.template("dev").body
    written = json.dumps({n: r for n, r in body["Resources"].items() if r["Type"] != "AWS::CDK::Metadata"})
    for name in ("arn:aws:", "amazonaws.com/", "eu-central-1", "us-east-1", "123456789012"):
        assert name not in written
    assert not [r["Type"] for r in body["Resources"].values() if r["Type"].startswith(("AWS::CloudFront::", "AWS::Route53::"))]


def keys(partition: str, sort: str | None) -> list[dict[str, str]]:
    found = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*found, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else found


def without(mapping: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}


def from_queue(batch: int, concurrency: int) -> dict[str, Any]:
    return {
        "BatchSize": batch,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": concurrency},
    }
