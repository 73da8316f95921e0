"""A stage: everything that differs between one deployment and another. Stated in cdk.json under `stages`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

CEILINGS = ("editorial", "declared", "observed")
# The retentions CloudWatch Logs knows: days -> what the CDK calls them.
RETENTIONS = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    5: "FIVE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    120: "FOUR_MONTHS",
    150: "FIVE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    400: "THIRTEEN_MONTHS",
}
# Names nobody owns (RFC 2606): fine to synthesise with, never to go live with.
_EXAMPLE = re.compile(r"(^|\.)example\.(org|com|net)$|\.(example|invalid|test)$")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_FIELDS = {
    *(
        "live",
        "ceiling",
        "sign_off",
        "taxonomy_signed",
        "bulk_path",
        "public_url",
        "certificate_arn",
        "sender_domain",
        "mail_from_domain",
    ),
    *("staff_addresses", "jwt_issuer", "jwt_audience", "account", "region", "log_retention_days"),
}


class StageError(Exception):
    """What is stated for a stage cannot be deployed. One line per reason."""


@dataclass(frozen=True)
class SignOff:
    """Who took the decision that selection by observed interests is lawful here, and where it is written down."""

    name: str
    date: str  # YYYY-MM-DD
    reference: str


@dataclass(frozen=True)
class BulkPath:
    """When it was proven in this account that mails of both paths are equal, and where the outcome is kept."""

    proven: str  # YYYY-MM-DD
    reference: str


@dataclass(frozen=True)
class Stage:
    """One deployment of Achterban.

    `public_url` None means the API's own address, and `mail_from_domain` None SES's own return path.
    `bulk_path` None means that every mail is a call by itself.
    `taxonomy_signed`: whether a personalised send needs topics that a second person signed as neutral; None: on a live stage.
    `live` keeps data when the stack is deleted and refuses what only a trial may leave open.
    """

    name: str
    ceiling: str
    sender_domain: str
    jwt_issuer: str
    jwt_audience: tuple[str, ...]
    live: bool = False
    sign_off: SignOff | None = None
    taxonomy_signed: bool | None = None
    bulk_path: BulkPath | None = None
    public_url: str | None = None
    certificate_arn: str | None = None
    mail_from_domain: str | None = None
    staff_addresses: tuple[str, ...] = ()
    account: str | None = None
    region: str | None = None
    log_retention_days: int = 30

    @property
    def stack_name(self) -> str:
        return f"achterban-{self.name}"

    @property
    def needs_taxonomy_signed(self) -> bool:
        return self.live if self.taxonomy_signed is None else self.taxonomy_signed

    @property
    def public_host(self) -> str | None:
        return urlsplit(self.public_url).hostname if self.public_url else None


def read_stage(name: str, stages: Mapping[str, Mapping[str, Any]]) -> Stage:
    """The stage `name` of cdk.json's `stages`. Raises StageError that names every field that is wrong or missing."""
    if name not in stages:
        raise StageError(f"there is no stage '{name}' in cdk.json; it knows {', '.join(sorted(stages)) or 'none'}")
    stated = stages[name]
    problems = [f"`{field}` is not a field of a stage" for field in sorted(stated.keys() - _FIELDS)]
    problems += [f"`{field}` must be stated" for field in ("sender_domain", "jwt_issuer", "jwt_audience") if not stated.get(field)]
    if stated.get("live") and not stated.get("ceiling"):
        problems.append(f"`ceiling` must be stated on a live stage: one of {', '.join(CEILINGS)}")
    if problems:
        raise _refusal(name, problems)
    stage = _stage(name, stated)
    problems = [*_problems(stage), *(_live_problems(stage) if stage.live else ())]
    if problems:
        raise _refusal(name, problems)
    return stage


def refuse_example_party(stage: Stage, party: Mapping[str, Any]) -> None:
    """StageError when a live stage would mail in the name of the party that ships. `party` is what templates/party.json says."""
    host = urlsplit(str(party.get("website", ""))).hostname or "none"
    domains = sorted(domain for domain in (host, *party.get("allowed_link_domains", ())) if _EXAMPLE.search(domain))
    if stage.live and domains:
        said = f"`templates/party.json` is still the example's ({', '.join(domains)}); a live stage mails in its name"
        raise _refusal(stage.name, [said])


def _refusal(name: str, problems: list[str]) -> StageError:
    return StageError("\n".join([f"stage '{name}' in cdk.json cannot be deployed (docs/deploy.md has the fields):", *problems]))


