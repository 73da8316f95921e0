"""One stage of Achterban as one stack. It composes, in the order of the journey; each construct says what it makes."""

from dataclasses import asdict

from aws_cdk import CfnOutput, Environment, Stack, Tags
from constructs import Construct

from infra.api import Api
from infra.carried import Carried
from infra.description import Deployment
from infra.feedback import Feedback
from infra.lambdas import Lambdas, setting_values
from infra.queues import Queues
from infra.rights import Rights
from infra.sending import Sending
from infra.sources import Sources
from infra.stage import Stage
from infra.storage import Storage


class Achterban(Stack):
    def __init__(self, scope: Construct, stage: Stage, deployment: Deployment, carried: Carried) -> None:
        super().__init__(
            scope,
            stage.stack_name,
            description=f"Achterban, {stage.name}: personalised newsletters",
            env=Environment(account=stage.account, region=stage.region),
            termination_protection=stage.live,
        )
        storage = Storage(self, "storage", deployment, stage)
        queues = Queues(self, "queues", deployment, storage.key)
        sending = Sending(self, "sending", stage)
        api = Api(self, "api", stage)
        settings = setting_values(deployment, stage, storage, queues, sending, api.url)
        rights = Rights(deployment, storage, queues, sending)
        lambdas = Lambdas(self, "lambdas", deployment, stage, settings, rights, carried)
        api.add_routes(deployment, lambdas.functions)
        Sources(self, "sources", deployment, lambdas.functions, storage, queues)
        Feedback(self, "feedback", sending.configuration_set, queues.queues["feedback"], queues.dead["feedback"], storage.key)
        self._tell(stage, storage, sending)

    def _tell(self, stage: Stage, storage: Storage, sending: Sending) -> None:
        """What people and commands look up afterwards; decisions stay readable in the deployed template."""
        for name, secret in storage.secrets.items():
            CfnOutput(self, f"{name.capitalize()}SecretArn", value=secret.ref)
        CfnOutput(self, "ContentBucketName", value=storage.bucket.bucket_name)
        CfnOutput(self, "ConfigurationSetName", value=sending.configuration_set.configuration_set_name)
        decisions = {
            "ceiling": stage.ceiling,
            "sign_off": asdict(stage.sign_off) if stage.sign_off else None,
            "bulk_path": asdict(stage.bulk_path) if stage.bulk_path else None,
        }
        self.template_options.metadata = {"achterban": {"stage": stage.name, **decisions}}
        Tags.of(self).add("achterban", stage.name)
