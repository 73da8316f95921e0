"""The demonstration's people: the import file with its flaws, who must not be mailed, and what each person secretly likes.

Deterministic: the same seed gives the same people, byte for byte, and one person's tastes do not depend on the others.
Every address lies in a domain that is reserved for examples. `python -m local.demo.supporters` writes the two CSV files.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from random import Random

from local.demo.content import CONTENT, topics

NAMES = json.loads((CONTENT / "names.json").read_text("utf-8"))  # typical of the language, nobody in particular
SEED = 2027
PEOPLE = 500
COLUMNS = ("e-mailadres", "naam", "taal", "form", "external_id", "lists", "region", "consent_at", "consent_source")
DOMAINS = ("example.nl", "example.org", "example.com", "example.net", "post.example.nl", "mail.example.org")
SOURCES = ("ledenadministratie", "aanmeldformulier website", "inschrijflijst markt", "actie isolatiebrigade", "ledendag")


@dataclass(frozen=True, slots=True)
class Row:
    """One good line of the import file, in the order of `COLUMNS`. `lists` are the lists beside the national one."""

    address: str
    name: str
    language: str
    form: str
    external_id: str
    lists: tuple[str, ...]
    region: str
    consent_at: str
    consent_source: str

    def cells(self) -> list[str]:
        named = (self.name, self.language, self.form, self.external_id, ";".join(self.lists), self.region)
        return [self.address, *named, self.consent_at, self.consent_source]


class Flaw(StrEnum):
    """Why a line of the file must be refused."""

    BAD_ADDRESS = "bad address"
    NO_ADDRESS = "no address"
    DUPLICATE = "duplicate"
    UNKNOWN_LIST = "unknown list"
    UNKNOWN_LANGUAGE = "unknown language"
    UNKNOWN_FORM = "unknown form of address"
    TOO_MANY_COLUMNS = "too many columns"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that stands before good row `before`, its cells and the reason to refuse it."""

    before: int
    cells: tuple[str, ...]
    flaw: Flaw


def rows(seed: int = SEED) -> tuple[Row, ...]:
    """The 500 good rows; about 70 % Dutch, 15 % English, 15 % French; every address once."""
    taken: set[str] = set()
    return tuple(_row(number, Random(f"{seed}|row|{number}"), taken) for number in range(PEOPLE))


def bad_rows(seed: int = SEED) -> tuple[BadRow, ...]:
    """The lines that an import must refuse, each for one reason."""
    first, second = rows(seed)[3], rows(seed)[40]
    rest = ("", "nl", "informal", "", "", "Utrecht", "2026-02-11", "inschrijflijst markt")
    language = ("Jonas Weber", "de", *rest[2:])
    return (
        BadRow(9, ("jan.devries.example.nl", *rest), Flaw.BAD_ADDRESS),
        BadRow(31, ("petra@@example.nl", *rest), Flaw.BAD_ADDRESS),
        BadRow(58, ("willem van dijk@example.nl", *rest), Flaw.BAD_ADDRESS),
        BadRow(77, ("", "Corrie Zonderling", *rest[1:]), Flaw.NO_ADDRESS),
        BadRow(102, tuple(first.cells()), Flaw.DUPLICATE),
        BadRow(140, (second.address.upper(), *second.cells()[1:]), Flaw.DUPLICATE),
        BadRow(171, ("mats.limburg@example.nl", "Mats", "nl", "informal", "", "limburg", *rest[5:]), Flaw.UNKNOWN_LIST),
        BadRow(204, ("jonas.weber@example.org", *language), Flaw.UNKNOWN_LANGUAGE),
        BadRow(233, ("ines.lopes@example.org", "Inês Lopes", "pt", *rest[2:]), Flaw.UNKNOWN_LANGUAGE),
        BadRow(260, ("bakker@example.nl", "Bakker", "Jan", *rest[1:]), Flaw.TOO_MANY_COLUMNS),
        BadRow(301, ("k" * 65 + "@example.nl", *rest), Flaw.BAD_ADDRESS),
        BadRow(344, ("info@example..nl", *rest), Flaw.BAD_ADDRESS),
        BadRow(402, ("karel@example.nl\nBcc: iedereen@example.nl", *rest), Flaw.BAD_ADDRESS),
        BadRow(467, ("oma.annie@example.nl", "Oma Annie", "nl", "lief", *rest[3:]), Flaw.UNKNOWN_FORM),
    )


