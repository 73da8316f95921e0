"""What is written to DynamoDB comes back as it was."""

import pytest

from functions.adapters.items import item, plain


@pytest.mark.parametrize("number", [0, -7, 10**15, 0.01, -2.5, 0.1 + 0.2, 1e-05, 1e-9, 1e22])
def test_a_number_of_any_size_comes_back_as_it_was(number: float) -> None:
    assert plain(item({"share": number})) == {"share": number}


@pytest.mark.parametrize(("written", "number"), [("1E-5", 1e-05), ("1E+3", 1000), ("-12", -12), ("0.5", 0.5)])
def test_an_exponent_is_a_number_too(written: str, number: float) -> None:
    """A share as small as 0.00001 is sent so, and whoever answers may write it either way."""
    assert plain({"share": {"N": written}}) == {"share": number}
