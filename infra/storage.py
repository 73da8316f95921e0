"""Where things are kept: the deployment's key, the tables, the content bucket and the secret with the signing keys."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.checks import accept
from infra.description import Deployment, StreamSource, Table
from infra.ids import fix_logical_id
from infra.stage import Stage

# Days after which S3 forgets what has had its use. Pictures, editions and layouts stay.
EXPIRES_DAYS = {"imports/": 30, StreamSource.failures_prefix: 30, "sends/": 396}


class Storage(Construct):
    """Everything that outlives a deployment. A live stage keeps it even when the stack is deleted.

    Logical ids are fixed, so that moving a construct in this code never replaces a table.
    """

    def __init__(self, scope: Construct, id: str, deployment: Deployment, stage: Stage) -> None:
        super().__init__(scope, id)
        self._removal = RemovalPolicy.RETAIN if stage.live else RemovalPolicy.DESTROY
        self._protected = stage.live
        self.key = kms.Key(
            self,
            "key",
            description=f"Achterban {stage.name}: everything about people",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
        self.tables = {table.name: self._table(table) for table in deployment.tables}
        self.bucket = self._bucket()
        self.secrets = {s.name: self._secret(s.name) for s in deployment.settings.values() if s.kind == "secret"}
        for construct, name in ((self.key, "PeopleKey"), (self.bucket, "ContentBucket")):
            fix_logical_id(construct, name)

    def _table(self, table: Table) -> dynamodb.Table:
        built = dynamodb.Table(
            self,
            table.name,
            partition_key=_text(table.key),
            sort_key=_text(table.sort) if table.sort else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
            deletion_protection=self._protected,
            removal_policy=self._removal,
            time_to_live_attribute=table.expires,
            stream=dynamodb.StreamViewType.NEW_IMAGE if table.stream else None,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if table.holds_people else dynamodb.TableEncryption.DEFAULT,
            encryption_key=self.key if table.holds_people else None,
        )
        for index in table.indexes:
            built.add_global_secondary_index(
                index_name=index.name,
                partition_key=_text(index.key),
                sort_key=_text(index.sort) if index.sort else None,
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
        fix_logical_id(built, f"{table.name.capitalize()}Table")
        return built

    def _bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "content",
            # Not versioned: what is deleted because someone left must be gone. Names of pictures and editions carry their hash.
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            removal_policy=self._removal,
            lifecycle_rules=[
                *(
                    s3.LifecycleRule(id=f"expire {prefix}", prefix=prefix, expiration=Duration.days(days))
                    for prefix, days in EXPIRES_DAYS.items()
                ),
                s3.LifecycleRule(id="abandoned uploads", abort_incomplete_multipart_upload_after=Duration.days(1)),
            ],
        )
        accept(
            bucket,
            "AwsSolutions-S1",
            "No server access logs: only this stack's Lambdas reach the bucket, and a log of who uploaded or was served what"
            " would be a second, uncontrolled record of people. CloudTrail data events can be switched on for an audit.",
        )
        return bucket

    def _secret(self, name: str) -> secretsmanager.CfnSecret:
        """An empty secret. `python -m infra.keys` sets its value; until then every Lambda that needs a key refuses to run."""
        secret = secretsmanager.CfnSecret(
            self,
            f"{name}-secret",
            description="Achterban: keys that sign links and hash addresses. Set by `python -m infra.keys`, never by hand.",
            kms_key_id=self.key.key_arn,
        )
        secret.apply_removal_policy(self._removal)
        secret.override_logical_id(f"{name.capitalize()}Secret")
        accept(
            secret,
            "AwsSolutions-SMG4",
            "No rotation on a timer: a link in a mail must verify for as long as the mail can be opened, so keys are added and"
            " retired by `python -m infra.keys`, and the key that hashes addresses can never change.",
        )
        return secret


def allow_service(key: kms.Key, service: str, reason_id: str, conditions: Mapping[str, Any] | None = None) -> None:
    """Let an AWS service use the key to pass on messages that are encrypted under it."""
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid=reason_id,
            principals=[iam.ServicePrincipal(service)],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],  # in a key's own policy this is the key
            conditions=conditions,
        )
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
