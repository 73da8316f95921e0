"""The Lambdas of the description: each its own role, log group, files and settings."""

from aws_cdk import AssetHashType, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.carried import Carried
from infra.checks import accept
from infra.description import Deployment, Function, Setting
from infra.packaging import Asset
from infra.queues import Queues
from infra.rights import Rights
from infra.sending import Sending
from infra.stage import RETENTIONS, Stage
from infra.storage import Storage

RUNTIME = lambda_.Runtime.PYTHON_3_13


class Lambdas(Construct):
    """`functions` by name; nothing feeds them yet (`infra/sources.py`, `infra/api.py`)."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        deployment: Deployment,
        stage: Stage,
        settings: dict[str, str],
        rights: Rights,
        carried: Carried,
    ) -> None:
        super().__init__(scope, id)
        self._stage = stage
        self._settings = settings
        self._rights = rights
        self._carried = carried
        self._layers = {name: self._layer(name, asset) for name, asset in carried.layers.items()}
        self.functions = {function.name: self._function(function) for function in deployment.functions}

    def _layer(self, name: str, asset: Asset) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            f"{name}-layer",
            code=code(asset),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[lambda_.Architecture.ARM_64],
            description=f"Achterban: third-party packages, {name}",
        )

    def _function(self, function: Function) -> lambda_.Function:
        log_group = logs.LogGroup(
            self,
            f"{function.name}-log",
            retention=logs.RetentionDays[RETENTIONS[self._stage.log_retention_days]],
            removal_policy=RemovalPolicy.RETAIN if self._stage.live else RemovalPolicy.DESTROY,
        )
        built = lambda_.Function(
            self,
            function.name,
            description=function.does,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{function.name}.handler.handle",
            code=code(self._carried.functions[function.name]),
            layers=[self._layers[layer] for layer in self._carried.layers_of[function.name]],
            role=self._role(function, log_group),
            log_group=log_group,
            environment={name: self._settings[name] for name in function.settings},
            memory_size=function.memory_mb,
            timeout=Duration.seconds(function.timeout_s),
        )
        accept(
            built,
            "AwsSolutions-L1",
            "Python 3.13, not the newest runtime: the locked packages and the bytecode are made for exactly this version, and AWS"
            " supports it until 2029. Raising it is one line in infra/bytecode.py and one here, with a new lock.",
        )
        return built

    def _role(self, function: Function, log_group: logs.LogGroup) -> iam.Role:
        role = iam.Role(
            self,
            f"{function.name}-role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Achterban {self._stage.name}: {function.name}",
            inline_policies={"rights": self._rights.policy(function, log_group)},
        )
        for rule, reason in self._rights.wildcards(function):
            accept(role, rule, reason)
        return role


def setting_values(
    deployment: Deployment, stage: Stage, storage: Storage, queues: Queues, sending: Sending, url: str
) -> dict[str, str]:
    """Environment name -> value, for every setting of the description. `url` is where the public reaches the API."""
    stated = {
        "public_url": url,
        "ceiling": stage.ceiling,
        "bulk_path": "proven" if stage.bulk_path else "off",
        "taxonomy_signed": "needed" if stage.needs_taxonomy_signed else "off",
        "sender_domain": stage.sender_domain,
        "staff_addresses": ",".join(stage.staff_addresses),
    }

    def value(setting: Setting) -> str:
        match setting.kind:
            case "table":
                return storage.tables[setting.name].table_name
            case "queue":
                return queues.queues[setting.name].queue_url
            case "bucket":
                return storage.bucket.bucket_name
            case "secret":
                return storage.secrets[setting.name].ref
            case "configuration-set":
                return sending.configuration_set.configuration_set_name
            case "stage":
                return stated[setting.name]
        raise ValueError(f"infra/lambdas.py knows no value for a setting of kind '{setting.kind}'")

    return {name: value(setting) for name, setting in deployment.settings.items()}


def code(asset: Asset) -> lambda_.Code:
    """The asset under its own hash: the CDK's can stay the same for folders built for another machine."""
    return lambda_.Code.from_asset(str(asset.path), asset_hash=asset.hash, asset_hash_type=AssetHashType.CUSTOM)