def supporters_csv(seed: int = SEED) -> bytes:
    """The import file: byte order mark, `;` between columns, CRLF, good and bad lines mixed."""
    bad = {row.before: row for row in bad_rows(seed)}
    lines: list[Iterable[str]] = [COLUMNS]
    for number, row in enumerate(rows(seed)):
        if number in bad:
            lines.append(bad[number].cells)
        lines.append(row.cells())
    return b"\xef\xbb\xbf" + _csv(lines, ";").encode()


def suppressions(seed: int = SEED) -> dict[str, str]:
    """Address -> reason: twelve people who must not be mailed, six of them in the import file."""
    reasons = ("unsubscribed", "unsubscribed", "bounced", "complained", "never_mail", "unsubscribed")
    people = rows(seed)
    known = [people[number].address for number in (17, 88, 151, 240, 333, 456)]
    gone = ["oud.lid", "verhuisd", "j.boos", "nooit.meer", "mevrouw.stil", "typefout"]
    addresses = [*known, *(f"{name}@example.nl" for name in gone)]
    return dict(zip(addresses, reasons * 2, strict=True))


def suppressions_csv(seed: int = SEED) -> bytes:
    return _csv([("address", "reason"), *suppressions(seed).items()], ",").encode()


def mailable(seed: int = SEED) -> tuple[Row, ...]:
    """The good rows that no suppression holds back: who is there after both files were imported."""
    held = suppressions(seed)
    return tuple(row for row in rows(seed) if row.address not in held)


class Inclination(StrEnum):
    """What a person answers when the choice page asks."""

    ALL = "all"  # yes to every question
    TOPICS = "topics"  # ticks topics, nothing else
    MEASUREMENT = "measurement"  # counting one's own clicks, nothing else
    NOTHING = "nothing"  # never answers, or says no throughout


class Reader(StrEnum):
    """Through what a person reads mail: it decides what arrives at the tracking endpoints."""

    PLAIN = "plain"  # pictures load when the mail is opened
    IMAGE_PROXY = "image proxy"  # pictures load through a proxy, when the mail is opened
    PREFETCH = "prefetch"  # pictures load at delivery, opened or not
    SCANNER = "scanner"  # a machine clicks every link shortly after delivery; the person may click later


@dataclass(frozen=True, slots=True)
class Taste:
    """What one person likes and does; hidden from the platform.

    `topics`: share of interest per topic, adds up to 1. `favourites`: the two or three strong ones, strongest first.
    `activity`: how often this person clicks, relative to an average of about 1 (heavy-tailed).
    `ticks`: the topics ticked when asked. `opens`: probability that a mail is opened.
    `leaves_after`: the number of the edition after which this person unsubscribes, or None.
    """

    address: str
    topics: Mapping[str, float]
    favourites: tuple[str, ...]
    activity: float
    opens: float
    inclination: Inclination
    ticks: frozenset[str]
    reader: Reader
    leaves_after: int | None

    def liking(self, block_topics: Iterable[str]) -> float:
        """How much more (or less) than an average block this one pulls: 1 is average; several topics: their mean."""
        pulls = [self.topics.get(topic, 0.0) * len(self.topics) for topic in block_topics]
        return sum(pulls) / len(pulls) if pulls else 0.0


def tastes(seed: int = SEED) -> dict[str, Taste]:
    """Address -> hidden taste, for every good row."""
    slugs = tuple(topic["id"] for topic in topics()["topics"])
    return {row.address: _taste(row.address, slugs, Random(f"{seed}|taste|{row.address}")) for row in rows(seed)}


