"""What Achterban consists of in AWS, once: tables, queues, streams, routes, schedules and each Lambda's settings and rights.

Plain standard-library Python. The CDK constructs (`infra/`) and the platform on one machine (`local/`) are both
built from this page, so that they cannot drift apart.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Index:
    """A global secondary index. Keys only, always: an index finds, the table tells."""

    name: str
    key: str
    sort: str | None = None


@dataclass(frozen=True)
class Table:
    """A DynamoDB table, on demand, point-in-time recovery, all keys strings unless named in `numbers`."""

    name: str
    key: str
    sort: str | None = None
    indexes: tuple[Index, ...] = ()
    expires: str | None = None  # attribute with the epoch second after which DynamoDB may delete the item
    stream: bool = False  # new images
    holds_people: bool = False  # encrypted under the deployment's own key


@dataclass(frozen=True)
class Queue:
    """An SQS standard queue with a dead-letter queue `<name>-dead`."""

    name: str
    visibility_s: int
    max_receives: int = 5


@dataclass(frozen=True)
class QueueSource:
    """A queue that feeds a Lambda; partial batch failures are reported."""

    queue: str
    batch: int = 10
    concurrency: int = 2  # SQS event source MaximumConcurrency, at least 2 (AWS limit)


@dataclass(frozen=True)
class StreamSource:
    """A table's stream that feeds a Lambda. What still fails after the retries goes whole to the content bucket.

    `filters` are patterns as Lambda takes them; a record that fits none of them wakes nobody. Without any, all do.
    """

    table: str
    filters: tuple[str, ...] = ()
    batch: int = 100
    window_s: int = 1
    retries: int = 5
    max_age_s: int = 3600
    bisect: bool = True
    parallel: int = 2
    failures_prefix: str = "aws/lambda/"  # Lambda's own choice for an S3 destination (its Developer Guide)


@dataclass(frozen=True)
class Route:
    """An HTTP route of the API Gateway HTTP API (payload format 2.0)."""

    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE", "ANY"]
    path: str
    staff: bool = False  # behind the JWT authorizer


@dataclass(frozen=True)
class Schedule:
    every_minutes: int


@dataclass(frozen=True)
class Grant:
    """Actions on one resource: `table:NAME`, `index:TABLE/NAME`, `queue:NAME`, `secret:NAME`, `ses`, the objects
    `bucket:PREFIX*` or the bucket itself, `bucket:`.
    """

    resource: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Function:
    """One Lambda: `functions/<name>/handler.py`, entry point `handle`."""

    name: str
    does: str
    settings: tuple[str, ...]  # environment names it may read; their values come from SETTINGS
    grants: tuple[Grant, ...]
    routes: tuple[Route, ...] = ()
    queues: tuple[QueueSource, ...] = ()
    streams: tuple[StreamSource, ...] = ()
    schedule: Schedule | None = None
    memory_mb: int = 512
    timeout_s: int = 30
    templates: bool = False  # carries the templates/ folder


@dataclass(frozen=True)
class Setting:
    """Where the value of an environment name comes from."""

    kind: Literal["table", "queue", "bucket", "secret", "configuration-set", "feedback-topic", "stage"]
    name: str = ""


@dataclass(frozen=True)
class Deployment:
    tables: tuple[Table, ...]
    queues: tuple[Queue, ...]
    functions: tuple[Function, ...]
    settings: dict[str, Setting] = field(default_factory=dict)

    def function(self, name: str) -> Function:
        return next(f for f in self.functions if f.name == name)

    def table(self, name: str) -> Table:
        return next(t for t in self.tables if t.name == name)

    def queue(self, name: str) -> Queue:
        return next(q for q in self.queues if q.name == name)


TABLES = (
    Table("supporters", "supporter", holds_people=True),
    # One item per address hash ("a#...") and external id ("x#..."): uniqueness that is strongly consistent, as an index is not.
    Table("identities", "identity", holds_people=True),
    Table("consents", "supporter", "record", holds_people=True),
    Table("suppressions", "address_hash", holds_people=True),
    # Staff's own things: PK kind (list, topics, block, layout, picture, edition, import, amendment), SK id.
    Table("catalogue", "kind", "id"),
    Table("sends", "send", indexes=(Index("by_tended", "tended"),)),  # sparse: what ended long ago is not in it
    Table("chunks", "send", "chunk"),
    # PK "<send>#<chunk>": no partition that every message of a send writes to.
    Table("messages", "chunk", "supporter", indexes=(Index("by_supporter", "supporter"),), expires="expires", holds_people=True),
    Table("events", "supporter", "event", expires="expires", stream=True, holds_people=True),
    # One item: how fast the SES account may mail, and who comes first (domain/pace.py). A few writes a second; and one item of each
    # send that asked for a pace of its own ("send#...").
    Table("pace", "account", expires="expires"),
    Table("totals", "link", "shard", expires="expires"),  # clicks, how many left, questions left open: numbers without a person
    Table("signups", "signup", expires="expires", holds_people=True),  # waiting for their confirmation
    Table("limits", "limit", expires="expires"),  # how often a form was posted, by opaque key
    Table("audit", "day", "entry", indexes=(Index("by_object", "object", "entry"),), expires="expires"),
)

QUEUES = (
    Queue("import", visibility_s=6 * 300),
    Queue("plan", visibility_s=6 * 300),
    Queue("deliver", visibility_s=6 * 120),
    Queue("feedback", visibility_s=6 * 30),
)

SETTINGS = {
    **{f"{t.name.upper()}_TABLE": Setting("table", t.name) for t in TABLES},
    **{f"{q.name.upper()}_QUEUE_URL": Setting("queue", q.name) for q in QUEUES},
    "CONTENT_BUCKET": Setting("bucket"),
    "KEYS_SECRET": Setting("secret", "keys"),
    "CONFIGURATION_SET": Setting("configuration-set"),
    "PUBLIC_URL": Setting("stage", "public_url"),  # https://mail.example.org, no slash at the end
    "CEILING": Setting("stage", "ceiling"),  # editorial | declared | observed
    "BULK_PATH": Setting("stage", "bulk_path"),  # off | proven: whether sends go out through SendBulkEmail
    "TAXONOMY_SIGNED": Setting("stage", "taxonomy_signed"),  # needed | off: whether personalised sends need the topics signed
    "SENDER_DOMAIN": Setting("stage", "sender_domain"),  # every list's sender is at it or below it: SES lets us mail as nobody else
    "STAFF_ADDRESSES": Setting("stage", "staff_addresses"),  # comma-separated: where test sends may go
}


def tables(*names: str) -> tuple[str, ...]:
    return tuple(f"{name.upper()}_TABLE" for name in names)


def read(table: str) -> Grant:
    return Grant(f"table:{table}", ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"))


def write(table: str) -> Grant:
    return Grant(f"table:{table}", ("dynamodb:PutItem", "dynamodb:UpdateItem"))


def append(table: str) -> Grant:
    """Add and never change: proof of consent, and who did what."""
    return Grant(f"table:{table}", ("dynamodb:PutItem",))


def erase(table: str) -> Grant:
    return Grant(f"table:{table}", ("dynamodb:DeleteItem",))


def scan(table: str) -> Grant:
    return Grant(f"table:{table}", ("dynamodb:Scan",))


# SES asks for the second of these where it takes a mail as raw. Its reference does not say whether one with headers of its own is
# such a mail, and a right that is missing would stop every send. Both may only mail, as our own identity.
SEND = ("ses:SendEmail", "ses:SendRawEmail")

# The shared bucket: read it, move it on.
PACE = Grant("table:pace", ("dynamodb:GetItem", "dynamodb:UpdateItem"))


KEYS = Grant("secret:keys", ("secretsmanager:GetSecretValue",))


# Without it S3 says "forbidden" where it means "no such object".
LIST = Grant("bucket:", ("s3:ListBucket",))


def sends_to(queue: str) -> Grant:
    return Grant(f"queue:{queue}", ("sqs:SendMessage",))


def bucket(prefix: str, *actions: str) -> Grant:
    return Grant(f"bucket:{prefix}*", tuple(f"s3:{action}" for action in actions))


# What was written, not what expired or was erased: that has no new image. By the image and not by the event's name, since Lambda's
# guide says that of a record of DynamoDB a filter sees the part `dynamodb` alone; and by a leaf, since only a leaf can exist.
WRITTEN = '{"dynamodb": {"NewImage": {"supporter": {"S": [{"exists": true}]}}}}'


# Regulation (EU) 2024/900 art. 19: what the public may know of each send, and the policy behind it.
PUBLIC_PAGES = ("/transparency", "/transparency/{send}", "/policy", "/policy/{version}")

FUNCTIONS = (
    Function(
        "staff_api",
        "the staff's API under /v1: lists, supporters, blocks, editions, sends, reports",
        settings=(
            *tables(
                "supporters",
                "identities",
                "consents",
                "suppressions",
                "catalogue",
                "sends",
                "chunks",
                "messages",
                "events",
                "totals",
                "audit",
            ),
            *(
                "IMPORT_QUEUE_URL",
                "PLAN_QUEUE_URL",
                "DELIVER_QUEUE_URL",
                "CONTENT_BUCKET",
                "KEYS_SECRET",
                "CONFIGURATION_SET",
                "PUBLIC_URL",
                "CEILING",
                "STAFF_ADDRESSES",
                "SENDER_DOMAIN",
                "TAXONOMY_SIGNED",
            ),
        ),
        grants=(
            *(
                read(t)
                for t in (
                    "supporters",
                    "identities",
                    "consents",
                    "suppressions",
                    "catalogue",
                    "sends",
                    "chunks",
                    "messages",
                    "totals",
                    "audit",
                )
            ),
            *(write(t) for t in ("supporters", "identities", "suppressions", "catalogue", "sends")),
            # What staff decide about mails of which nobody knows whether they went out.
            *(Grant(f"table:{t}", ("dynamodb:UpdateItem",)) for t in ("chunks", "messages")),
            append("consents"),
            append("audit"),
            erase("identities"),  # an address or external id that a supporter gave up
            # Erasing a supporter who asked for it by letter.
            Grant("table:events", ("dynamodb:Query", "dynamodb:DeleteItem")),
            scan("sends"),
            scan("consents"),  # how asking for consent goes, counted once a day
            scan("supporters"),  # is there anybody on the list at all, and how many
            Grant("table:supporters", ("dynamodb:DescribeTable",)),  # how many items a table has that is too large to count
            Grant("index:messages/by_supporter", ("dynamodb:Query",)),
            Grant("index:audit/by_object", ("dynamodb:Query",)),
            sends_to("import"),
            sends_to("plan"),
            sends_to("deliver"),  # a send that goes on, goes on at once
            bucket("", "GetObject", "PutObject"),
            LIST,
            KEYS,
            Grant("ses", (*SEND, "ses:GetAccount")),
        ),
        routes=(Route("GET", "/v1/openapi.json"), Route("GET", "/v1/docs"), Route("ANY", "/v1/{proxy+}", staff=True)),
        memory_mb=1024,
        templates=True,
    ),
    Function(
        "import_supporters",
        "reads an uploaded CSV in parts: good rows become supporters or suppressions, each bad row is reported",
        settings=(
            *tables("supporters", "identities", "consents", "suppressions", "catalogue"),
            "IMPORT_QUEUE_URL",
            "CONTENT_BUCKET",
            "KEYS_SECRET",
        ),
        grants=(
            # Consents are read for people already known: what they withdrew is not granted again.
            *(read(t) for t in ("supporters", "identities", "consents", "suppressions", "catalogue")),
            *(write(t) for t in ("supporters", "identities", "catalogue")),
            append("consents"),
            append("suppressions"),
            erase("identities"),
            sends_to("import"),
            bucket("imports/", "GetObject", "PutObject"),
            LIST,
            KEYS,
        ),
        queues=(QueueSource("import", batch=1),),
        memory_mb=1024,  # CPU comes with memory; a first look at a million rows takes half a minute
        timeout_s=300,
    ),
    Function(
        "plan_send",
        "freezes the audience of a send into chunks",
        settings=(
            *tables("supporters", "catalogue", "sends", "chunks", "messages", "pace"),
            *("PLAN_QUEUE_URL", "DELIVER_QUEUE_URL", "CONTENT_BUCKET", "CEILING"),
        ),
        grants=(
            scan("supporters"),
            scan("sends"),  # what others are mailing, of the quota that a send must fit when its start time has come
            Grant("ses", ("ses:GetAccount",)),
            *(read(t) for t in ("catalogue", "sends", "chunks")),
            Grant("table:messages", ("dynamodb:Query",)),  # whom the send reached that a correction is for
            *(write(t) for t in ("sends", "chunks")),
            PACE,
            sends_to("plan"),
            sends_to("deliver"),
            bucket("sends/", "GetObject", "PutObject"),
            bucket("editions/", "GetObject", "PutObject"),  # names the version that was sent
        ),
        queues=(QueueSource("plan", batch=1),),
        timeout_s=300,
    ),
    Function(
        "deliver",
        "per chunk: consent, select, claim, assemble, SES, settle",
        settings=(
            *tables("supporters", "consents", "suppressions", "catalogue", "sends", "chunks", "messages", "pace"),
            *("CONTENT_BUCKET", "KEYS_SECRET", "CONFIGURATION_SET", "PUBLIC_URL", "CEILING", "BULK_PATH"),
        ),
        grants=(
            *(read(t) for t in ("supporters", "suppressions", "catalogue", "sends", "chunks", "messages")),
            Grant("table:consents", ("dynamodb:Query",)),  # who refused lately, where the mail asks for consent
            *(write(t) for t in ("sends", "chunks", "messages")),  # a send stops by itself when SES refuses everything
            PACE,
            Grant("index:messages/by_supporter", ("dynamodb:Query",)),  # how often one supporter was mailed, where a cap holds
            bucket("sends/", "GetObject"),
            bucket("editions/", "GetObject"),
            KEYS,
            # IAM asks for both: the call's own name, and what SES's first version called it.
            Grant("ses", (*SEND, "ses:SendBulkEmail", "ses:SendBulkTemplatedEmail", "ses:GetAccount")),
        ),
        # Ten times 0.58 vCPU: 500 mails a second by benchmarks/ten_million.py, with three tenths to spare. CPU comes with
        # memory, and costs the same in few large Lambdas as in many small ones; few leave room in the account's concurrency.
        queues=(QueueSource("deliver", batch=1, concurrency=10),),
        memory_mb=1024,
        timeout_s=120,
        templates=True,  # the election calendar
    ),
    Function(
        "tend_sends",
        "each minute: nudges chunks, names open claims, ends sends, finishes erasures; judges clicks, forgets old ones",
        settings=(
            *tables("catalogue", "sends", "chunks", "messages", "pace", "totals", "supporters", "consents", "events"),
            *("PLAN_QUEUE_URL", "DELIVER_QUEUE_URL", "CONTENT_BUCKET"),
        ),
        grants=(
            *(read(t) for t in ("catalogue", "sends", "chunks", "messages", "totals")),
            *(write(t) for t in ("sends", "chunks", "messages")),
            write("catalogue"),  # a line of each public record; whether clicks foretell clicks
            bucket("transparency/", "PutObject"),
            PACE,
            Grant("index:sends/by_tended", ("dynamodb:Query",)),
            scan("sends"),  # once in a process: those of a time before that index
            scan("supporters"),  # a sample of clicks, once a day: do they foretell clicks; which have had their time
            Grant("table:supporters", ("dynamodb:UpdateItem",)),  # clicks and tags that have had their time
            bucket("editions/", "GetObject"),  # which links a goal counts
            # What an erasure leaves to do once more: events, rows of the ledger, the proof's columns of an import.
            Grant("index:messages/by_supporter", ("dynamodb:Query",)),
            Grant("table:events", ("dynamodb:Query", "dynamodb:DeleteItem")),
            erase("catalogue"),  # the note that there is something to do
            Grant("table:consents", ("dynamodb:Query", "dynamodb:UpdateItem")),
            sends_to("plan"),
            sends_to("deliver"),
        ),
        schedule=Schedule(1),
        timeout_s=50,
        templates=True,  # the party's name, for the public record; the election calendar
    ),
    Function(
        "track",
        "redirects clicks, counts shared links, answers the pixel; records only what consent covers",
        settings=(
            *tables("supporters", "catalogue", "messages", "sends", "events", "totals"),
            "CONTENT_BUCKET",
            "KEYS_SECRET",
            "CEILING",
        ),
        grants=(
            *(read(t) for t in ("supporters", "messages", "sends")),
            Grant("table:catalogue", ("dynamodb:GetItem",)),  # the kill switch
            Grant("table:events", ("dynamodb:PutItem",)),
            Grant("table:totals", ("dynamodb:UpdateItem",)),
            bucket("editions/", "GetObject"),
            KEYS,
        ),
        routes=(
            *(Route(m, "/c/{token}/{n}") for m in ("GET", "HEAD")),
            *(Route(m, "/l/{edition}/{n}") for m in ("GET", "HEAD")),
            *(Route(m, "/o/{token}") for m in ("GET", "HEAD")),
        ),
        timeout_s=15,
    ),
    Function(
        "derive",
        "from recorded clicks to interests and interest tags, under the consent that covers them",
        settings=(*tables("supporters", "consents", "catalogue", "events"), "CEILING"),
        grants=(read("supporters"), write("supporters"), read("consents"), read("catalogue"), erase("events")),
        streams=(StreamSource("events", filters=(WRITTEN,)),),
        timeout_s=60,
    ),
    Function(
        "feedback",
        "what SES reports: message states and suppressions",
        settings=(*tables("messages", "suppressions", "supporters"), "KEYS_SECRET"),
        grants=(
            read("messages"),
            Grant("index:messages/by_supporter", ("dynamodb:Query",)),  # did the mails before this one come back too
            write("messages"),
            write("suppressions"),
            read("supporters"),
            KEYS,
        ),
        queues=(QueueSource("feedback", batch=10, concurrency=12),),  # two reports for each mail: as fast as SES mails, and spare
    ),
    Function(
        "pages",
        "the supporter's pages: choices, unsubscribe, why, the mail in a browser, answers; and the pictures",
        settings=(
            *tables("supporters", "consents", "suppressions", "catalogue", "sends", "messages", "events", "totals", "limits"),
            "CONTENT_BUCKET",
            "KEYS_SECRET",
            "PUBLIC_URL",
            "CEILING",
        ),
        grants=(
            *(read(t) for t in ("supporters", "consents", "catalogue", "events")),
            *(Grant(f"table:{t}", ("dynamodb:GetItem",)) for t in ("sends", "messages")),
            Grant("index:messages/by_supporter", ("dynamodb:Query",)),
            *(write(t) for t in ("supporters", "suppressions")),
            append("consents"),
            Grant("table:suppressions", ("dynamodb:GetItem", "dynamodb:DeleteItem")),  # their own leaving, undone by themselves
            erase("events"),
            append("events"),  # an answer to a poll, kept under its own consent
            # That a mail has answered: it counts once; and how often a form was posted.
            Grant("table:limits", ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")),
            Grant("table:totals", ("dynamodb:UpdateItem",)),  # how many left by a mail and why, how many answered what
            bucket("pictures/", "GetObject"),
            bucket("transparency/", "GetObject"),
            bucket("editions/", "GetObject"),
            KEYS,
        ),
        routes=(
            *(Route(m, "/u/{token}") for m in ("GET", "HEAD", "POST")),
            *(Route(m, "/s/{token}") for m in ("GET", "HEAD", "POST")),
            *(Route(m, f"/s/{{token}}/{page}") for page in ("why", "view") for m in ("GET", "HEAD")),
            *(Route(m, "/a/{token}/{n}") for m in ("GET", "HEAD", "POST")),
            *(Route(m, "/pictures/{name}") for m in ("GET", "HEAD")),
            *(Route(m, path) for path in PUBLIC_PAGES for m in ("GET", "HEAD")),
        ),
        templates=True,
    ),
    Function(
        "my",
        "what a supporter sees and settles behind a fresh link; and mails that link",
        settings=(
            *tables("supporters", "identities", "consents", "suppressions", "catalogue", "sends", "messages"),
            *tables("events", "limits", "audit"),
            *("CONTENT_BUCKET", "KEYS_SECRET", "CONFIGURATION_SET", "PUBLIC_URL", "CEILING"),
        ),
        grants=(
            *(Grant(f"table:{t}", ("dynamodb:GetItem",)) for t in ("supporters", "identities", "suppressions")),
            *(Grant(f"table:{t}", ("dynamodb:UpdateItem",)) for t in ("supporters", "suppressions", "limits")),
            Grant("table:catalogue", ("dynamodb:GetItem", "dynamodb:Query")),
            *(Grant(f"table:{t}", ("dynamodb:Query",)) for t in ("consents", "events")),
            append("consents"),
            erase("events"),
            # Erasing: a tombstone, nobody is known by it, and what the ledger needs no longer.
            append("supporters"),
            erase("identities"),
            Grant("table:catalogue", ("dynamodb:UpdateItem",)),
            Grant("table:messages", ("dynamodb:BatchGetItem", "dynamodb:UpdateItem")),
            Grant("index:messages/by_supporter", ("dynamodb:Query",)),
            Grant("table:messages", ("dynamodb:GetItem",)),  # one mail, with the evidence for its blocks
            # Everything that is held about one, for themselves.
            *(Grant(f"table:{t}", ("dynamodb:BatchGetItem",)) for t in ("supporters", "identities", "suppressions", "audit")),
            Grant("index:audit/by_object", ("dynamodb:Query",)),
            Grant("table:sends", ("dynamodb:GetItem",)),
            bucket("editions/", "GetObject"),
            LIST,
            KEYS,
            Grant("ses", SEND),
        ),
        routes=(
            *(Route(m, "/fresh") for m in ("GET", "HEAD", "POST")),
            *(Route(m, "/m/{token}") for m in ("GET", "HEAD", "POST")),
            *(Route(m, "/m/{token}/data") for m in ("GET", "HEAD", "POST")),
            *(Route(m, "/m/{token}/mails/{send}") for m in ("GET", "HEAD")),
            Route("GET", "/m/{token}/export.json"),
        ),
        templates=True,
    ),
    Function(
        "join",
        "the form to sign up with, and the confirmation that makes it hold",
        settings=(
            *tables("supporters", "identities", "consents", "suppressions", "catalogue", "events", "signups", "limits", "totals"),
            *("KEYS_SECRET", "CONFIGURATION_SET", "PUBLIC_URL", "CEILING"),
        ),
        grants=(
            *(Grant(f"table:{t}", ("dynamodb:GetItem",)) for t in ("supporters", "identities", "suppressions", "signups")),
            *(write(t) for t in ("supporters", "signups")),
            Grant("table:identities", ("dynamodb:PutItem",)),
            Grant("table:limits", ("dynamodb:UpdateItem",)),
            Grant("table:totals", ("dynamodb:UpdateItem",)),  # questions left open, as numbers
            Grant("table:catalogue", ("dynamodb:GetItem", "dynamodb:Query")),
            *(Grant(f"table:{t}", ("dynamodb:Query",)) for t in ("consents", "events")),
            append("consents"),
            erase("suppressions"),  # their own leaving, undone by their own sign-up
            erase("events"),
            KEYS,
            Grant("ses", SEND),
        ),
        routes=(
            *(Route(m, "/join/{list}") for m in ("GET", "HEAD", "POST")),
            *(Route(m, "/k/{token}") for m in ("GET", "HEAD", "POST")),
        ),
        templates=True,
    ),
)

DEPLOYMENT = Deployment(TABLES, QUEUES, FUNCTIONS, SETTINGS)
