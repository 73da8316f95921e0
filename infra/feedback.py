"""What SES reports about our mails: configuration set -> SNS topic -> feedback queue."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.ids import fix_logical_id
from infra.storage import allow_service

# Not OPEN and CLICK: SES's own tracking stays off, ours asks for consent first.
EVENTS = (
    ses.EmailSendingEvent.SEND,
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.DELIVERY_DELAY,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.REJECT,
    ses.EmailSendingEvent.RENDERING_FAILURE,
)


class Feedback(Construct):
    def __init__(
        self, scope: Construct, id: str, configuration_set: ses.ConfigurationSet, queue: sqs.Queue, dead: sqs.Queue, key: kms.Key
    ) -> None:
        super().__init__(scope, id)
        # As SES's guide has it, without a condition: it does not say that SES tells KMS for which account it acts, and a condition
        # on what is not told drops every report in silence. Whose SES may publish is the topic's policy.
        allow_service(key, "ses.amazonaws.com", "SesPublishesFeedback")
        self.topic = sns.Topic(self, "topic", master_key=key, enforce_ssl=True)
        fix_logical_id(self.topic, "FeedbackTopic")
        self._pass_on(queue, dead, key)
        # The CDK lets SES publish to the topic from this account and configuration set only.
        ses.ConfigurationSetEventDestination(
            self,
            "events",
            configuration_set=configuration_set,
            destination=ses.EventDestination.sns_topic(self.topic),
            events=list(EVENTS),
        )

    def _pass_on(self, queue: sqs.Queue, dead: sqs.Queue, key: kms.Key) -> None:
        """Not by the CDK's own SqsSubscription, which lets SNS use the key for anybody's topic, or names the topic in the policy of
        the key that the topic needs."""
        subscription = sns.Subscription(
            self,
            "to-queue",
            topic=self.topic,
            protocol=sns.SubscriptionProtocol.SQS,
            endpoint=queue.queue_arn,
            dead_letter_queue=dead,
        )
        fix_logical_id(subscription, "FeedbackSubscription")
        service = "sns.amazonaws.com"
        ours = Stack.of(self).format_arn(service="sns", resource="*", arn_format=ArnFormat.NO_RESOURCE_NAME)
        allow_service(key, service, "SnsPassesFeedbackOn", {"ArnLike": {"aws:SourceArn": ours}})
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
            )
        )
