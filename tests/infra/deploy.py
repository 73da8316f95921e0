"""Deploys a synthesised stack into the emulator with boto3 alone, as the CDK's command line would into AWS."""

import io
import json
import re
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from local.client import Client, Reply

# The emulator's own account, under which requests without credentials (HTTP) find the API.
ACCOUNT = "000000000000"
REGION = "eu-west-1"
BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
# What the emulator's CloudFormation cannot answer: the records that SES makes up for DKIM.
UNKNOWN_OUTPUTS = ("Dkim1", "Dkim2", "Dkim3")


@dataclass(frozen=True)
class Deployed:
    """A running stack. `ids` are the physical ids of its resources by logical id."""

    url: str
    ids: dict[str, str]

    def client(self, service: str) -> Any:
        return client(self.url, service)

    def id(self, path: str) -> str:
        """The physical id of the one resource whose logical id is `path` and the CDK's eight characters."""
        (found,) = (physical for logical, physical in self.ids.items() if re.fullmatch(f"{path}[0-9A-F]{{8}}", logical))
        return found

    def ask(self, method: str, path: str) -> Reply:
        """Over HTTP, as anybody; redirects are not followed."""
        return Client(self.url).request(method, f"/_aws/execute-api/{self.ids['PublicApi']}/$default{path}")


def client(url: str, service: str) -> Any:
    session: Any = boto3.Session(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    return session.client(service, endpoint_url=url)


def deploy(url: str, folder: Path, stack: str) -> Deployed:
    """Upload the assets in the cloud assembly `folder`, create the stack, wait; AssertionError with the reasons when it fails."""
    _bootstrap(url)
    s3, cloudformation = client(url, "s3"), client(url, "cloudformation")
    for asset in json.loads((folder / f"{stack}.assets.json").read_text(encoding="utf-8"))["files"].values():
        path = folder / asset["source"]["path"]
        (destination,) = asset["destinations"].values()
        body = _zipped(path) if asset["source"]["packaging"] == "zip" else path.read_bytes()
        s3.put_object(Bucket=BUCKET, Key=destination["objectKey"], Body=body)
    template = json.loads((folder / f"{stack}.template.json").read_text(encoding="utf-8"))
    template["Outputs"] = {name: output for name, output in template["Outputs"].items() if name not in UNKNOWN_OUTPUTS}
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template))
    cloudformation.create_stack(StackName=stack, TemplateURL=f"{url}/{BUCKET}/template.json", Capabilities=["CAPABILITY_IAM"])
    _wait(cloudformation, stack)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return Deployed(
        url, {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}
    )


def _bootstrap(url: str) -> None:
    client(url, "ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="21", Type="String")
    client(url, "s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(folder))
    return content.getvalue()


def _wait(cloudformation: Any, stack: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        if found["StackStatus"] == "CREATE_COMPLETE":
            return
        if not found["StackStatus"].endswith("IN_PROGRESS") or "ROLLBACK" in found["StackStatus"]:
            events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
            failed = [e for e in events if e["ResourceStatus"].endswith("FAILED")]
            raise AssertionError([(e["LogicalResourceId"], e.get("ResourceStatusReason")) for e in failed] or found)
        time.sleep(0.1)
    raise AssertionError("the stack was not there after a minute")
