"""What a row says, and what it changes."""

from dataclasses import replace

import pytest

from functions.domain.consent import Act, ConsentRecord, Consents, Purpose, SuppressionReason
from functions.domain.importing import (
    Draft,
    HeaderError,
    Rejection,
    left_lists,
    merged,
    missing_lists,
    read_header,
    read_row,
    stays_out,
)
from functions.domain.stage import Stage
from functions.domain.supporter import Attribute, FormOfAddress, Supporter
from functions.domain.suppressing import read_suppressions

LISTS = frozenset({"national", "utrecht"})
NOOR = Supporter("AAAAAAAA", "noor@example.org", "nl", "Noor", external_id="7")


def row(header: str, line: str) -> Draft | Rejection:
    names = header.split(",")
    return read_row(2, line.split(","), read_header(names), names, LISTS)


def rejected(header: str, line: str) -> Rejection:
    found = row(header, line)
    assert isinstance(found, Rejection)
    return found


def test_headers_are_understood_in_three_languages() -> None:
    assert read_header(["E-mailadres", "Voornaam", "Taal", "Regio"]) == ("address", "name", "language", "attr_region")
    assert read_header(["Courriel", "Prénom", "Langue"]) == ("address", "name", "language")
    assert read_header(["E-mail", "attr_Beroep", ""]) == ("address", "attr_beroep", "")


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("naam,telefoon", "no column with the address. Found: naam, telefoon"),
        ("email,telefoon", "unknown column: telefoon"),
        ("email,e-mail", "more than one column for: address"),
    ],
)
def test_a_wrong_header_is_refused_naming_the_columns(header: str, says: str) -> None:
    with pytest.raises(HeaderError, match=says):
        read_header(header.split(","))


def test_a_whole_row_becomes_a_draft() -> None:
    header = "email,naam,taal,aanspreekvorm,lidnummer,lijsten,regio,attr_beroep,toestemming_op"
    assert row(header, " Noor@Example.ORG ,Noor,NL-nl,u,7,utrecht,Utrecht,bakker,2025-03-01") == Draft(
        address="Noor@example.org",
        external_id="7",
        name="Noor",
        language="nl",
        form=FormOfAddress.FORMAL,
        attributes={"region": "Utrecht", "beroep": "bakker"},
        lists=("utrecht",),
        proof={"consent_at": "2025-03-01"},
        row=2,
    )


def test_an_empty_cell_says_nothing() -> None:
    assert row("email,naam,taal", "noor@example.org,,") == Draft("noor@example.org", row=2)


@pytest.mark.parametrize(
    ("header", "line", "column", "says"),
    [
        ("E-mail,naam", "noor.example.org,Noor", "E-mail", "no @"),
        ("E-mail,naam", ",Noor", "E-mail", "empty"),
        ("email,Taal", "noor@example.org,de", "Taal", "unknown language 'de': nl, en, fr"),
        ("email,lijst", "noor@example.org,leeds", "lijst", "unknown list 'leeds': national, utrecht"),
        ("email,fase", "noor@example.org,fan", "fase", "unknown stage 'fan': sympathiser, member, volunteer or ambassador"),
        ("email,form", "noor@example.org,hey", "form", "informal or formal"),
        ("email,naam", "noor@example.org,No\ufffdr", "naam", "a character was lost"),
        ("email,naam", "noor@example.org,Noor,Jan", "", "3 cells where the header has 2"),
    ],
)
def test_a_bad_row_is_rejected_with_column_and_reason(header: str, line: str, column: str, says: str) -> None:
    found = rejected(header, line)
    assert (found.row, found.column) == (2, column)
    assert says in found.reason


def test_a_draft_changes_only_what_it_says() -> None:
    assert merged(NOOR, Draft("NOOR@example.org"), "import") == NOOR
    changed = merged(NOOR, Draft("noor@example.org", language="fr", attributes={"region": "Luik"}), "import")
    assert (changed.language, changed.name, changed.attributes["region"]) == ("fr", "Noor", Attribute("Luik", "import"))


