"""The import without AWS, for files that are too large for the platform in a test: its own look, parts, intake and reports, on
dictionaries instead of tables and a bucket. A row is written as the real adapter writes it: all or nothing, on what was read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

from functions.adapters.catalogue import Catalogue, Entry
from functions.adapters.content import PIECE, Content
from functions.adapters.imports import Import, ImportKind, Imports, ImportState
from functions.adapters.intake import Intake
from functions.adapters.supporters import Change, ConflictError, Stored, Supporters
from functions.adapters.suppressions import Suppressions
from functions.domain.consent import ConsentRecord, fold
from functions.domain.supporter import address_hash
from functions.import_supporters.rows import SupporterRows
from functions.import_supporters.step import Importer

FILE = "imports/IIIIIIII/file.csv"


class Bucket(Content):
    """Objects in a dictionary, the file from `file`; `read` names what was read."""

    def __init__(self, file: Iterable[bytes]) -> None:
        self.file, self.objects, self.read = file, dict[str, bytes](), list[str]()

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.objects[key] = body

    def get(self, key: str) -> bytes:
        self.read.append(key)
        return self.objects[key]

    def pieces(self, key: str) -> Iterator[bytes]:
        yield from self.file

    def range(self, key: str, start: int, end: int) -> bytes:
        self.read.append(f"{key} {start}-{end}")
        return b"".join(self.file)[start:end]


class Shelf(Catalogue):
    """One import."""

    def __init__(self) -> None:
        self.entries = dict[tuple[str, str], Entry]()

    def get(self, kind: str, id_: str) -> Entry | None:
        return self.entries.get((kind, id_))

    def all(self, kind: str) -> list[Entry]:
        return [entry for (found, _), entry in self.entries.items() if found == kind]

    def put(
        self, kind: str, id_: str, body: Mapping[str, Any], old: Entry | None, now: int, mailing_list: str | None = None
    ) -> Entry:
        version = old.version + 1 if old else 1
        done = old.done if old else frozenset()
        self.entries[kind, id_] = Entry(kind, id_, json.loads(json.dumps(body)), version, now, done=done)
        return self.entries[kind, id_]

    def mark_done(self, kind: str, id_: str, part: str) -> frozenset[str]:
        entry = self.entries[kind, id_]
        self.entries[kind, id_] = replace(entry, done=entry.done | {part})
        return entry.done | {part}


class People(Supporters):
    def __init__(self) -> None:
        self.known, self.stored = dict[str, str](), dict[str, Stored]()

    def hash(self, address: str) -> str:
        return address_hash(b"k" * 32, address)

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored]:
        return {id_: self.stored[id_] for id_ in ids if id_ in self.stored}

    def known_as(self, identities: Iterable[str]) -> dict[str, str]:
        return {name: self.known[name] for name in identities if name in self.known}

    def records(self, id_: str) -> list[ConsentRecord]:
        return []

    def write(self, changes: Sequence[Change]) -> None:
        for change in changes:
            names = self.identities(change.new)
            if any(self.known.get(name, change.new.id) != change.new.id for name in names):
                raise ConflictError
            new = replace(change.new, consents=fold(change.records, change.new.consents))
            self.stored[new.id] = Stored(new, (change.old.version if change.old else 0) + 1, change.at, change.at)
            self.known.update(dict.fromkeys(names, new.id))


class Nobody(Suppressions):
    def __init__(self) -> None:
        pass

    def reasons(self, hashes: Iterable[str]) -> dict[str, str]:
        list(hashes)
        return {}


@dataclass
class Memory:
    """An import of one file, asked for and not yet begun."""

    file: Iterable[bytes]
    messages: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bucket, self.shelf, self.people = Bucket(self.file), Shelf(), People()
        queue = cast(Any, SimpleNamespace(send_message_batch=self._send))
        self.imports = Imports(self.shelf, self.bucket, queue, "queue")
        rows = SupporterRows(Intake(self.people, Nobody()), frozenset({"national"}))
        self.importer = Importer(self.imports, self.bucket, {ImportKind.SUPPORTERS: lambda: rows})
        self.imports.put(Import("IIIIIIII", "national", "crm", "nl", "actor", ImportState.READING, 1), 1)

    def look(self) -> str:
        return self.importer.step("IIIIIIII", 0, 1)

    def take_in(self, message: Mapping[str, Any]) -> str:
        return self.importer.step("IIIIIIII", message["offset"], 1)

    @property
    def asked(self) -> Import:
        found = self.imports.get("IIIIIIII")
        assert found
        return found

    def _send(self, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        self.messages += [json.loads(entry["MessageBody"]) for entry in Entries]
        return {}


def pieces_of(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Rows as S3 hands a file on."""
    held = bytearray()
    for row in rows:
        held += row
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    yield bytes(held)
