"""A threaded HTTP/1.1 server on the loopback interface, quick enough for a load test and quiet about clients that go away."""

import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST_BODY = 64 * 1024 * 1024
LAST_ANSWERS_S = 10.0


class BodyTooLongError(Exception):
    pass


class Server(ThreadingHTTPServer):
    """Listens from the moment it is made; serves between `start()` and `stop()`."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), handler)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name=f"http-{self.port}", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no new request, let those in hand finish, close every connection."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RD)  # an idle keep-alive connection ends, an answer still goes out
                except OSError:
                    continue
        deadline = time.monotonic() + LAST_ANSWERS_S
        while self._open and time.monotonic() < deadline:
            time.sleep(0.005)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ValueError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Buffered answers and no Nagle delay: without these every reply takes 40 ms longer."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server_version = "Achterban"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def body(self, longest: int = LONGEST_BODY) -> bytes:
        """The request's body, with Content-Length or chunked. Raises BodyTooLongError."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks(longest)
        length = int(self.headers.get("Content-Length") or 0)
        if length > longest:
            self._throw_away(length)
            raise BodyTooLongError
        return self.rfile.read(length) if length else b""

    def _throw_away(self, length: int) -> None:
        """Read what nobody wants: most clients look at the answer only when they have sent everything."""
        self.close_connection = True
        left = min(length, LONGEST_BODY)
        while left and (part := self.rfile.read(min(left, 1 << 20))):
            left -= len(part)

    def _chunks(self, longest: int) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > longest:
                self.close_connection = True
                raise BodyTooLongError
        while self.rfile.readline().strip():
            pass
        return bytes(body)

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send an answer whole. A HEAD gets the headers of the GET and no body."""
        self.send_response_only(status)
        self.send_header("Date", self.date_time_string())
        for name, value in headers:
            self.send_header(name, value)
        bodiless = status in (204, 304) or 100 <= status < 200
        if not bodiless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(body)
        self.wfile.flush()