def _stage(name: str, stated: Mapping[str, Any]) -> Stage:
    optional = {f: stated[f] for f in ("public_url", "certificate_arn", "mail_from_domain", "account", "region") if stated.get(f)}
    sign_off, bulk_path = stated.get("sign_off") or {}, stated.get("bulk_path") or {}
    return Stage(
        name=name,
        live=bool(stated.get("live", False)),
        ceiling=str(stated.get("ceiling") or "observed"),
        sign_off=SignOff(*(str(sign_off.get(f, "")).strip() for f in ("name", "date", "reference"))) if sign_off else None,
        taxonomy_signed=stated.get("taxonomy_signed"),
        bulk_path=BulkPath(*(str(bulk_path.get(f, "")).strip() for f in ("proven", "reference"))) if bulk_path else None,
        sender_domain=str(stated["sender_domain"]),
        jwt_issuer=str(stated["jwt_issuer"]),
        jwt_audience=_texts(stated["jwt_audience"]),
        staff_addresses=_texts(stated.get("staff_addresses", ())),
        log_retention_days=int(stated.get("log_retention_days", 30)),
        **optional,
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


def _problems(stage: Stage) -> list[str]:
    found = []
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", stage.name):
        found.append("the stage's name must be lower-case letters, digits and dashes, at most 30")
    if stage.ceiling not in CEILINGS:
        found.append(f"`ceiling` must be one of {', '.join(CEILINGS)}, not '{stage.ceiling}'")
    if stage.log_retention_days not in RETENTIONS:
        found.append(f"`log_retention_days` must be one of {', '.join(map(str, RETENTIONS))}")
    if not _DOMAIN.fullmatch(stage.sender_domain):
        found.append("`sender_domain` must be a domain in lower case, such as example.org")
    if stage.mail_from_domain and not stage.mail_from_domain.endswith(f".{stage.sender_domain}"):
        found.append("`mail_from_domain` must be a subdomain of `sender_domain` (SES's rule)")
    if stage.taxonomy_signed not in (None, True, False):
        found.append("`taxonomy_signed` is true or false")
    if stage.bulk_path and not (_is_date(stage.bulk_path.proven) and stage.bulk_path.reference):
        found.append(
            "`bulk_path` needs `proven` (YYYY-MM-DD) and `reference`: whether SES changes a mail on its way through SendBulkEmail"
            " is to be proven in this account first (python -m local.prove_bulk --help)"
        )
    if not stage.jwt_issuer.startswith("https://"):
        found.append("`jwt_issuer` must be an https address")
    found += [
        f"`staff_addresses`: '{a}' is not an address" for a in stage.staff_addresses if not re.fullmatch(r"[^@\s,]+@[^@\s,]+", a)
    ]
    return [*found, *_address_problems(stage)]


def _address_problems(stage: Stage) -> list[str]:
    if stage.public_url is None:
        return ["`certificate_arn` needs a `public_url`"] if stage.certificate_arn else []
    if stage.certificate_arn and stage.region and f":acm:{stage.region}:" not in stage.certificate_arn:
        return ["`certificate_arn` must be in the stage's own region: API Gateway looks nowhere else"]
    parts = urlsplit(stage.public_url)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query or parts.fragment:
        return ["`public_url` must be https://HOST with nothing behind it, no slash either"]
    return []


def _live_problems(stage: Stage) -> list[str]:
    found = []
    if not stage.public_url:
        found.append("`public_url` must be stated on a live stage: links in mails outlive an API's own address")
    if not stage.region:
        found.append("`region` must be stated on a live stage: supporters have a right to know where their data is")
    if stage.ceiling == "observed" and not _signed(stage.sign_off):
        found.append(
            "`ceiling` observed on a live stage needs a `sign_off` with name, date (YYYY-MM-DD) and reference: selecting"
            " political messages by what people clicked is for the party's lawyers to allow (Regulation (EU) 2024/900 art. 18)"
        )
    if stage.taxonomy_signed is False and stage.ceiling != "editorial":
        found.append(
            "`taxonomy_signed` cannot be false on a live stage that selects: who chooses messages by topics has a second person"
            " sign that none of them is a special category of data (Regulation (EU) 2024/900 art. 18(1)(c))"
        )
    hosts = {
        "public_url": stage.public_host,
        "sender_domain": stage.sender_domain,
        "jwt_issuer": urlsplit(stage.jwt_issuer).hostname,
    }
    return [*found, *(f"`{f}` is still an example ({h})" for f, h in hosts.items() if h and _EXAMPLE.search(h))]


def _signed(sign_off: SignOff | None) -> bool:
    return sign_off is not None and bool(sign_off.name and sign_off.reference) and _is_date(sign_off.date)


def _is_date(stated: str) -> bool:
    try:
        date.fromisoformat(stated)
    except ValueError:
        return False
    return True
