"""SES v2 as far as a benchmark needs it: TLS on 127.0.0.1, takes any mail, keeps none, in a process of its own.

`python -m benchmarks.stub <folder>` writes a certificate for itself into the folder and prints its port.
"""

import datetime
import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"
CERTIFICATE = "stub.pem"
BULK = b"POST /v2/email/outbound-bulk-emails"
ACCOUNT = b"GET /v2/email/account"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The stub's URL while it runs; its certificate is `folder / CERTIFICATE`."""
    command = [sys.executable, "-m", "benchmarks.stub", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield f"https://{HOST}:{int(child.stdout.readline())}"
        finally:
            child.kill()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / CERTIFICATE
    path.write_bytes(private + made.public_bytes(pem))
    return path


def _serve(connection: socket.socket) -> None:
    waiting = b""
    while True:
        while b"\r\n\r\n" not in waiting:
            more = connection.recv(1 << 16)
            if not more:
                return
            waiting += more
        head, _, rest = waiting.partition(b"\r\n\r\n")
        length = int(next((line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0))
        body = bytearray(rest)
        while len(body) < length:
            body += connection.recv(1 << 18)
        waiting = bytes(body[length:])
        answer = _answer(head, bytes(body[:length]))
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer
        )


def _answer(head: bytes, body: bytes) -> bytes:
    message_id = "0102018f00000000-00000000-0000-0000-0000-000000000000-000000"
    if head.startswith(ACCOUNT):  # no limits
        return json.dumps({"SendQuota": {"Max24HourSend": -1, "MaxSendRate": 100_000, "SentLast24Hours": 0}}).encode()
    if not head.startswith(BULK):
        return json.dumps({"MessageId": message_id}).encode()
    one = {"Status": "SUCCESS", "MessageId": message_id}
    return json.dumps({"BulkEmailEntryResults": [one] * body.count(b'"ToAddresses"')}).encode()


def main(folder: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    with socket.create_server((HOST, 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = context.wrap_socket(connection, server_side=True)
            threading.Thread(target=_serve, args=(secured,), daemon=True).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
