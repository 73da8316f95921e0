"""The whole platform on one machine, as a context manager: what the description says, running the very handlers."""

import atexit
import json
import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from functions.adapters import aws as handler_clients
from functions.adapters import clock as handler_clock
from infra.description import DEPLOYMENT, Deployment
from local import front, resources
from local.aws import Clients, connect
from local.clock import AcceleratedClock
from local.drain import Depths, drain
from local.emptying import Emptying
from local.environment import CONFIGURATION_SET, FOREIGN, SENDER_DOMAIN, Environment, aws_environment, forget_caches, settings
from local.faults import Faults
from local.functions import Functions, Handle
from local.http import Server
from local.logs import Logs
from local.ministack import CannotStartError, Ministack, claim
from local.pages import Pages
from local.queues import RETRY_S, QueuePoller
from local.routing import Routes
from local.scheduler import Scheduler
from local.ses.capture import Account, Capture
from local.ses.outbox import Outbox
from local.ses.publisher import Publisher
from local.ses.server import make_server as make_ses_server
from local.sources import Sources
from local.streams import StreamPoller
from local.tokens import StaffTokens, command
from local.traffic import Traffic

log = logging.getLogger("achterban.local")


class Platform:
    """`with Platform(data_dir) as p:` one at a time per process; it sets the process's environment and clock while it runs.

    `functions` puts callables in the place of Lambdas. `schedules=False` leaves them to `invoke`. `port` 0 is any free one.
    `retry_s` is how long a failed queue message waits the first time. What handlers keep for seconds or minutes they keep by the
    platform's clock; without `leaps_age_caches` by real time, for a clock that leaps by hours.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        clock: AcceleratedClock | None = None,
        ceiling: str = "observed",
        bulk_path: str = "off",
        port: int = 0,
        public_url: str | None = None,
        staff_addresses: tuple[str, ...] = ("staff@example.org",),
        functions: Mapping[str, Handle] | None = None,
        schedules: bool = True,
        delivery_delay_s: float = 2.0,
        leaps_age_caches: bool = True,
        retry_s: float = RETRY_S,
        description: Deployment = DEPLOYMENT,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.clock = clock or AcceleratedClock()
        self.description = description
        self.faults = Faults()
        self.logs = Logs(self.data_dir / "logs")
        self.functions = Functions(description, self.logs, functions)
        self.outbox = Outbox(self.data_dir / "outbox")
        self._delay_s, self._retry_s = delivery_delay_s, retry_s
        self.account = self._new_account()
        self._port, self._public_url, self._ceiling, self._bulk_path = port, public_url, ceiling, bulk_path
        self._staff_addresses, self._schedules, self._leaps_age_caches = staff_addresses, schedules, leaps_age_caches
        self._stack = ExitStack()
        self._traffic = Traffic()
        self.aws: Clients
        self.resources: resources.Resources
        self.capture: Capture

    # Coming up and going down

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            self._start(starting)
            self._stack = starting.pop_all()
        atexit.register(self.stop)  # should nobody leave the `with`
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Finish what is in hand, keep the rest for the next start, stop everything. Again is nothing."""
        atexit.unregister(self.stop)
        self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        lock = stack.enter_context(claim(self.data_dir))
        self.tokens = StaffTokens(self.data_dir)
        self.ministack = Ministack(self.data_dir, lock)
        stack.callback(self.ministack.stop)
        self.ministack.start()
        self._front = self._listen()
        stack.callback(self._front.server_close)
        self.ministack.wait()
        self.aws = connect(self.ministack.url)
        for client in (self.aws.dynamodb, self.aws.sqs, self.aws.sns):
            self._traffic.listen(client)
        self.resources = resources.make(self.description, self.aws)
        self._depths = Depths(self.aws.sqs, self.resources.queue_urls, self._traffic)
        self._emptying = Emptying(self.description, self.resources, self.aws, self._traffic.written)
        self._set_process(stack, self._start_ses(stack))
        self._start_sources(stack)
        self._scheduler = Scheduler(self.description.functions, self.clock.now, lambda name: self.invoke(name, {}))
        if self._schedules:
            self._scheduler.start()
            stack.callback(self._scheduler.stop)
        pages = Pages(self.outbox, command(self.data_dir))
        hosts = (f"127.0.0.1:{self._front.port}", f"localhost:{self._front.port}", urlsplit(self.public_url).netloc)
        routes = Routes(self.description.functions)
        self._answer = front.Front(routes, self.functions, self.tokens, pages.answer, hosts).answer
        self._front.start()
        stack.callback(self._front.stop)

    def _listen(self) -> Server:
        try:
            return front.make_server(self._port, lambda request: self._answer(request))
        except OSError as error:
            raise CannotStartError(f"Port {self._port} is taken ({error.strerror}): choose another with --port.") from None

    def _set_process(self, stack: ExitStack, ses: Server) -> None:
        """What Lambda gives a handler's process: environment, clock; and fresh clients, made one by one (boto3 is not
        safe to start from two threads at once)."""
        environment = Environment()
        stack.callback(self.logs.close)
        stack.callback(forget_caches, clients=True)
        stack.callback(environment.restore)
        addresses = ",".join(self._staff_addresses)
        stage = {
            "public_url": self.public_url,
            "ceiling": self._ceiling,
            "bulk_path": self._bulk_path,
            "sender_domain": SENDER_DOMAIN,
            "staff_addresses": addresses,
            "taxonomy_signed": "off",
        }
        environment.clear(*FOREIGN)
        environment.set(aws_environment(self.ministack.url, ses.url))
        environment.set(settings(self.description, self.resources, stage))
        forget_caches(clients=True)
        for service in ("dynamodb", "brief_dynamodb", "hasty_dynamodb", "s3", "hasty_s3", "sqs", "secrets", "ses"):
            self._traffic.listen(getattr(handler_clients, service)())
        before = handler_clock._source
        handler_clock.set_source(self.clock.now, None if self._leaps_age_caches else time.time)
        stack.callback(handler_clock.set_source, before)

    def _start_ses(self, stack: ExitStack) -> Server:
        self._publisher = Publisher(self.aws.sns, self.resources.topic_arn, self.clock.now, self.faults)
        self.capture = Capture(self.outbox, self._publisher, self.account, self.clock.now)
        server = make_ses_server(self.capture, self.faults)
        self.outbox.start()
        stack.callback(self.outbox.stop)
        self._publisher.start()
        stack.callback(self._publisher.stop)
        server.start()
        stack.callback(server.stop)
        return server

    def _start_sources(self, stack: ExitStack) -> None:
        sources = Sources(self.description, self.resources, self.aws, self.functions, self.faults, self._traffic)
        self._queues = sources.queues(self._retry_s)
        self._streams = sources.streams(self.data_dir / "streams")
        for stream in self._streams:
            stream.start()
            stack.callback(stream.stop)
        for queue in self._queues:
            queue.start()
            stack.callback(queue.stop)
        for queue in self._queues:
            stack.callback(queue.ask_to_stop)  # all are asked before the first is waited for

    def _new_account(self) -> Account:
        return Account({CONFIGURATION_SET}, delivery_delay_s=self._delay_s)

    # What one does with it

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return self._front.url

    @property
    def public_url(self) -> str:
        """What stands in mails."""
        return (self._public_url or self.url).rstrip("/")

    def staff_token(self, *roles: str, subject: str = "local-staff") -> str:
        return self.tokens.make(*roles, subject=subject)

    def invoke(self, function: str, event: Any) -> Any:
        """Call a Lambda directly. Raises local.functions.FunctionError when it fails."""
        return self.functions.invoke(function, event)

    def drain(self, timeout: float = 30.0) -> None:
        """Return when queues, streams and SES's reports are through. Raises local.drain.NotDrainedError."""
        drain(self._busy, lambda: self.functions.invocations, timeout)

    def _busy(self) -> str:
        self._publisher.release()
        if self.functions.running:
            return "a function is running"
        if self._publisher.pending:
            return "SES has events to report"
        for source in (s for f in self.description.functions for s in f.queues):
            if self._depths.of(source.queue):
                return f"the queue {source.queue} has messages"
        return next((f"the stream of {p.table} has records" for p in self._streams if not p.caught_up()), "")

    def dead_letters(self, queue: str) -> list[str]:
        """The bodies in the dead-letter queue of `queue`; they stay there."""
        bodies: dict[str, str] = {}
        handles = []
        url = self.resources.queue_urls[queue + resources.DEAD]
        while found := self.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
            bodies |= {m["MessageId"]: m["Body"] for m in found}
            handles += [m["ReceiptHandle"] for m in found]
        for handle in handles:
            self.aws.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
        return list(bodies.values())

    def send_message(self, queue: str, body: Any) -> None:
        """Put `body` (as JSON, or text as it is) on a queue."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.aws.sqs.send_message(QueueUrl=self.resources.queue_urls[queue], MessageBody=text)

    def reset(self) -> None:
        """Empty everything but the keys; faults off, real time, a fresh SES account. For tests."""
        pollers: list[QueuePoller | StreamPoller] = [*self._queues, *self._streams]
        for poller in pollers:
            poller.pause()
        self._publisher.clear()
        self._emptying.empty()
        self.outbox.clear()
        self.faults.reset()
        self.clock.reset()
        self._scheduler.restart()
        self.account = self.capture.account = self._new_account()
        forget_caches(clients=False)
        for stream in self._streams:
            stream.resume(skip=True)
        for queue in self._queues:
            queue.resume()
