"""The Lambdas' third-party packages as two layers, fetched by uv for the Lambda's machine: no Docker, nothing built.

`base` is what every Lambda needs (AWS clients, PynamoDB, Powertools); `content` is the rest of requirements/lambda.txt
(MJML, pictures, templates, validation) for the Lambdas that import any of it. Both are kept in build/ until the lock changes.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from infra.bytecode import LAMBDA_PYTHON, compile_folder, uv_program
from infra.packaging import Asset, PackagingError

LOCK = Path("requirements/lambda.txt")
BASE_ROOTS = ("aws-lambda-powertools", "boto3", "botocore", "pynamodb", "tzdata")  # zoneinfo reads tzdata; no import names it
# The services whose clients functions/ makes. botocore describes 400 of them, in 28 of its 30 MB.
SERVICES = ("dynamodb", "s3", "secretsmanager", "sesv2", "sqs", "sts")
RECIPE = "2"  # raise it when the steps below change, so that layers in build/ are made anew


@dataclass(frozen=True)
class Target:
    """For which machine and Python the packages are fetched. `platform` in uv's words; None is the machine this runs on."""

    platform: str | None
    python: str


# Amazon Linux 2023, which carries python3.13, has glibc 2.34; several packages publish nothing older than 2.28.
LAMBDA = Target("aarch64-manylinux_2_28", LAMBDA_PYTHON)


def this_machine() -> Target:
    """For an emulator, which runs the Lambdas with the Python it stands on."""
    machine = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    name = f"{machine}-manylinux_2_28" if sys.platform == "linux" else None
    return Target(name, f"{sys.version_info.major}.{sys.version_info.minor}")


def read_lock(text: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Package name -> (its lines with hashes, the packages that brought it), from a uv-compiled requirements file."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", "\n" + text):
        if not (name := re.match(r"\n?([a-z0-9][a-z0-9._-]*)==", block)):
            continue
        lines = [line for line in block.strip().splitlines() if not line.lstrip().startswith("#")]
        via = re.findall(r"^ +# +(?:via +)?([a-z0-9][a-z0-9._-]*)", block, re.MULTILINE)
        found[name[1]] = ("\n".join(lines).rstrip(" \\"), frozenset(via) - {"via"})
    return found


def split_lock(lock: Mapping[str, tuple[str, frozenset[str]]]) -> dict[str, tuple[str, ...]]:
    """Layer -> names of its packages. A package that anything in `base` needs is in `base`."""
    base = {name for name in lock if name in BASE_ROOTS}
    while more := {name for name, (_, via) in lock.items() if via & base} - base:
        base |= more
    return {"base": tuple(sorted(base)), "content": tuple(sorted(lock.keys() - base))}


def layers_for(packages: Iterable[str], root: Path) -> tuple[str, ...]:
    """The layers a Lambda needs that imports `packages`. Raises PackagingError for a package that is in neither."""
    split = split_lock(read_lock((root / LOCK).read_text(encoding="utf-8")))
    brought_by = _brought_by()
    needed = {"base"}
    for package in sorted(packages):
        names = {re.sub(r"[-_.]+", "-", name).lower() for name in brought_by.get(package, [package])}
        layer = next((layer for layer, members in split.items() if names & set(members)), None)
        if layer is None:
            raise PackagingError(f"functions/ imports {package}, which {LOCK} lacks: add it to pyproject.toml, then `make lock`")
        needed.add(layer)
    return tuple(sorted(needed))


@cache
def _brought_by() -> Mapping[str, list[str]]:
    """Import name -> packages, as installed here: all that the Lambdas get is installed for the tests too."""
    return packages_distributions()


def stage_layer(root: Path, build: Path, layer: str, target: Target, python: str | None) -> Asset:
    """Fetch, prune, compile and zip a layer to build/layers/<layer>-<hash>.zip; at once when it is there already."""
    lock = read_lock((root / LOCK).read_text(encoding="utf-8"))
    wanted = "\n".join(lock[name][0] for name in split_lock(lock)[layer]) + "\n"
    recipe = f"{RECIPE}|{target}|{SERVICES}|bytecode={bool(python)}|{wanted}"
    digest = hashlib.blake2b(recipe.encode(), digest_size=16).hexdigest()
    place = build / "layers" / f"{layer}-{digest}.zip"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=place.parent) as folder:
            _fetch(wanted, Path(folder, "python"), target)
            _prune(Path(folder, "python"))
            if python:
                compile_folder(Path(folder), python, shown_as="/opt")
            _zip(Path(folder), place)
    return Asset(place, digest)


def empty_layer(build: Path, layer: str) -> Asset:
    """A layer with nothing in it, for tests of the template alone."""
    place = build / "layers" / f"{layer}-empty.zip"
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"python/{layer}.txt"), "nothing: a test of the template\n")
    return Asset(place, f"empty{layer}")


def _zip(folder: Path, place: Path) -> None:
    """One file instead of four thousand: nothing is copied or packed again until the lock changes. Always the same bytes."""
    unfinished = folder / "layer.zip"
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in (folder / "python").rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())
            entry.external_attr = 0o100755 << 16 if ".so" in file.suffixes else 0o100644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    unfinished.replace(place)


def _fetch(wanted: str, folder: Path, target: Target) -> None:
    uv = uv_program()
    if uv is None:
        raise PackagingError("uv is not installed beside this Python; `make synth` sets that up")
    folder.mkdir()
    list_file = folder.with_suffix(".txt")
    list_file.write_text(wanted, encoding="utf-8")
    options = [
        "--target",
        str(folder),
        "--python-version",
        target.python,
        "--only-binary",
        ":all:",
        "--no-deps",
        "--require-hashes",
    ]
    options += ["--python-platform", target.platform] if target.platform else []
    answer = subprocess.run(
        [uv, "pip", "install", "-q", *options, "-r", str(list_file)], check=False, capture_output=True, text=True
    )
    list_file.unlink()
    if answer.returncode:
        raise PackagingError(
            f"the Lambdas' packages ({LOCK}) could not be fetched for {target.platform or 'this machine'}, Python {target.python}."
            f" A package index must be reachable the first time. uv said:\n{answer.stderr.strip()[-2000:]}"
        )


def _prune(folder: Path) -> None:
    data = folder / "botocore" / "data"
    if data.is_dir():
        for service in data.iterdir():
            if service.is_dir() and service.name not in SERVICES:
                shutil.rmtree(service)
    for spare in (folder / "bin", folder / "boto3" / "examples", folder / ".lock"):
        shutil.rmtree(spare, ignore_errors=True)
        spare.unlink(missing_ok=True)
