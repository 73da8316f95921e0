"""What SES reports about our mails: configuration set -> SNS topic -> feedback queue."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
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
        allow_service(key, "ses.amazonaws.com", "SesPublishesFeedback")
        self.topic = sns.Topic(self, "topic", master_key=key, enforce_ssl=True)
        fix_logical_id(self.topic, "FeedbackTopic")
        self.topic.add_subscription(subscriptions.SqsSubscription(queue, dead_letter_queue=dead))
        # The CDK lets SES publish to the topic from this account and configuration set only.
        ses.ConfigurationSetEventDestination(
            self,
            "events",
            configuration_set=configuration_set,
            destination=ses.EventDestination.sns_topic(self.topic),
            events=list(EVENTS),
        )
