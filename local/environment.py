"""The environment that Lambda would give the handlers, set in this process: endpoints, credentials and every described setting."""

import os
import sys
from collections.abc import Mapping

from infra.description import Deployment, Setting
from local.aws import CREDENTIALS, REGION
from local.resources import Resources

CONFIGURATION_SET = "achterban"
SENDER_DOMAIN = "partijvoormorgen.example"  # of the party that ships (templates/party.json)


def settings(description: Deployment, resources: Resources, stage: Mapping[str, str]) -> dict[str, str]:
    """Every name of the description's settings with its local value. `stage` has the values a deployment states itself."""

    def value(setting: Setting) -> str:
        match setting.kind:
            case "table":
                return setting.name
            case "queue":
                return resources.queue_urls[setting.name]
            case "bucket":
                return resources.bucket
            case "secret":
                return resources.secret
            case "configuration-set":
                return CONFIGURATION_SET
            case "feedback-topic":
                return resources.topic_arn
            case "stage":
                return stage[setting.name]

    return {name: value(setting) for name, setting in description.settings.items()}


def aws_environment(emulator: str, ses: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": emulator,
        "AWS_ENDPOINT_URL_SESV2": ses,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "POWERTOOLS_METRICS_NAMESPACE": "Achterban",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }


# A person's own AWS settings would send the handlers' calls elsewhere.
FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE")


class Environment:
    """Sets names in `os.environ` and puts back what was there."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}

    def set(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            self._before.setdefault(name, os.environ.get(name))
            os.environ[name] = value

    def clear(self, *names: str) -> None:
        for name in names:
            self._before.setdefault(name, os.environ.pop(name, None))

    def restore(self) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before.clear()


CLIENTS = ("functions.adapters.aws", "functions.adapters.models")


def forget_caches(*, clients: bool) -> None:
    """Empty every `functools` cache at the top of a loaded module of functions/, as a new Lambda environment would be.

    `clients` says whether the AWS clients go as well: they belong to the emulator they were made for.
    """
    for name, module in list(sys.modules.items()):
        if not name.startswith("functions."):
            continue
        for thing in list(vars(module).values()):
            forget, home = getattr(thing, "cache_clear", None), str(getattr(thing, "__module__", ""))
            if callable(forget) and home.startswith("functions.") and (clients or home not in CLIENTS):
                forget()
