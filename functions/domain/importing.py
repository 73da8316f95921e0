"""What a staff member's table says about supporters: header -> columns, row -> draft or rejection, draft -> what changes.

An import grants `newsletter` at most, never again to somebody who withdrew it, and keeps its proof columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from functions.domain import hours
from functions.domain.consent import Act, ConsentAnswer, ConsentRecord, Consents, Purpose, SuppressionReason
from functions.domain.stage import ALIASES as STAGE_ALIASES
from functions.domain.stage import Stage, stage_of
from functions.domain.supporter import LANGUAGES, Attribute, FormOfAddress, Supporter, clean_name, normalise_address

ADDRESS, NAME, LANGUAGE, FORM, EXTERNAL_ID, LISTS = "address", "name", "language", "form", "external_id", "lists"
STAGE = "stage"
PROOF = ("consent_at", "consent_source")
ATTRIBUTE = "attr_"
TIMEZONE = ATTRIBUTE + hours.ATTRIBUTE
LONGEST_VALUE = 200  # characters of an attribute, a proof column, an external id

ALIASES: Mapping[str, tuple[str, ...]] = {
    ADDRESS: (
        *("address", "email", "e_mail", "email_address", "e_mail_address", "emailadres", "e_mailadres", "e_mail_adres"),
        *("mail", "mailadres", "adres", "courriel", "adresse", "adresse_email", "adresse_e_mail"),
    ),
    NAME: ("name", "first_name", "naam", "voornaam", "roepnaam", "prenom", "prénom", "nom"),
    LANGUAGE: ("language", "lang", "taal", "langue"),
    FORM: ("form", "form_of_address", "aanspreekvorm", "aanspreking", "forme"),
    EXTERNAL_ID: ("external_id", "externalid", "id", "member_id", "lidnummer", "relatienummer", "crm_id", "numéro_de_membre"),
    LISTS: ("lists", "list", "lijsten", "lijst", "listes", "liste"),
    STAGE: STAGE_ALIASES,
    "consent_at": ("consent_at", "toestemming_op", "toestemmingsdatum", "date_du_consentement"),
    "consent_source": ("consent_source", "toestemming_bron", "toestemming_via", "source_du_consentement"),
    "attr_region": ("region", "regio", "région"),
    TIMEZONE: ("timezone", "time_zone", "tijdzone", "fuseau_horaire"),
}
_COLUMN = {alias: column for column, aliases in ALIASES.items() for alias in aliases}

_LANGUAGES = {code: code for code in LANGUAGES} | {
    **dict.fromkeys(("nederlands", "dutch", "néerlandais", "nld", "dut"), "nl"),
    **dict.fromkeys(("engels", "english", "anglais", "eng"), "en"),
    **dict.fromkeys(("frans", "french", "français", "francais", "fra", "fre"), "fr"),
}
_FORMS = {
    **dict.fromkeys(("informal", "informeel", "je", "jij", "tu", "informel"), FormOfAddress.INFORMAL),
    **dict.fromkeys(("formal", "formeel", "u", "vous", "formel"), FormOfAddress.FORMAL),
}


@dataclass(frozen=True)
class Rejection:
    """Why a row did not go in: the column as the file names it, and a plain reason."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """What a file or staff say of one supporter. None or absent: nothing said, so it stays as it is."""

    address: str
    external_id: str | None = None
    name: str | None = None
    language: str | None = None
    form: FormOfAddress | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    stage: Stage | None = None
    lists: tuple[str, ...] = ()
    proof: Mapping[str, str] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True)
class Part:
    """A piece of the file: bytes start to end, `rows` records, of which the first is row `row`.

    `same` names rows that repeat the address or external id of an earlier row of the file: row -> (column, earlier row).
    """

    start: int
    end: int
    row: int
    rows: int
    same: Mapping[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """How to read the file."""

    delimiter: str
    header: tuple[str, ...]
    columns: tuple[str, ...]


class HeaderError(ValueError):
    """The header names no address, or columns nobody knows. The message names them."""


class CellError(ValueError):
    """One cell that cannot be read."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read_header(cells: Sequence[str]) -> tuple[str, ...]:
    """The column each header cell stands for ("" for an empty header cell).

    HeaderError for a file without addresses, a column twice, or a column nobody knows: dropping it silently would lose
    what staff meant, keeping it would take in personal data nobody asked for.
    """
    columns = tuple(_column(cell) for cell in cells)
    unknown = [cell.strip() for cell, column in zip(cells, columns, strict=True) if column is None]
    if ADDRESS not in columns:
        found = ", ".join(cell.strip() for cell in cells if cell.strip()) or "nothing"
        raise HeaderError(f"no column with the address. Found: {found}. Name it one of: {', '.join(ALIASES[ADDRESS][:6])}")
    if unknown:
        raise HeaderError(
            f"unknown column: {', '.join(unknown)}. Remove it, or call it {ATTRIBUTE}<name> to keep it as an attribute. "
            f"Known: {', '.join(ALIASES)}"
        )
    known = [column for column in columns if column]
    if twice := sorted({column for column in known if known.count(column) > 1}):
        raise HeaderError(f"more than one column for: {', '.join(twice)}")
    return tuple(column or "" for column in columns)


def _column(cell: str) -> str | None:
    name = "_".join(cell.strip().lower().replace("-", " ").replace("_", " ").split())
    if name.startswith(ATTRIBUTE) and name.removeprefix(ATTRIBUTE).replace("_", "").isalnum():
        return name[:LONGEST_VALUE]
    return _COLUMN.get(name) if name else ""


