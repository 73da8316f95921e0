"""Names in the template that never change: CloudFormation takes a resource under another name for another resource."""

from aws_cdk import CfnResource
from constructs import Construct


def fix_logical_id(construct: Construct, name: str) -> None:
    """Let the construct's own resource keep this name, wherever the construct moves in this code."""
    resource = construct.node.default_child
    assert isinstance(resource, CfnResource)
    resource.override_logical_id(name)