def block_pull(block: str, seed: int = SEED) -> float:
    """How well a block is made, whatever its topic: about 1, between a half and two; hidden from the platform."""
    return min(2.0, max(0.5, Random(f"{seed}|block|{block}").lognormvariate(0.0, 0.35)))


def _taste(address: str, slugs: tuple[str, ...], chance: Random) -> Taste:
    favourites = _favourites(slugs, chance)
    weights = {slug: chance.gammavariate(0.6, 0.5) + 0.05 for slug in slugs}
    for rank, slug in enumerate(favourites):
        weights[slug] += (6.0, 4.0, 3.0)[rank] * chance.uniform(0.8, 1.2)
    total = sum(weights.values())
    inclination = chance.choices(tuple(Inclination), (35, 20, 10, 35))[0]
    extra = chance.sample(slugs, chance.choice((0, 0, 1)))
    return Taste(
        address=address,
        topics={slug: weight / total for slug, weight in weights.items()},
        favourites=favourites,
        activity=min(6.0, chance.lognormvariate(-0.32, 0.8)),
        opens=min(0.95, max(0.08, chance.betavariate(2.2, 2.0))),
        inclination=inclination,
        ticks=frozenset((*favourites, *extra)) if inclination in (Inclination.ALL, Inclination.TOPICS) else frozenset(),
        reader=chance.choices(tuple(Reader), (52, 26, 18, 4))[0],
        leaves_after=chance.randint(1, 7) if chance.random() < 0.03 else None,
    )


def _favourites(slugs: tuple[str, ...], chance: Random) -> tuple[str, ...]:
    """Two or three topics; those that stand first in the taxonomy are more often somebody's."""
    left, found = list(slugs), []
    for _ in range(chance.choice((2, 2, 3))):
        pick = chance.choices(left, [1.6 - 0.08 * slugs.index(slug) for slug in left])[0]
        left.remove(pick)
        found.append(pick)
    return tuple(found)


def _row(number: int, chance: Random, taken: set[str]) -> Row:
    language = chance.choices(("nl", "en", "fr"), (70, 15, 15))[0]
    first, last = chance.choice(NAMES["first"][language]), chance.choice(NAMES["last"][language])
    region = chance.choice(NAMES["regions"])
    since = datetime(2023, 1, 9) + timedelta(days=chance.randrange(1240), minutes=chance.randrange(540, 1290))
    branch = chance.random() < (0.75 if region == "Utrecht" else 0.04)
    return Row(
        address=_address(first, last, chance, taken),
        name="" if chance.random() < 0.07 else f"{first} {last}" if chance.random() < 0.8 else first,
        language=language,
        form=chance.choices(("informal", "formal", ""), (60, 30, 10))[0],
        external_id=f"PVM-{10400 + 7 * number}" if chance.random() < 0.85 else "",
        lists=("utrecht",) if branch else (),
        region=region,
        consent_at=f"{since:%Y-%m-%d %H:%M}",
        consent_source=chance.choice(SOURCES),
    )


def _address(first: str, last: str, chance: Random, taken: set[str]) -> str:
    one, other = _ascii(first), _ascii(last)
    form = chance.choices(("{0}.{1}", "{2}.{1}", "{0}{1}", "{1}.{0}", "{0}_{1}", "{0}.{1}+nieuws"), (38, 20, 14, 12, 12, 4))[0]
    local = form.format(one, other, one[0])
    domain = chance.choice(DOMAINS)
    while f"{local}@{domain}" in taken:
        local = f"{local}{chance.randrange(47, 99)}"
    taken.add(f"{local}@{domain}")
    return f"{local}@{domain}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def _csv(lines: Iterable[Iterable[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


if __name__ == "__main__":
    (CONTENT / "supporters.csv").write_bytes(supporters_csv())
    (CONTENT / "suppressions.csv").write_bytes(suppressions_csv())
    print(blake2b(supporters_csv(), digest_size=8).hexdigest())
