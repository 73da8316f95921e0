"""An edition as it is now: gathered from the catalogue, compiled, and compared with what was prepared."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.adapters import templates
from functions.adapters.catalogue import Entry
from functions.adapters.renderer import NotSendable, compile_edition
from functions.domain.assembly import CompiledEdition
from functions.domain.edition import Block, Edition, MailingList
from functions.domain.topic import Taxonomy
from functions.staff_api.problems import FieldError, Problem, invalid
from functions.staff_api.things import read
from functions.staff_api.wiring import wiring

Key = tuple[str, str]


@dataclass(frozen=True)
class Gathered:
    """Everything that goes into an edition, as it is stored now. `versions` by "kind/id", 0 for what is not there."""

    entry: Entry
    edition: Edition
    found: Mapping[Key, Entry]
    versions: Mapping[str, int]

    @property
    def taxonomy(self) -> Taxonomy:
        topics = self.found.get(("topics", "topics"))
        return Taxonomy.from_json(topics.body) if topics else Taxonomy(())


def edition_of(entry: Entry) -> Edition:
    return Edition.from_json({**entry.body, "id": entry.id})


def gather(edition_id: str) -> Gathered:
    """Problem 404 when there is no such edition."""
    entry = read("edition", edition_id)
    edition = edition_of(entry)
    keys: list[Key] = [("topics", "topics"), ("list", edition.list), ("layout", edition.layout)]
    keys += [("block", offered.block) for offered in edition.entries]
    found = wiring().catalogue.get_many(keys)
    versions = {f"{kind}/{id_}": found[kind, id_].version if (kind, id_) in found else 0 for kind, id_ in keys}
    return Gathered(entry, edition, found, {f"edition/{entry.id}": entry.version, **versions})


def compiled(gathered: Gathered) -> CompiledEdition:
    """Problem 422 naming every field that keeps it from being sent."""
    mailing_list = gathered.found.get(("list", gathered.edition.list))
    if mailing_list is None:
        raise invalid(FieldError("list", f"there is no list {gathered.edition.list!r}"))
    layout = gathered.found.get(("layout", gathered.edition.layout))
    blocks = {id_: Block.from_json(entry.body) for (kind, id_), entry in gathered.found.items() if kind == "block"}
    try:
        return compile_edition(
            gathered.edition,
            blocks,
            MailingList.from_json(mailing_list.body),
            gathered.taxonomy,
            templates.theme(),
            wiring().settings.public_url,
            layout.body["mjml"] if layout else None,
        )
    except NotSendable as wrong:
        errors = (FieldError(problem.field, problem.reason) for problem in wrong.problems)
        raise invalid(*errors, detail="This edition cannot be sent.") from None


def changed_since(gathered: Gathered) -> list[str]:
    """What was changed since the edition was prepared ("block/rent"), in the order it is read."""
    was = gathered.entry.prepared_from
    return [name for name, version in gathered.versions.items() if was.get(name) != version]


def as_prepared(gathered: Gathered, version: str) -> None:
    """Problem 409 unless `version` is this edition as it was prepared, and as it still is."""
    if not gathered.entry.prepared:
        raise Problem(
            409, "not-prepared", "Prepare the edition first.", (FieldError("version", "this edition was never prepared"),)
        )
    if changed := changed_since(gathered):
        names = ", ".join(name.replace("/", " ") for name in changed)
        reason = f"edition changed since it was prepared: {names}. Prepare it again, look at it, and send that version"
        raise Problem(409, "edition-changed", f"The {reason}.", tuple(FieldError(name, "changed") for name in changed))
    if version != gathered.entry.prepared:
        reason = f"the edition is prepared as version {gathered.entry.prepared!r}"
        raise Problem(
            409, "edition-changed", f"The version is not the one that is prepared: {reason}.", (FieldError("version", reason),)
        )