def test_what_a_supporter_said_of_themselves_is_not_overruled() -> None:
    own = Supporter("AAAAAAAA", "noor@example.org", "nl", attributes={"region": Attribute("Gent", "supporter")})
    assert merged(own, Draft("noor@example.org", attributes={"region": "Luik"}), "import") == own


@pytest.mark.parametrize("word", ["volunteer", "Vrijwilliger", "bénévole"])
def test_a_stage_is_read_in_three_languages_and_kept_with_its_source(word: str) -> None:
    draft = row("email,stage", f"noor@example.org,{word}")
    assert draft == Draft("noor@example.org", stage=Stage.VOLUNTEER, row=2)
    changed = merged(NOOR, draft, "import")
    assert changed.stage == Attribute("volunteer", "import")
    assert merged(changed, Draft("noor@example.org"), "import") == changed
    assert merged(changed, Draft("noor@example.org", stage=Stage.MEMBER), "staff").stage == Attribute("member", "staff")


def test_a_file_that_says_what_staff_had_noted_is_where_it_comes_from_now() -> None:
    draft = Draft("noor@example.org", stage=Stage.MEMBER, attributes={"region": "Luik"})
    noted, brought = merged(NOOR, draft, "staff"), merged(NOOR, draft, "import")
    assert merged(noted, draft, "import") == brought != noted
    assert merged(brought, draft, "staff") == brought


def test_a_stage_that_the_supporter_named_is_not_overruled() -> None:
    own = replace(NOOR, stage=Attribute("sympathiser", "supporter"))
    assert merged(own, Draft("noor@example.org", stage=Stage.AMBASSADOR), "import") == own


@pytest.mark.parametrize("field", ["name", "language", "form"])
def test_a_name_language_or_form_that_the_supporter_chose_stays_whatever_a_list_says(field: str) -> None:
    own = replace(NOOR, own=frozenset({field}))
    draft = Draft(NOOR.address, name="N. Jansen", language="fr", form=FormOfAddress.FORMAL)
    after = merged(own, draft, "import")
    kept = {name for name in ("name", "language", "form") if getattr(after, name) == getattr(NOOR, name)}
    assert kept == {field}


def record(at: int, act: Act, list_: str | None = "national", purpose: Purpose = Purpose.NEWSLETTER) -> ConsentRecord:
    return ConsentRecord(f"r{at}", "AAAAAAAA", purpose, act, at, "", "", "nl", "page", "supporter", list_)


def test_a_list_that_somebody_left_is_not_granted_again() -> None:
    assert left_lists([record(1, Act.GRANTED), record(2, Act.WITHDRAWN)], ["national"]) == {"national"}
    assert left_lists([record(1, Act.WITHDRAWN), record(2, Act.GRANTED)], ["national"]) == set()
    assert left_lists([record(1, Act.GRANTED), record(2, Act.WITHDRAWN, None)], ["national", "utrecht"]) == {"national", "utrecht"}
    assert left_lists([record(1, Act.WITHDRAWN, None, Purpose.OPEN_PIXEL)], ["national"]) == set()


def test_lists_already_granted_are_not_granted_again() -> None:
    assert missing_lists(Consents({"national": "g1"}), ["national", "utrecht", "utrecht"]) == ("utrecht",)


def test_a_new_address_mends_a_bounce_but_does_not_undo_a_no() -> None:
    assert not stays_out(None, SuppressionReason.BOUNCED)
    assert stays_out(None, SuppressionReason.UNSUBSCRIBED)
    assert stays_out(SuppressionReason.BOUNCED, None)


def test_suppressions_are_read_by_address_or_hash_with_a_reason() -> None:
    read = read_suppressions([b"E-mail;Reden\nA@b.nl;uitgeschreven\nnope;spam\na@b.nl;klacht\nc@d.nl;zomaar\n"], str.lower)
    assert read.reasons == {"a@b.nl": SuppressionReason.UNSUBSCRIBED}
    assert [(r.row, r.column) for r in read.rejections] == [(3, "E-mail"), (5, "Reden")]
    hashed = read_suppressions([b"address_hash,reason\nAAAAAAAAAAAAAAAAAAAAAA,bounced\nshort,bounced\n"], str.lower)
    assert (len(hashed.reasons), len(hashed.rejections)) == (1, 1)
