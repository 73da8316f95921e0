"""All folders that become zips: one per Lambda, one per layer."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.bytecode import lambda_python
from infra.description import Function
from infra.layers import LAMBDA, Target, empty_layer, layers_for, stage_layer
from infra.packaging import Asset, closure, stage_function


@dataclass(frozen=True)
class Carried:
    functions: dict[str, Asset]
    layers: dict[str, Asset]
    layers_of: dict[str, tuple[str, ...]]  # Lambda -> layers
    bytecode: bool  # False: no Python of the Lambda's version was found here, so cold starts compile


def forget_others(build: Path, carried: Carried) -> None:
    """Delete from `build` what was staged for earlier versions of the project."""
    kept = {asset.path for assets in (carried.functions, carried.layers) for asset in assets.values()}
    for folder in set(build.glob("assets/*-*")) - kept:
        shutil.rmtree(folder, ignore_errors=True)
    for file in set(build.glob("layers/*-*")) - kept:
        file.unlink(missing_ok=True)


def carry(root: Path, build: Path, functions: Iterable[Function], target: Target = LAMBDA, third_party: bool = True) -> Carried:
    """Stage every Lambda and the layers they use, below `build`. Raises PackagingError.

    With `third_party` False the layers are empty: enough for the template, never for deploying.
    """
    python = lambda_python() if target == LAMBDA else None
    wanted = list(functions)
    layers_of = {f.name: layers_for(closure(root, f"functions.{f.name}.handler").packages, root) for f in wanted}
    used = sorted({layer for layers in layers_of.values() for layer in layers})
    return Carried(
        functions={f.name: stage_function(root, build, f.name, f.templates, python) for f in wanted},
        layers={name: stage_layer(root, build, name, target, python) if third_party else empty_layer(build, name) for name in used},
        layers_of=layers_of,
        bytecode=python is not None,
    )
