import json
from typing import Any

import pytest

from functions.domain.topic import Taxonomy, Topic

CLIMATE = {"id": "climate", "code": "c", "names": {"nl": "Klimaat", "en": "Climate", "fr": "Climat"}}
CARE = {"id": "care", "code": "z", "names": {"nl": "Zorg"}}


def taxonomy(*topics: dict[str, Any]) -> Taxonomy:
    return Taxonomy.from_json({"topics": list(topics)})


def test_a_taxonomy_reads_back_as_it_was_written() -> None:
    body = {"topics": [CLIMATE, CARE]}
    assert Taxonomy.from_json(body).to_json() == body
    assert Taxonomy.from_json(json.loads(json.dumps(Taxonomy.from_json(body).to_json()))) == Taxonomy.from_json(body)


def test_topics_are_found_by_id_and_by_code() -> None:
    known = taxonomy(CLIMATE, CARE)
    assert known.get("care") == known.by_code("z") == Topic("care", "z", {"nl": "Zorg"})
    assert known.get("war") is None
    assert known.by_code("x") is None
    assert known.codes(["care", "war"]) == {"z"}
    assert known.ids("cx") == {"climate"}


def test_a_topic_without_a_name_in_a_language_lends_another() -> None:
    known = taxonomy(CLIMATE, CARE)
    assert [t.name("fr") for t in known.topics] == ["Climat", "Zorg"]
    assert Topic("care", "z").name("nl") == "care"


@pytest.mark.parametrize(
    ("topics", "reason"),
    [
        ([CLIMATE, CLIMATE | {"code": "d"}], "id 'climate' is used twice"),
        ([CLIMATE, CARE | {"code": "c"}], "code 'c' is used twice"),
        ([CLIMATE | {"code": "cc"}], "a code is one letter or digit"),
        ([CLIMATE | {"code": "."}], "a code is one letter or digit"),
        ([CLIMATE | {"id": "Climate!"}], "lower-case"),
        ([CLIMATE | {"names": {"nl": ""}}], "names are texts"),
        ([CLIMATE | {"names": ["Klimaat"]}], "names are texts"),
        ([{"id": "climate"}], "an id, a code and names"),
        (["climate"], "an id, a code and names"),
    ],
)
def test_a_taxonomy_that_is_not_right_says_what_is_wrong(topics: list[Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Taxonomy.from_json({"topics": topics})


def test_without_topics_there_is_nothing_to_read() -> None:
    with pytest.raises(ValueError, match="a list is needed"):
        Taxonomy.from_json({})


def test_a_code_is_for_good() -> None:
    before = taxonomy(CLIMATE, CARE)
    assert taxonomy(CARE, CLIMATE, {"id": "housing", "code": "w"}).succeeds(before) == []
    assert "code is 'c' for good" in taxonomy(CLIMATE | {"code": "k"}, CARE).succeeds(before)[0]
    assert "is missing" in taxonomy(CLIMATE).succeeds(before)[0]
    assert taxonomy(CARE | {"code": "c"}, CLIMATE | {"code": "z"}).succeeds(before) != []
