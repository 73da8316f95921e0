"""From the description's grants to IAM statements: what each Lambda may do, on which one resource."""

from collections.abc import Iterator

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from infra.description import Deployment, Function, Grant, StreamSource
from infra.queues import HOLDS_PEOPLE, Queues
from infra.sending import Sending
from infra.storage import Storage

# Actions that know no resource in IAM (Service Authorization Reference), with what they can reveal or do.
EVERY_RESOURCE = {"ses:GetAccount": "reads the account's sending quota, and changes nothing"}
_KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")
_QUEUE_USE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_STREAM_USE = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")

Right = tuple[tuple[str, ...], str]  # actions, the ARN they are allowed on


class Rights:
    """Reads grants against the built resources."""

    def __init__(self, deployment: Deployment, storage: Storage, queues: Queues, sending: Sending) -> None:
        self._deployment = deployment
        self._storage = storage
        self._queues = queues
        self._sending = sending

    def policy(self, function: Function, log_group: logs.LogGroup) -> iam.PolicyDocument:
        """All a Lambda may do: its grants, reading what feeds it, using the key for those, and writing its own log."""
        rights = [right for grant in function.grants for right in self._granted(grant)]
        rights += self._fed_by(function)
        rights.append((("logs:CreateLogStream", "logs:PutLogEvents"), log_group.log_group_arn))
        statements = [iam.PolicyStatement(actions=list(actions), resources=arns) for actions, arns in _grouped(rights).items()]
        return iam.PolicyDocument(statements=[*statements, *self._key_use(function)])

    def wildcards(self, function: Function) -> Iterator[tuple[str, str]]:
        """The wildcards in a Lambda's policy, each as narrow as it can be: (cdk-nag's name of the finding, why it is there)."""
        for grant in function.grants:
            kind, _, name = grant.resource.partition(":")
            if kind == "bucket" and name.endswith("*"):
                verbs = " and ".join(action.partition(":")[2] for action in grant.actions)
                yield _finding(f"<ContentBucket.Arn>/{name}"), f"{verbs} on {_objects(name)}: their names are made at run time."
            if every := [action for action in grant.actions if action in EVERY_RESOURCE]:
                reasons = "; ".join(f"{action} {EVERY_RESOURCE[action]}" for action in every)
                yield _finding("*"), f"IAM knows no resource for it: {reasons}. Sending itself is limited to our identity."
        for source in function.streams:
            streams = f"<{source.table.capitalize()}Table.Arn>/stream/*"
            yield _finding(streams), "dynamodb:ListStreams alone, on this table's own streams: IAM knows it on no single stream."
            failures = f"<ContentBucket.Arn>/{source.failures_prefix}*"
            yield _finding(failures), "PutObject of records that kept failing: Lambda makes the names, below this prefix."

    def _granted(self, grant: Grant) -> Iterator[Right]:
        kind, _, name = grant.resource.partition(":")
        if kind == "ses":
            scoped = tuple(a for a in grant.actions if a not in EVERY_RESOURCE)
            yield from ((scoped, arn) for arn in self._sending.sender_arns() if scoped)
            yield from (((action,), "*") for action in grant.actions if action in EVERY_RESOURCE)
        else:
            yield grant.actions, self._arn(kind, name)

    def _arn(self, kind: str, name: str) -> str:
        match kind:
            case "table":
                return self._storage.tables[name].table_arn
            case "index":
                table, _, index = name.partition("/")
                return f"{self._storage.tables[table].table_arn}/index/{index}"
            case "queue":
                return self._queues.queues[name].queue_arn
            case "bucket":
                return self._storage.bucket.arn_for_objects(name) if name else self._storage.bucket.bucket_arn
            case "secret":
                return self._storage.secrets[name].ref
        raise ValueError(
            f"infra/description.py grants rights on '{kind}:{name}', a kind of resource that infra/rights.py does not know"
        )

    def _fed_by(self, function: Function) -> Iterator[Right]:
        for queue in function.queues:
            yield _QUEUE_USE, self._queues.queues[queue.queue].queue_arn
        for source in function.streams:
            table = self._storage.tables[source.table]
            assert table.table_stream_arn is not None
            yield _STREAM_USE, table.table_stream_arn
            # Lambda lists a table's streams when it connects; IAM knows that action on all streams of the table only.
            yield ("dynamodb:ListStreams",), f"{table.table_arn}/stream/*"
            yield ("s3:PutObject",), self._storage.bucket.arn_for_objects(f"{source.failures_prefix}*")
            yield ("s3:ListBucket",), self._storage.bucket.bucket_arn  # Lambda checks it for an S3 destination

    def _key_use(self, function: Function) -> Iterator[iam.PolicyStatement]:
        """The deployment's key, through the services whose things this Lambda may touch and no other way."""
        services = sorted(set(self._encrypted(function)))
        if services:
            yield iam.PolicyStatement(
                actions=list(_KEY_USE),
                resources=[self._storage.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": [f"{s}.{Aws.REGION}.{Aws.URL_SUFFIX}" for s in services]}},
            )

    def _encrypted(self, function: Function) -> Iterator[str]:
        touched = [grant.resource.partition(":") for grant in function.grants]
        touched += [("table", ":", s.table) for s in function.streams] + [("queue", ":", q.queue) for q in function.queues]
        for kind, _, name in touched:
            if kind in ("table", "index") and self._deployment.table(name.partition("/")[0]).holds_people:
                yield "dynamodb"
            elif kind == "queue" and name in HOLDS_PEOPLE:
                yield "sqs"
            elif kind in ("bucket", "secret"):
                yield {"bucket": "s3", "secret": "secretsmanager"}[kind]
        if any(isinstance(s, StreamSource) for s in function.streams):
            yield "s3"


def _finding(resource: str) -> str:
    return f"AwsSolutions-IAM5[Resource::{resource}]"


def _objects(pattern: str) -> str:
    return f"the objects below {pattern[:-1]}" if pattern != "*" else "every object of the content bucket, which is the staff's"


def _grouped(rights: list[Right]) -> dict[tuple[str, ...], list[str]]:
    """One statement per set of actions: a role's policy may be 10,240 characters, and reads better so."""
    found: dict[tuple[str, ...], list[str]] = {}
    for actions, arn in rights:
        found.setdefault(tuple(sorted(actions)), []).append(arn)
    return found
