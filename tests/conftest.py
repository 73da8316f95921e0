"""The platform for every test, and what goes with it.

`platform`        the whole local platform (see local/platform.py), one per test process and kept between tests; the handlers
                  run in this very process. Schedules do not fire by themselves: `platform.invoke("tend_sends", {})`. SES reports
                  delivery at once; a failed queue message is back after 0.05 s.
                  Useful: .url .drain() .invoke(name, event) .outbox.mails(to=...) .send_message(queue, body)
                  .dead_letters(queue) .faults .account (SES) .clock.advance(s) .logs.read(name) .aws (boto3 clients)
                  .functions.replaced(name, callable).
`empty_platform`  the same one, emptied before the test: tables, queues, bucket, outbox; real time, no faults.
`web`             an HTTP client without a token: .get(path) .head(path) .post(path, body, **headers) -> Reply.
`staff`           the same as staff with every role; `staff_as("editor")` makes one with the roles named.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from local.client import Client
from local.platform import Platform
from local.tokens import ROLES

# While a Lambda runs in the platform, AWS calls that infra/description.py grants it no right to are refused.
pytest_plugins = ["tests.infra.granted"]


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist tells no types
    """Side by side by file, so that what a file sets up is set up once; the stack is synthesised once for all of infra.

    Not by `--dist loadgroup`: pytest-xdist 3.8 writes the groups where pytest 9.2 reads no names any more, and scatters all tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "infra" if file.startswith("tests/infra/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with Platform(tmp_path_factory.mktemp("platform"), schedules=False, delivery_delay_s=0.0, retry_s=0.05) as running:
        yield running


@pytest.fixture(autouse=True)
def only_where_asked_for(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that did not ask for the platform does not reach it through the environment of this process."""
    if "platform" not in request.fixturenames:
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SESV2"):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def empty_platform(platform: Platform) -> Platform:
    platform.reset()
    return platform


@pytest.fixture
def web(platform: Platform) -> Client:
    return Client(platform.url)


@pytest.fixture
def staff_as(platform: Platform) -> Callable[..., Client]:
    return lambda *roles: Client(platform.url, platform.staff_token(*roles))


@pytest.fixture
def staff(staff_as: Callable[..., Client]) -> Client:
    return staff_as(*ROLES)
