"""What the staff API works with: its settings and the adapters made of them, once per process."""

from dataclasses import dataclass
from functools import cache

from functions.adapters import aws, clock, keys
from functions.adapters.amendments import Amendments
from functions.adapters.audience import Audience
from functions.adapters.audit import Act, Audit
from functions.adapters.catalogue import Catalogue
from functions.adapters.ceilings import Ceilings
from functions.adapters.census import Counting
from functions.adapters.consent_counts import ConsentCounts
from functions.adapters.consents import ConsentBook
from functions.adapters.content import Content
from functions.adapters.courses import Courses
from functions.adapters.erasing import Erasing, Tables
from functions.adapters.imports import Imports
from functions.adapters.intake import Intake
from functions.adapters.ledger import Ledger
from functions.adapters.mailer import SingleMailer
from functions.adapters.messages import Messages
from functions.adapters.named import Named
from functions.adapters.nudges import Nudges
from functions.adapters.quotas import Quotas
from functions.adapters.reports import Reports
from functions.adapters.requests import Requests
from functions.adapters.sends import Sends
from functions.adapters.settings import load
from functions.adapters.settling import Settling
from functions.adapters.supporters import Supporters
from functions.adapters.suppressions import Suppressions
from functions.adapters.totals import Totals
from functions.domain.consent import Ceiling
from functions.staff_api.roles import Actor


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    identities_table: str
    consents_table: str
    suppressions_table: str
    catalogue_table: str
    sends_table: str
    chunks_table: str
    messages_table: str
    events_table: str
    totals_table: str
    audit_table: str
    import_queue_url: str
    plan_queue_url: str
    deliver_queue_url: str
    content_bucket: str
    keys_secret: str
    configuration_set: str
    public_url: str
    ceiling: str
    staff_addresses: str
    sender_domain: str
    taxonomy_signed: str


@dataclass(frozen=True)
class Wiring:
    settings: Settings
    catalogue: Catalogue
    content: Content
    supporters: Supporters
    suppressions: Suppressions
    settling: Settling
    intake: Intake
    imports: Imports
    audience: Audience
    audit: Audit
    requests: Requests
    sends: Sends
    named: Named
    reports: Reports
    courses: Courses
    messages: Messages
    ledger: Ledger
    nudges: Nudges
    totals: Totals
    mailer: SingleMailer
    quotas: Quotas
    counting: Counting
    ceilings: Ceilings
    amendments: Amendments
    erasing: Erasing
    consent_counts: ConsentCounts
    proof: ConsentBook

    @property
    def ceiling(self) -> Ceiling:
        return self.ceilings.now()

    def record(self, actor: Actor, action: str, object_: str, **detail: object) -> None:
        """Append to the audit log: before a profile is shown, and before a change is made. Ids alone."""
        self.audit.write(Act(now_ms(), actor.id, action, object_, detail))


@cache
def wiring() -> Wiring:
    s = load(Settings)
    database, catalogue, content = aws.dynamodb(), Catalogue(s.catalogue_table), Content(aws.s3(), s.content_bucket)
    address_key = keys.load(s.keys_secret).address_key
    supporters = Supporters(s.supporters_table, s.identities_table, s.consents_table, address_key)
    suppressions = Suppressions(s.suppressions_table)
    audience = Audience(database, s.supporters_table, s.suppressions_table)
    ledger = Ledger(database, s.messages_table)
    sends, totals = Sends(database, s.sends_table, s.chunks_table), Totals(database, s.totals_table)
    return Wiring(
        settings=s,
        catalogue=catalogue,
        content=content,
        supporters=supporters,
        suppressions=suppressions,
        settling=Settling(catalogue),
        intake=Intake(supporters, suppressions),
        imports=Imports(catalogue, content, aws.sqs(), s.import_queue_url),
        audience=audience,
        audit=Audit(s.audit_table),
        requests=Requests(s.sends_table, s.catalogue_table),
        sends=sends,
        named=Named(aws.s3(), s.content_bucket),
        reports=Reports(database, s.sends_table, sends),
        courses=Courses(sends),
        messages=Messages(database, s.messages_table),
        ledger=ledger,
        nudges=Nudges(aws.sqs(), s.plan_queue_url, s.deliver_queue_url),
        totals=totals,
        mailer=SingleMailer(aws.ses()),
        quotas=Quotas(aws.ses()),
        counting=Counting(database, s.supporters_table, audience, ledger),
        ceilings=Ceilings(database, s.catalogue_table, s.ceiling),
        amendments=Amendments(catalogue, content),
        consent_counts=ConsentCounts(database, s.consents_table, catalogue, totals),
        erasing=Erasing(database, _tables(s), address_key),
        proof=ConsentBook(database, s.supporters_table, s.consents_table, s.suppressions_table),
    )


def _tables(s: Settings) -> Tables:
    return Tables(
        s.supporters_table,
        s.identities_table,
        s.suppressions_table,
        s.catalogue_table,
        s.events_table,
        s.messages_table,
    )


def now_ms() -> int:
    return int(clock.now() * 1000)
