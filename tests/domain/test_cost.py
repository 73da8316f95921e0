"""What a send costs, before it is sent."""

from benchmarks.cost import TARGET
from benchmarks.prices import SES_PER_MILLION
from functions.domain.cost import A_LA_CARTE, ESSENTIALS, METERED_PER_MILLION, cost


def test_a_million_mails_cost_ses_and_a_little() -> None:
    found = cost(1_000_000)
    assert (found.ses_a_la_carte, found.ses_essentials, found.platform) == (100.0, 160.0, METERED_PER_MILLION)
    assert (found.a_la_carte, found.essentials) == (100 + METERED_PER_MILLION, 160 + METERED_PER_MILLION)


def test_a_few_mails_cost_nothing_to_speak_of() -> None:
    assert cost(3).a_la_carte == 0.0


def test_the_prices_are_those_of_the_bill() -> None:
    assert {"à la carte": A_LA_CARTE * 1000, "Essentials": ESSENTIALS * 1000} == SES_PER_MILLION
    assert METERED_PER_MILLION <= TARGET
