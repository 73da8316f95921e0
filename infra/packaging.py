"""What each Lambda carries: the files its handler imports, no more, staged in a folder of its own.

No Docker, no import of `functions/`: the files are read as text and their imports followed. Third-party packages come in
layers (`infra/layers.py`).
"""

import ast
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.bytecode import compile_folder


class PackagingError(Exception):
    """A Lambda cannot be packaged; the message says which file or folder, and why."""


@dataclass(frozen=True)
class Asset:
    """A zip, or a folder ready to become one, and the hash of all that is in it."""

    path: Path
    hash: str


@dataclass(frozen=True)
class Closure:
    """What a module needs to be imported."""

    files: frozenset[Path]  # below functions/, relative to the root
    packages: frozenset[str]  # import names of third-party packages


def closure(root: Path, module: str) -> Closure:
    """Follow the imports of `module` (such as "functions.track.handler") from file to file, but for the type checker's own.

    Raises PackagingError for a missing file and for imports that cannot be followed (relative, or by name at run time).
    """
    files: set[Path] = set()
    packages: set[str] = set()
    waiting = [_required(root, module)]
    while waiting:
        file = waiting.pop()
        if file in files:
            continue
        files.add(file)
        for name in _imports(root, file):
            if name.partition(".")[0] == "functions":
                waiting += _files_of(root, name)
            else:
                packages.add(name.partition(".")[0])
    return Closure(frozenset(files), frozenset(packages - sys.stdlib_module_names))


def stage_function(root: Path, build: Path, name: str, templates: bool, python: str | None) -> Asset:
    """Copy what the Lambda `name` carries to build/assets/<name>-<hash>; `python` makes the bytecode, None leaves it out."""
    files = set(closure(root, f"functions.{name}.handler").files)
    if templates:
        files |= _templates(root, name)
    digest = _digest(root, files, python)
    target = build / "assets" / f"{name}-{digest}"
    if not target.exists():
        with fresh_folder(target) as folder:
            for file in sorted(files):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / file, folder / file)
            if python:
                compile_folder(folder, python, shown_as="/var/task")
    return Asset(target, digest)


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Fill a folder aside and put it in place whole: nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    try:
        folder.chmod(0o755)
        yield folder
        if not target.exists():
            folder.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _required(root: Path, module: str) -> Path:
    found = _file_of(root, module)
    if found is None:
        name = module.split(".")[1]
        raise PackagingError(f"functions/{name}/handler.py is missing, and infra/description.py has a function '{name}'")
    return found


def _files_of(root: Path, name: str) -> Iterator[Path]:
    """The module's file and the `__init__.py` of every package above it."""
    parts = name.split(".")
    for n in range(1, len(parts) + 1):
        file = _file_of(root, ".".join(parts[:n]))
        if file is None:
            raise PackagingError(f"functions/ imports {name}, which is not there")
        yield file


def _file_of(root: Path, module: str) -> Path | None:
    path = Path(*module.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if (root / p).is_file()), None)


def _imports(root: Path, file: Path) -> Iterator[str]:
    for module, names in _imported((root / file).read_text(encoding="utf-8"), file):
        yield module
        if module.partition(".")[0] == "functions":
            yield from (full for name in names if _file_of(root, full := f"{module}.{name}"))


@cache  # of the text: the Lambdas share most of their files
def _imported(text: str, file: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every module that is imported, and the names that are taken from it. Raises PackagingError with file and line."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for node in _at_run_time(ast.parse(text, str(file))):
        if isinstance(node, ast.Import):
            found += ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level or node.module is None:
                raise PackagingError(f"{file}, line {node.lineno}: a relative import; write it in full to have it followed")
            found.append((node.module, tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Call) and _name(node.func) in ("importlib.import_module", "import_module", "__import__"):
            raise PackagingError(f"{file}, line {node.lineno}: an import by name at run time, which cannot be followed")
    return tuple(found)


def _at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING:`, in no order."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and _name(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def _name(node: ast.AST) -> str:
    """A plain or dotted name as it is written; of anything else nothing."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module}.{name}"
    return ""


def _templates(root: Path, name: str) -> set[Path]:
    folder = root / "templates"
    if not folder.is_dir():
        raise PackagingError(f"templates/ is missing: the function '{name}' carries it")
    return {
        p.relative_to(root) for p in folder.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts[-2:])
    }


def _digest(root: Path, files: Iterable[Path], python: str | None) -> str:
    found = hashlib.blake2b(f"bytecode={bool(python)}".encode(), digest_size=16)
    for file in sorted(files):
        content = (root / file).read_bytes()
        found.update(f"{file.as_posix()}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def project_root() -> Path:
    return Path(os.path.abspath(__file__)).parents[1]  # noqa: PTH100 - a link into the project stays inside it
