"""Synthesises stages in a process of its own: `python -m tests.infra.synthesise BUILD OUT STAGE...`.

Layers are empty. Prints, as JSON, what the synthesis of each stage was refused with (null when it was not). Two are special:
`open` is nothing but a bucket that nobody accepted, and `here` is `dev` with layers for this machine, for the emulator.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.app import build
from infra.carried import carry
from infra.description import DEPLOYMENT
from infra.layers import LAMBDA, this_machine
from infra.packaging import project_root
from infra.stage import read_stage

if TYPE_CHECKING:
    from aws_cdk import App

STAGES: dict[str, dict[str, Any]] = {
    "dev": {
        "sender_domain": "partijvoormorgen.example",
        "staff_addresses": ["editor@example.org", "campaign@example.org"],
        "jwt_issuer": "https://login.example.org/",
        "jwt_audience": ["achterban-dev"],
    },
    "live": {
        "live": True,
        "ceiling": "observed",
        "sign_off": {"name": "A. Jurist", "date": "2026-11-02", "reference": "board minutes 2026-41"},
        "bulk_path": {"proven": "2026-11-09", "reference": "both mails are kept with the minutes"},
        "public_url": "https://post.partijvoormorgen.nl",
        "certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/0123",
        "sender_domain": "partijvoormorgen.nl",
        "mail_from_domain": "terug.partijvoormorgen.nl",
        "staff_addresses": ["redactie@partijvoormorgen.nl"],
        "jwt_issuer": "https://login.partijvoormorgen.nl/",
        "jwt_audience": ["achterban"],
        "account": "123456789012",
        "region": "eu-central-1",
        "log_retention_days": 90,
    },
}


def main(build_folder: Path, out: Path, names: list[str]) -> dict[str, str | None]:
    refused: dict[str, str | None] = {}
    for name in names:
        app = _open(out / name) if name == "open" else _app(name, build_folder, out / name)
        try:
            app.synth()
            refused[name] = None
        except RuntimeError as refusal:
            refused[name] = str(refusal)
    return refused


def _app(name: str, build_folder: Path, out: Path) -> "App":
    here = name == "here"
    carried = carry(project_root(), build_folder, DEPLOYMENT.functions, this_machine() if here else LAMBDA, third_party=here)
    return build(read_stage("dev" if here else name, STAGES), carried, str(out), checked=not here)


def _open(out: Path) -> "App":
    from aws_cdk import App, Stack
    from aws_cdk.aws_s3 import Bucket

    from infra.checks import check

    app = App(outdir=str(out))
    Bucket(Stack(app, "open"), "open")
    check(app)
    return app


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])))
