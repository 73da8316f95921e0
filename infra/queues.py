"""The queues of the description, each with its dead-letter queue `<name>-dead`."""

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.description import Deployment, Queue

# SES reports carry addresses, so this queue is encrypted under the deployment's key. The others carry opaque ids only.
HOLDS_PEOPLE = ("feedback",)


class Queues(Construct):
    def __init__(self, scope: Construct, id: str, deployment: Deployment, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self._key = key
        self.dead: dict[str, sqs.Queue] = {}
        self.queues = {queue.name: self._queue(queue) for queue in deployment.queues}

    def _queue(self, queue: Queue) -> sqs.Queue:
        encryption = sqs.QueueEncryption.KMS if queue.name in HOLDS_PEOPLE else sqs.QueueEncryption.SQS_MANAGED
        key = self._key if queue.name in HOLDS_PEOPLE else None
        dead = sqs.Queue(
            self,
            f"{queue.name}-dead",
            encryption=encryption,
            encryption_master_key=key,
            enforce_ssl=True,
            # The longest SQS knows; a message's age counts from its first arrival, so this must exceed the queue's own 4 days.
            retention_period=Duration.days(14),
        )
        self.dead[queue.name] = dead
        return sqs.Queue(
            self,
            queue.name,
            encryption=encryption,
            encryption_master_key=key,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(queue.visibility_s),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=queue.max_receives),
        )
