"""The forger of the benchmark: what it starts from is true, what it makes of it is not."""

import pytest

from benchmarks.forgery import POWERS, Forger, run
from functions.domain.tokens import Power


def test_every_way_to_forge_is_tried_and_none_opens_anything() -> None:
    found = run(2000)
    assert set(found["tried"].values()) == {200}
    assert found["accepted_in_all"] == 0


@pytest.mark.parametrize("power", POWERS)
def test_what_the_forger_starts_from_opens(power: Power) -> None:
    forger = Forger()
    assert all(forger.opens(*forger.true(power=power)) for _ in range(20))


@pytest.mark.parametrize("kind", list(Forger().kinds))
def test_the_same_seed_forges_the_same(kind: str) -> None:
    one, same = Forger(7), Forger(7)
    assert [one.kinds[kind]() for _ in range(3)] == [same.kinds[kind]() for _ in range(3)]
