"""`python -m local serve` in a process of its own: it keeps what it holds, and nothing of it outlives it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.aws import Clients, connect
from local.client import Client
from local.ministack import ROOT
from local.platform import Platform
from local.resources import BUCKET
from local.tokens import StaffTokens

PROGRAM = [sys.executable, "-m", "local", "serve"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A platform in its own process, made to answer on `port`."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        environment = {**os.environ, "COLUMNS": "200"}
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SESV2"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [*PROGRAM, "--data", str(data), "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.said = b""

    def wait_until_up(self) -> "Served":
        assert self.process.stderr
        while b"Ctrl-C stops it" not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said.decode()
            self.said += line
        return self

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=30)
        self.said += rest
        return self.process.returncode

    @property
    def emulator(self) -> tuple[int, int]:
        """Process id and port of the emulator."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        [pid] = [int(child) for child in listing]
        environment = Path(f"/proc/{pid}/environ").read_text().split("\0")
        return pid, int(next(e for e in environment if e.startswith("GATEWAY_PORT=")).partition("=")[2])

    @property
    def aws(self) -> Clients:
        return connect(f"http://127.0.0.1:{self.emulator[1]}")


@contextmanager
def served(data: Path, port: int) -> Iterator[Served]:
    running = Served(data, port)
    try:
        yield running.wait_until_up()
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)


def gone(pid: int, patience_s: float = 10) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        try:
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


linux = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")


@linux
def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as first:
        aws = first.aws
        aws.dynamodb.put_item(TableName="sends", Item={"send": {"S": "abc"}})
        aws.s3.put_object(Bucket=BUCKET, Key="a/b", Body=b"kept")
        aws.sqs.send_message(QueueUrl=aws.sqs.get_queue_url(QueueName="plan-dead")["QueueUrl"], MessageBody="kept")
        secret = aws.secrets.get_secret_value(SecretId="keys")["SecretString"]
        assert first.end(signal.SIGTERM) == 0
    token = StaffTokens(tmp_path).make("editor")
    with served(tmp_path, port) as second:
        aws = second.aws
        assert aws.dynamodb.get_item(TableName="sends", Key={"send": {"S": "abc"}})["Item"] == {"send": {"S": "abc"}}
        assert aws.s3.get_object(Bucket=BUCKET, Key="a/b")["Body"].read() == b"kept"
        [message] = aws.sqs.receive_message(QueueUrl=aws.sqs.get_queue_url(QueueName="plan-dead")["QueueUrl"])["Messages"]
        assert message["Body"] == "kept"
        assert aws.secrets.get_secret_value(SecretId="keys")["SecretString"] == secret
        assert Client(f"http://127.0.0.1:{port}", token).get("/v1/nothing").status != 401
    assert [k["state"] for k in json.loads(secret)["keys"]] == ["signing"]


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_in_good_order(tmp_path: Path, number: int) -> None:
    with served(tmp_path, free_port()) as running:
        pid, port = running.emulator
        assert running.end(number) == 0
        assert gone(pid)
        with pytest.raises(OSError):
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
    assert (tmp_path / "state" / "dynamodb.json").exists()
    assert not (tmp_path / "tmp").exists()


@linux
def test_the_emulator_stops_and_keeps_its_state_when_the_platform_is_killed(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as running:
        pid, _ = running.emulator
        running.aws.dynamodb.put_item(TableName="sends", Item={"send": {"S": "abc"}})
        running.end(signal.SIGKILL)
        assert gone(pid)
    with served(tmp_path, port) as again:
        assert "Item" in again.aws.dynamodb.get_item(TableName="sends", Key={"send": {"S": "abc"}})


def test_a_folder_in_use_and_a_port_in_use_are_said_plainly(platform: Platform, tmp_path: Path) -> None:
    def said(data: Path, port: int) -> str:
        run = subprocess.run(
            [*PROGRAM, "--data", str(data), "--port", str(port)], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 1
        return run.stderr

    assert "Another platform is using" in said(platform.data_dir, 0)
    taken = int(platform.url.rpartition(":")[2])
    assert "choose another with --port" in said(tmp_path, taken)


@linux
def test_everything_listens_on_the_loopback_interface_only(platform: Platform) -> None:
    ours = {os.getpid(), platform.ministack.pid}
    inodes = {_target(link) for pid in ours for link in Path(f"/proc/{pid}/fd").iterdir()}
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in inodes
    ]
    assert len(listening) >= 3
    assert {address.partition(":")[0] for address in listening} == {"0100007F"}


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""


UNDER_WAY = """
import json, sys
from pathlib import Path
from typing import Any
from functions.adapters import aws
from local.platform import Platform

def refuse(event, context):
    raise RuntimeError

seen = []
def note(name):
    return lambda event, context: seen.extend([name] * len(event["Records"]))

handlers = {name: note(name) for name in ("derive", "feedback")}
if sys.argv[2] == "first":
    handlers = dict.fromkeys(handlers, refuse)
with Platform(Path(sys.argv[1]), schedules=False, functions=handlers, retry_s=60, delivery_delay_s=3600) as platform:
    if sys.argv[2] == "first":
        platform._streams[0].pause()
        aws.dynamodb().put_item(TableName="events", Item={"supporter": {"S": "anna"}, "event": {"S": "1"}})
        body = {"Text": {"Data": "x"}}
        aws.ses().send_email(FromEmailAddress="jan@example.org", Destination={"ToAddresses": ["anna@example.org"]},
            Content={"Simple": {"Subject": {"Data": "x"}, "Body": body}}, ConfigurationSetName="achterban")
        platform.outbox.flush()
    else:
        platform.drain()
    print(json.dumps({"seen": sorted(seen), "mails": [mail.subject for mail in platform.outbox.mails()]}))
"""


def test_what_was_under_way_at_the_stop_goes_on_after_the_next_start(tmp_path: Path) -> None:
    def run(which: str) -> Any:
        command = [sys.executable, "-c", UNDER_WAY, str(tmp_path), which]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    assert run("first") == {"seen": [], "mails": ["x"]}
    # A stream record that nobody had read, and SES's Send and Delivery: one was refused, one was not yet reported.
    assert run("second") == {"seen": ["derive", "feedback", "feedback"], "mails": ["x"]}
    assert run("third") == {"seen": [], "mails": ["x"]}
