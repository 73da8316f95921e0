"""Writes the CloudFormation template of one stage: `python -m infra.app`, or the CDK command line by way of cdk.json.

Needs no AWS account, no Docker and no Node of your own. The stage is `-c stage=NAME` with the CDK, else STAGE, else dev.
TARGET=local fetches the packages for this machine instead of the Lambda's, for an emulator.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.carried import Carried, carry, forget_others
from infra.description import DEPLOYMENT
from infra.layers import LAMBDA, this_machine
from infra.node import use_packaged_node
from infra.packaging import PackagingError, project_root
from infra.stage import Stage, StageError, read_stage, refuse_example_party

if TYPE_CHECKING:
    from aws_cdk import App


def main(root: Path) -> int:
    """Synthesise; returns the exit code. What is wrong with a stage or a package is said in plain words, without a traceback."""
    try:
        stage = chosen_stage(root)
        carried = carried_by(root)
    except (StageError, PackagingError) as problem:
        print(problem, file=sys.stderr)
        return 1
    if not carried.bytecode:
        print("note: no Python 3.13 found here, so the Lambdas go without bytecode and start more slowly", file=sys.stderr)
    app = build(stage, carried, os.environ.get("CDK_OUTDIR", str(root / "cdk.out")))
    try:
        app.synth()
    except RuntimeError as refusal:  # as jsii passes on what the CDK throws
        print(str(refusal).partition("ValidationFailed: ")[2] or refusal, file=sys.stderr)
        return 1
    forget_others(root / "build", carried)
    print(f"{stage.stack_name}: {app.outdir}/{stage.stack_name}.template.json (ceiling: {stage.ceiling})", file=sys.stderr)
    return 0


def chosen_stage(root: Path) -> Stage:
    """The stage to build, from cdk.json and what the CDK command line added to its context. Raises StageError.

    Whose mails it sends is in templates/party.json: no example goes live.
    """
    context: dict[str, Any] = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    context |= json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    stage = read_stage(str(context.get("stage") or os.environ.get("STAGE") or "dev"), context.get("stages", {}))
    refuse_example_party(stage, json.loads((root / "templates" / "party.json").read_text(encoding="utf-8")))
    return stage


def carried_by(root: Path) -> Carried:
    target = this_machine() if os.environ.get("TARGET") == "local" else LAMBDA
    return carry(root, root / "build", DEPLOYMENT.functions, target)


def build(stage: Stage, carried: Carried, outdir: str, checked: bool = True) -> "App":
    """The CDK app with the stage's stack and the checks on it, not yet synthesised. Unchecked is for an emulator only."""
    use_packaged_node()
    from aws_cdk import App

    from infra.checks import check
    from infra.stack import Achterban

    app = App(outdir=outdir, analytics_reporting=False)
    Achterban(app, stage, DEPLOYMENT, carried)
    if checked:
        check(app)
    return app


if __name__ == "__main__":
    sys.exit(main(project_root()))
