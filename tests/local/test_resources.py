"""What a data folder holds is kept; a new index is added to it, and a table of other keys is refused by name."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.description import DEPLOYMENT, Index, Table
from local import resources
from local.ministack import CannotStartError
from local.platform import Platform

BEFORE = Table("older", "send")


@pytest.fixture
def older(platform: Platform) -> Iterator[Platform]:
    """The platform with a table of an earlier time, and an item in it."""
    dynamodb = platform.aws.dynamodb
    resources.make_table(BEFORE, platform.aws)
    dynamodb.put_item(TableName="older", Item={"send": {"S": "abc"}, "tended": {"S": "yes"}})
    yield platform
    dynamodb.delete_table(TableName="older")


def make(platform: Platform, table: Table) -> None:
    resources.make(replace(DEPLOYMENT, tables=(*DEPLOYMENT.tables, table)), platform.aws)


def test_a_new_index_finds_what_was_there_before(older: Platform) -> None:
    for _ in range(2):
        make(older, replace(BEFORE, indexes=(Index("by_tended", "tended"),)))
    found = older.aws.dynamodb.query(
        TableName="older",
        IndexName="by_tended",
        KeyConditionExpression="tended = :yes",
        ExpressionAttributeValues={":yes": {"S": "yes"}},
    )
    assert [row["send"] for row in found["Items"]] == [{"S": "abc"}]


@pytest.mark.parametrize("now", [Table("older", "edition"), Table("older", "send", "chunk"), replace(BEFORE, stream=True)])
def test_a_table_of_other_keys_is_refused_and_stays(older: Platform, now: Table) -> None:
    with pytest.raises(CannotStartError, match="The table older kept from before has other keys than now"):
        make(older, now)
    assert older.aws.dynamodb.scan(TableName="older")["Count"] == 1
