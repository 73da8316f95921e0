"""The emulator as a child process: DynamoDB with streams, SQS, SNS, S3 and Secrets Manager on a loopback port.

It has its own environment (.venv-ministack), because it pins botocore. It writes its state when it is stopped with SIGTERM,
so every way out of here ends in one; S3 objects are on disk at once.
"""

import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from local.aws import CREDENTIALS

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 30.0


class CannotStartError(Exception):
    """The platform cannot come up here; the message says what a person can do about it."""


def interpreter() -> Path:
    """The Python that has ministack. Raises CannotStartError when it was never installed."""
    chosen = os.environ.get("ACHTERBAN_MINISTACK_PYTHON")
    python = Path(chosen) if chosen else ROOT / ".venv-ministack" / "bin" / "python"
    if not python.exists():
        raise CannotStartError(f"The emulator is not installed ({python}). `make serve` installs it.")
    return python


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def claim(data_dir: Path, patience_s: float = STOP_TIMEOUT_S) -> IO[str]:
    """The one right to use `data_dir`, held by the open file and by every child that inherits it.

    Waits for a predecessor that is still writing its state. Raises CannotStartError when the other one stays.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = (data_dir / "lock").open("a+")
    deadline = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            lock.seek(0)
            if time.monotonic() > deadline or _alive(lock.read()):
                lock.close()
                raise CannotStartError(f"Another platform is using {data_dir}. Stop it, or choose another data folder.") from None
            time.sleep(0.1)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


class Ministack:
    """One emulator. `url` answers after `start()`; `stop()` may be called any number of times."""

    def __init__(self, data_dir: Path, lock: IO[str] | None = None) -> None:
        self.data_dir = data_dir
        self.port = 0
        self._lock = lock
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Launch without waiting: `wait()` says when it answers."""
        python = interpreter()
        self.port = free_port()
        private = self.data_dir / "tmp"
        shutil.rmtree(private, ignore_errors=True)
        private.mkdir(parents=True)
        log = (self.data_dir / "ministack.log").open("wb")
        with log:
            self._process = subprocess.Popen(
                [str(python), "-I", str(Path(__file__).with_name("ministack_child.py"))],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(private),
                start_new_session=True,  # Ctrl-C reaches the platform alone, which stops the child in its own order
                pass_fds=[self._lock.fileno()] if self._lock else (),
            )

    def _environment(self, private: Path) -> dict[str, str]:
        # Nothing of the person's own environment but the path: no proxies, no AWS profile, no certificates.
        return {
            "PATH": os.environ.get("PATH", ""),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",  # never look for containers
            "LOG_LEVEL": "WARNING",
            "MINISTACK_REGION": "eu-west-1",
            **{name.upper(): value for name, value in CREDENTIALS.items()},  # it checks the signature of an upload address
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.data_dir / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.data_dir / "s3"),
            "TMPDIR": str(private),
            "HOME": str(private),
        }

    def wait(self) -> None:
        """Return when the emulator answers. Raises CannotStartError with the end of its log when it does not."""
        for _ in range(3):
            if self._came_up():
                return
            self.stop()
            said = (self.data_dir / "ministack.log").read_text(errors="replace")
            if "already in use" not in said and "address already" not in said:
                break
            self.start()  # somebody took the free port in between: another one
        raise CannotStartError(f"The emulator did not come up on port {self.port}. Its log ends: {said[-800:]}")

    def _came_up(self) -> bool:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.alive:
            if self._answers():
                return self.alive
            time.sleep(0.02)
        return False

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
