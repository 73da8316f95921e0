"""PynamoDB makes a botocore client per model, each a fifth of a second of a cold start: ours share one."""

from concurrent.futures import ThreadPoolExecutor

from functions.adapters import aws
from functions.adapters.models import AuditItem, CatalogueItem, SendItem, bound, connection
from local.platform import Platform


def test_all_models_and_transactions_go_through_the_client_of_the_raw_reads(platform: Platform) -> None:
    models = [bound(CatalogueItem, "catalogue"), bound(SendItem, "sends"), bound(AuditItem, "audit")]
    clients = {id(model._get_connection().connection.client) for model in models}
    assert clients == {id(connection().client)} == {id(aws.dynamodb())}
    assert models[0].count("list") >= 0  # and it speaks


def test_two_first_requests_at_once_get_the_same_model(platform: Platform) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: bound(SendItem, "asked-at-once"), range(32)))
    assert len(made) == 1


def test_a_model_on_another_table_keeps_its_own(platform: Platform) -> None:
    assert [bound(CatalogueItem, name)._get_connection().table_name for name in ("catalogue", "elsewhere")] == [
        "catalogue",
        "elsewhere",
    ]
