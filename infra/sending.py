"""SES as we send: the identity (the domain mails come from) and the configuration set every mail names."""

from collections.abc import Iterator

from aws_cdk import Aws, CfnOutput, Stack
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.ids import fix_logical_id
from infra.stage import Stage


class Sending(Construct):
    def __init__(self, scope: Construct, id: str, stage: Stage) -> None:
        super().__init__(scope, id)
        self.configuration_set = ses.ConfigurationSet(
            self,
            "configuration-set",
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            reputation_metrics=True,
            sending_enabled=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
            # Off and not merely unset: an account that has engagement metrics on would otherwise put SES's own pixel
            # and links into mails of people who consented to neither.
            vdm_options=ses.VdmOptions(engagement_metrics=False, optimized_shared_delivery=False),
        )
        self.identity = ses.EmailIdentity(
            self,
            "identity",
            identity=ses.Identity.domain(stage.sender_domain),
            configuration_set=self.configuration_set,
            dkim_signing=True,
            feedback_forwarding=False,  # reports go to the feedback queue, not to people's inboxes
            mail_from_domain=stage.mail_from_domain,
        )
        # Another identity of the same name cannot be made beside the old one, and would have other DNS records.
        fix_logical_id(self.identity, "SenderIdentity")
        fix_logical_id(self.configuration_set, "SenderConfigurationSet")
        self._stage = stage
        self._dns_records()

    def sender_arns(self) -> list[str]:
        """What a Lambda that sends must be allowed to use, and nothing else of SES."""
        arns = [
            self.identity.email_identity_arn,
            _ses_arn(self, "configuration-set", self.configuration_set.configuration_set_name),
        ]
        # In SES's sandbox the address written to is checked like the one written from. A live account is out of it.
        return arns if self._stage.live else [*arns, *(_ses_arn(self, "identity", a) for a in self._stage.staff_addresses)]

    def _dns_records(self) -> None:
        for n, record in enumerate(self.identity.dkim_records, 1):
            CfnOutput(self, f"Dkim{n}", value=f"{record.name} CNAME {record.value}").override_logical_id(f"Dkim{n}")
        for name, value in _mail_from_records(self._stage):
            CfnOutput(self, name, value=value).override_logical_id(name)


def _mail_from_records(stage: Stage) -> Iterator[tuple[str, str]]:
    if stage.mail_from_domain:
        yield "MailFromMx", f"{stage.mail_from_domain} MX 10 feedback-smtp.{Aws.REGION}.amazonses.com"
        yield "MailFromSpf", f'{stage.mail_from_domain} TXT "v=spf1 include:amazonses.com ~all"'


def _ses_arn(scope: Construct, kind: str, name: str) -> str:
    return Stack.of(scope).format_arn(service="ses", resource=kind, resource_name=name)
