from typing import Any

import pytest

from functions.adapters.recipients import NotReadError, Recipients
from functions.domain.tokens import MessageRef

REF = MessageRef("sendsend", 0, "person01")
PERSON = {"supporter": {"S": "person01"}, "grants": {"M": {"click_measurement": {"S": "g1"}}}}
MESSAGE = {"picks": {"S": "0e"}, "at": {"N": "1000"}, "expires": {"N": "99999999999"}}


class Busy:
    """A table that leaves out what is asked for, so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def batch_get_item(self, **asked: dict[str, Any]) -> dict[str, Any]:
        wanted = asked["RequestItems"]
        stored = {"supporters": [PERSON], "messages": [MESSAGE]}
        left = {"messages": wanted["messages"]} if self.times and "messages" in wanted else {}
        self.times -= bool(left)
        return {"Responses": {table: [] if table in left else stored[table] for table in wanted}, "UnprocessedKeys": left}


def recipients(times: int) -> Recipients:
    busy: Any = Busy(times)
    return Recipients(busy, "supporters", "messages", "sends")


@pytest.mark.parametrize("times", [0, 1])
def test_what_a_busy_table_leaves_out_is_asked_for_again(times: int) -> None:
    found = recipients(times).recipient(REF)
    assert found is not None
    assert (found.picks, found.arrived_at) == ("0e", 1000)


def test_a_click_that_could_not_be_judged_is_an_error_and_not_nobodys() -> None:
    with pytest.raises(NotReadError):
        recipients(2).recipient(REF)