def read_row(
    row: int, cells: Sequence[str], columns: Sequence[str], header: Sequence[str], lists: frozenset[str]
) -> Draft | Rejection:
    """One row as a draft, or why not. `lists` are the lists there are; `header` the names as the file writes them."""
    said = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}
    try:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            raise CellError("", f"{len(cells)} cells where the header has {len(columns)}: is a cell with a delimiter not quoted?")
        return _draft(row, said, lists)
    except CellError as wrong:
        named = header[columns.index(wrong.column)].strip() if wrong.column in columns else wrong.column
        return Rejection(row, named, wrong.reason)


def _draft(row: int, said: Mapping[str, str], lists: frozenset[str]) -> Draft:
    for column, cell in said.items():
        if "\ufffd" in cell:
            raise CellError(column, "a character was lost: send the file as UTF-8, or as application/octet-stream")
        if len(cell) > LONGEST_VALUE and column != ADDRESS:
            raise CellError(column, f"longer than {LONGEST_VALUE} characters")
    if TIMEZONE in said:
        _timezone(said[TIMEZONE])
    return Draft(
        address=_address(said.get(ADDRESS, "")),
        external_id=said.get(EXTERNAL_ID),
        name=clean_name(said[NAME]) if NAME in said else None,
        language=_language(said[LANGUAGE]) if LANGUAGE in said else None,
        form=_form(said[FORM]) if FORM in said else None,
        attributes={column.removeprefix(ATTRIBUTE): cell for column, cell in said.items() if column.startswith(ATTRIBUTE)},
        stage=_stage(said[STAGE]) if STAGE in said else None,
        lists=_lists(said.get(LISTS, ""), lists),
        proof={column: said[column] for column in PROOF if column in said},
        row=row,
    )


def _address(cell: str) -> str:
    try:
        return normalise_address(cell)
    except ValueError as wrong:
        raise CellError(ADDRESS, str(wrong)) from None


def _language(cell: str) -> str:
    word = cell.lower()
    found = _LANGUAGES.get(word) or _LANGUAGES.get(word.replace("_", "-").split("-")[0])
    if not found:
        raise CellError(LANGUAGE, f"unknown language {cell[:40]!r}: {', '.join(LANGUAGES)}")
    return found


def _timezone(cell: str) -> None:
    try:
        hours.zone_of(cell)
    except ValueError as wrong:
        raise CellError(TIMEZONE, str(wrong)) from None


def _stage(cell: str) -> Stage:
    try:
        return stage_of(cell)
    except ValueError as wrong:
        raise CellError(STAGE, str(wrong)) from None


def _form(cell: str) -> FormOfAddress:
    if cell.lower() not in _FORMS:
        raise CellError(FORM, f"unknown form of address {cell[:40]!r}: informal or formal")
    return _FORMS[cell.lower()]


def _lists(cell: str, known: frozenset[str]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(name.strip().lower() for name in cell.split(";") if name.strip()))
    if unknown := [name for name in named if name not in known]:
        raise CellError(LISTS, f"unknown list {unknown[0][:40]!r}: {', '.join(sorted(known))}")
    return named


def merged(current: Supporter, draft: Draft, source: str) -> Supporter:
    """The supporter with what the draft says. What the supporter filled in themselves is not overruled."""
    attributes = dict(current.attributes)
    for name, value in draft.attributes.items():
        attributes[name] = _said(attributes.get(name), value, source)
    own = current.own
    return replace(
        current,
        address=current.address if current.address.lower() == draft.address.lower() else draft.address,
        external_id=draft.external_id or current.external_id,
        name=current.name if draft.name is None or "name" in own else draft.name,
        language=current.language if "language" in own else draft.language or current.language,
        form=current.form if "form" in own else draft.form or current.form,
        attributes=attributes,
        stage=_said(current.stage, draft.stage.value, source) if draft.stage else current.stage,
    )


def _said(old: Attribute | None, value: str, source: str) -> Attribute:
    """What somebody else says changes what was noted of the supporter, not what they said themselves.

    The same once more keeps its source, but that a file may bring what staff had only noted.
    """
    same = old is not None and old.value == value and (old.source, source) != ("staff", "import")
    return old if old and (old.source == "supporter" or same) else Attribute(value, source)


def stays_out(address: str | None, current_address: str | None) -> bool:
    """Whether a suppression keeps a row out: of its own address for any reason, or of the address this supporter has now.

    A new address mends a bounce. It does not undo what the person said.
    """
    return bool(address) or (current_address is not None and current_address != SuppressionReason.BOUNCED)


def missing_lists(consents: Consents, lists: Iterable[str]) -> tuple[str, ...]:
    """The lists among these that the supporter holds no newsletter consent for now."""
    return tuple(name for name in dict.fromkeys(lists) if name not in consents.newsletter)


def left_lists(records: Iterable[ConsentRecord], lists: Iterable[str]) -> frozenset[str]:
    """The lists among these that the supporter said no to last. Nobody but the supporter may grant those again."""
    last: dict[str, Act] = {}
    wanted = frozenset(lists)
    for record in sorted(records, key=lambda r: (r.at, r.id)):
        if record.purpose is Purpose.NEWSLETTER and (record.list or record.act is not Act.GRANTED):
            last.update(dict.fromkeys(wanted if record.list is None else wanted & {record.list}, record.act))
    return frozenset(name for name, act in last.items() if act is not Act.GRANTED)


def newsletter_answers(lists: Iterable[str]) -> list[ConsentAnswer]:
    """A yes per list. The words a person agreed to elsewhere are not known here, so none are named; the proof is kept instead."""
    return [ConsentAnswer(Purpose.NEWSLETTER, True, wording="", wording_sha256="", list=name) for name in lists]
