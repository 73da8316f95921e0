"""Security checks on what is synthesised: cdk-nag's AWS Solutions rules. A finding goes away or is accepted with a reason."""

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct


def check(app: App) -> None:
    """Let synthesis fail on every finding that is not accepted; the report is cdk.out/validation-report.json."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def accept(where: IConstruct, rule: str, reason: str) -> None:
    """Accept the finding `rule` (such as "AwsSolutions-S1") on `where` and what is below it, for a reason a reviewer can judge."""
    Validations.of(where).acknowledge(Acknowledgment(id=rule, reason=reason))
