"""What a stage may leave open, and what it must say before anything goes live."""

from typing import Any

import pytest

from infra.stage import Stage, StageError, read_stage
from tests.infra.synthesise import STAGES


def a_stage(base: str = "dev", **changes: Any) -> Stage:
    stated = {k: v for k, v in {**STAGES[base], **changes}.items() if v is not None}
    return read_stage(base, {base: stated})


def refusal(base: str = "live", **changes: Any) -> str:
    with pytest.raises(StageError) as refused:
        a_stage(base, **changes)
    return str(refused.value)


def test_a_dev_stage_defaults_to_observed_and_needs_no_address_of_its_own() -> None:
    stage = a_stage()
    assert (stage.ceiling, stage.live, stage.public_url) == ("observed", False, None)


def test_a_live_stage_must_state_its_ceiling() -> None:
    assert "`ceiling` must be stated" in refusal(ceiling=None)


@pytest.mark.parametrize("ceiling", ["editorial", "declared"])
def test_a_lower_ceiling_goes_live_without_a_sign_off(ceiling: str) -> None:
    assert a_stage("live", ceiling=ceiling, sign_off=None).sign_off is None


@pytest.mark.parametrize(
    "sign_off",
    [
        None,
        {"name": "", "date": "2026-11-02", "reference": "x"},
        {"name": "A. Jurist", "date": "2026-11-02"},
        {"name": "A. Jurist", "date": "last week", "reference": "x"},
    ],
)
def test_observed_does_not_go_live_without_a_whole_sign_off(sign_off: dict[str, str] | None) -> None:
    assert "needs a `sign_off` with name, date (YYYY-MM-DD) and reference" in refusal(sign_off=sign_off)


@pytest.mark.parametrize("proof", [{"proven": "yes", "reference": "x"}, {"proven": "2026-11-09"}, {"reference": "x"}])
def test_the_bulk_path_is_used_nowhere_without_its_proof(proof: dict[str, str]) -> None:
    assert "`bulk_path` needs `proven` (YYYY-MM-DD) and `reference`" in refusal("dev", bulk_path=proof)


def test_a_live_stage_says_where_its_data_is_and_where_its_links_lead() -> None:
    said = refusal(region=None, public_url=None, certificate_arn=None)
    assert "`region`" in said
    assert "`public_url`" in said


def test_example_names_never_go_live() -> None:
    said = refusal(sender_domain="news.example.org", mail_from_domain=None, jwt_issuer="https://login.example.org/")
    assert "`sender_domain` is still an example" in said
    assert "`jwt_issuer` is still an example" in said


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("public_url", "http://post.example.org"),
        ("public_url", "https://post.example.org/"),
        ("public_url", "https://post.example.org/news"),
        ("ceiling", "everything"),
        ("staff_addresses", ["not an address"]),
        ("taxonomy_signed", "later"),
        ("jwt_issuer", "login.example.org"),
        ("sender_domain", "Example.org"),
        ("mail_from_domain", "bounce.elsewhere.org"),
        ("log_retention_days", 31),
        ("certificate_arn", "arn:aws:acm:eu-central-1:1:certificate/1"),
    ],
)
def test_a_field_that_cannot_be_is_named(field: str, value: Any) -> None:
    assert f"`{field}`" in refusal("dev", **{field: value})


def test_a_live_stage_that_selects_needs_its_topics_signed_and_a_trial_may_ask_for_it() -> None:
    assert read_stage("live", STAGES).needs_taxonomy_signed
    assert not read_stage("dev", STAGES).needs_taxonomy_signed
    assert "`taxonomy_signed` cannot be false" in refusal("live", taxonomy_signed=False)


def test_a_certificate_of_another_region_is_refused() -> None:
    assert "`certificate_arn` must be in the stage's own region" in refusal("live", region="eu-west-1")


def test_a_misspelt_field_is_named_not_ignored() -> None:
    assert "`cieling` is not a field" in refusal("live", cieling="declared")


def test_every_problem_is_said_at_once() -> None:
    assert len(refusal("dev", sender_domain=None, jwt_issuer=None, jwt_audience=None).splitlines()) == 4


def test_an_unknown_stage_names_the_known_ones() -> None:
    with pytest.raises(StageError, match=r"no stage 'acceptance'.*dev, live"):
        read_stage("acceptance", STAGES)
