"""What a leaving took, and what of it may still go back."""

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import Act, ConsentRecord, Purpose, fold
from functions.domain.leaving import LEAVING, leaving_of, returnable, taken, until

NEWS = Purpose.NEWSLETTER


def record(at: int, act: Act, list_: str | None = "a", leaving: str = "", purpose: Purpose = NEWS) -> ConsentRecord:
    proof = {LEAVING: leaving} if leaving else {}
    return ConsentRecord(f"r{at:07}", "s", purpose, act, at, "w", "h", "nl", "page", "supporter", list_, proof)


def test_leaving_everything_took_the_lists_that_were_on_and_no_other() -> None:
    proof = [
        *(record(n, Act.GRANTED, list_) for n, list_ in enumerate("abc")),
        record(4, Act.WITHDRAWN, "b"),
        record(5, Act.WITHDRAWN, None, "left0001"),
        record(5, Act.WITHDRAWN, None, "left0001", Purpose.OPEN_PIXEL),
    ]
    leaving = leaving_of(proof, "left0001")
    assert leaving == proof[4]
    assert taken(proof, leaving) == returnable(proof, leaving) == {"a", "c"}
    assert leaving_of(proof, "left0002") is None
    assert until(leaving) == 5 // 1000 + 1800


def test_what_was_decided_since_is_not_undone_with_it() -> None:
    proof = [record(1, Act.GRANTED), record(2, Act.WITHDRAWN, "a", "left0001")]
    leaving = proof[1]
    for later in (record(3, Act.GRANTED), record(3, Act.WITHDRAWN), record(3, Act.WITHDRAWN, None)):
        assert returnable([*proof, later], leaving) == set()
    others = [record(3, Act.GRANTED, "b"), record(4, Act.REFUSED, None, purpose=Purpose.OPEN_PIXEL)]
    assert returnable([*proof, *others], leaving) == {"a"}


@given(st.lists(st.tuples(st.sampled_from([Act.GRANTED, Act.WITHDRAWN]), st.sampled_from(["a", "b", None])), max_size=10))
def test_nothing_goes_back_that_was_not_on_before(acts: list[tuple[Act, str | None]]) -> None:
    before = [record(n, act, list_) for n, (act, list_) in enumerate(acts)]
    leaving = record(len(acts), Act.WITHDRAWN, None, "left0001")
    proof = [*before, leaving]
    assert returnable(proof, leaving) == fold(before).newsletter.keys()
