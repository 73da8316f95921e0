"""Bytecode beside the source: a Lambda's folder is read-only, so without it every cold start compiles everything again."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

LAMBDA_PYTHON = "3.13"


@cache
def lambda_python() -> str | None:
    """An interpreter of the Lambda's version on this machine, or None: bytecode of another version would be ignored."""
    if sys.version.startswith(f"{LAMBDA_PYTHON}."):
        return sys.executable
    named = shutil.which(f"python{LAMBDA_PYTHON}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [*([named] if named else []), *(str(p) for p in sorted(pyenv.glob(f"{LAMBDA_PYTHON}.*/bin/python")))]
    return next((python for python in candidates if _runs(python)), None) or _found_by_uv()


def compile_folder(folder: Path, python: str, shown_as: str) -> None:
    """Write __pycache__ for every module in `folder`; tracebacks say `shown_as` for the folder.

    Unchecked: zips carry other times than the files had, and the same source must give the same bytes anywhere.
    """
    options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", shown_as]
    subprocess.run([python, "-I", "-m", "compileall", *options, str(folder)], check=True, stdout=subprocess.DEVNULL)


def _runs(python: str) -> bool:
    """A pyenv shim may exist and lead nowhere, so ask it."""
    return subprocess.run([python, "-I", "-c", ""], check=False, capture_output=True).returncode == 0


def _found_by_uv() -> str | None:
    uv = uv_program()
    if uv is None:
        return None
    asked = [uv, "python", "find", "--no-project", "--no-python-downloads", LAMBDA_PYTHON]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def uv_program() -> str | None:
    """uv beside this Python (requirements/all.txt brings it), else on the path."""
    beside = Path(sys.executable).parent / ("uv.exe" if os.name == "nt" else "uv")
    return str(beside) if beside.exists() else shutil.which("uv")
