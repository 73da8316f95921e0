"""What the Lambdas' tests share."""

from collections.abc import Callable, Iterator

import pytest

from local.environment import forget_caches


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Change an environment name for the handlers, for one test."""

    def change(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        forget_caches(clients=False)

    yield change
    monkeypatch.undo()
    forget_caches(clients=False)
