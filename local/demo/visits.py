"""Readers' acts as real HTTP: a few connections that stay open, and a clock that only moves forward.

Every act happens at its own simulated moment: the clock is set to it just before the request goes out. While requests are
under way the clock runs at most a few seconds ahead of the oldest of them, so an act is recorded when it was meant, or that
little later; never earlier.
"""

import http.client
import queue
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from local.demo import readers
from local.demo.pages import forms
from local.demo.readers import Act, Doing
from local.demo.supporters import Taste

WORKERS = 6
AHEAD_S = 5.0  # simulated seconds; a burst is told from reading by 60
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058
FORM = "application/x-www-form-urlencoded"


class Clock(Protocol):
    def now(self) -> float: ...
    def set(self, t: float) -> None: ...


@dataclass
class Browser:
    """One open connection. Follows no redirect: what lies behind it is not ours."""

    host: str
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def ask(self, method: str, url: str, agent: str, body: str | None = None) -> tuple[int, str]:
        """Status and text. A connection that the server closed in the meantime is opened again, once."""
        path = url.split(self.host, 1)[-1]
        headers = {"User-Agent": agent} | ({"Content-Type": FORM} if body is not None else {})
        for attempt in (1, 2):
            self._connection = self._connection or http.client.HTTPConnection(self.host, timeout=30)
            try:
                self._connection.request(method, path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read().decode("utf-8", "replace")
            except (ConnectionError, http.client.HTTPException):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


@dataclass(frozen=True)
class Outcome:
    """What became of an act: the clock's time and the HTTP status of its (last) answer."""

    act: Act
    at: float
    status: int


class Visits:
    """Performs acts against the platform at `url`. `tastes` by address say how forms are filled in."""

    def __init__(self, url: str, clock: Clock, tastes: Mapping[str, Taste]) -> None:
        self._host, self._clock, self._tastes = urlsplit(url).netloc, clock, tastes

    def perform(self, acts: Iterable[Act], tick: Callable[[], None] = lambda: None) -> list[Outcome]:
        """All of them, in order of time; returns when the last is answered. Raises what the first failing one raised."""
        done: list[Outcome] = []
        browsers: queue.SimpleQueue[Browser] = queue.SimpleQueue()
        for _ in range(WORKERS):
            browsers.put(Browser(self._host))

        def one(act: Act, at: float) -> None:
            browser = browsers.get()
            try:
                done.append(self._one(browser, act, at))
            finally:
                browsers.put(browser)
            tick()

        under_way: deque[tuple[float, Future[None]]] = deque()
        with ThreadPoolExecutor(WORKERS, "reader") as pool:
            for act in sorted(acts, key=lambda a: a.at):
                while under_way and (len(under_way) >= WORKERS or under_way[0][0] < act.at - AHEAD_S):
                    under_way.popleft()[1].result()
                if act.at > self._clock.now():
                    self._clock.set(act.at)
                under_way.append((act.at, pool.submit(one, act, self._clock.now())))
            for _, waiting in under_way:
                waiting.result()
        while not browsers.empty():
            browsers.get().close()
        return done

    def _one(self, browser: Browser, act: Act, at: float) -> Outcome:
        if act.doing is Doing.CHOOSE:
            status = self._choose(browser, act)
        elif act.doing is Doing.REGRET:
            status = self._answer(browser, act, {"stop": "everything"})
        elif act.doing is Doing.LEAVE:
            status, _ = browser.ask("POST", act.url, act.agent, ONE_CLICK)
        else:
            status, _ = browser.ask(act.method, act.url, act.agent)
        return Outcome(act, at, status)

    def _choose(self, browser: Browser, act: Act) -> int:
        """Read the page, fill in the form that has the questions, post it."""
        status, page = browser.ask("GET", act.url, act.agent)
        form = next((f for f in forms(page) if any("yes" in values for values in f.options.values())), None)
        if status != 200 or form is None:
            return status
        questions = [name for name, values in form.options.items() if "yes" in values]
        given = readers.answers(self._tastes[act.reader], questions, form.options.get("topics", []))
        return browser.ask("POST", form.action or act.url, act.agent, form.filled(given))[0]

    def _answer(self, browser: Browser, act: Act, given: Mapping[str, str | Sequence[str]]) -> int:
        """Press the button of the form that offers this answer."""
        _, page = browser.ask("GET", act.url, act.agent)
        answers = {name: value if isinstance(value, str) else list(value) for name, value in given.items()}
        for form in forms(page):
            if all(name in form.options for name in answers):
                return browser.ask("POST", form.action or act.url, act.agent, form.filled(answers))[0]
        return 404
