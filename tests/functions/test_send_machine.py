"""Whatever happens to a send, in whatever order: nobody is mailed twice but by staff's word, nobody planned is forgotten.

Hypothesis plays staff, queues, SES and bad luck against the very handlers. They run on AWS in memory (tests/functions/memory.py):
thousands of visits are needed, and `make faults` plays the same against the platform's DynamoDB with fewer.
"""

import json
import os
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

import functions.deliver.handler
import functions.feedback.handler
import functions.plan_send.handler
import functions.tend_sends.handler
from functions.adapters import aws, clock, keys
from functions.adapters.audit import Audit
from functions.adapters.items import item, plain
from functions.adapters.sends import TENDED
from functions.deliver import watch
from functions.domain.send import FINAL, FINAL_SEND, MAILING, MessageState, SendState
from functions.domain.supporter import address_hash
from functions.plan_send import step as planning
from functions.staff_api.models import UnknownBody
from functions.staff_api.problems import Problem
from functions.staff_api.roles import Actor
from functions.staff_api.routes import control, unknown
from infra.description import DEPLOYMENT
from local.environment import forget_caches
from tests.builders import a_block, a_compiled_edition
from tests.functions.memory import Bucket, Dynamo, KilledError, LostError, Queues, Ses, refusal
from tests.stored import REQUESTED_AT

SEND = "sendsend"
PEOPLE = [f"person{n:02d}" for n in range(7)]
CHUNK_SIZE, PART = 3, 2  # three chunks in two parts
EDITION = a_compiled_edition([a_block("huisarts"), a_block("bomen", topics=("climate",))])
KEY = "a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5"
SECRET = json.dumps({"keys": [{"id": 1, "secret": KEY, "state": "signing"}], "address_key": KEY})
REPORTS: dict[str, dict[str, Any]] = {
    "Send": {"send": {}},
    "Delivery": {"delivery": {}},
    "DeliveryDelay": {"deliveryDelay": {"delayType": "MailboxFull"}},
    "Bounce": {"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}},
    "Bounce for now": {"bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}},
    "Complaint": {"complaint": {"complaintFeedbackType": "abuse"}},
    "Reject": {"reject": {"reason": "Bad content"}},
}
# Of SES, for the first mails of a visit; then it takes them all.
MOODS = ("takes", "throttles", "refuses", "refuses all", "is silent, and took it", "is silent, and took nothing")
WORDS: dict[str, Callable[[str], object]] = {
    "pause": control.pause_send,
    "resume": control.resume_send,
    "cancel": control.cancel_send,
}
# At the how-manieth call that begins so, and what happens there.
CALLS = ("", "PutItem messages", "UpdateItem messages", "SendEmail", "UpdateItem chunks", "TransactWriteItems", "SendMessage")
TROUBLES = st.tuples(
    st.sampled_from(CALLS).flatmap(lambda call: st.tuples(st.just(call), st.integers(0, 2 if call else 40))),
    st.sampled_from(["killed before", "killed after", "answer lost"]),
)
Trouble = tuple[tuple[str, int], str]
# Mostly staff let a send go, and seldom call it off: else most runs would end before anything could go wrong.
SAID = st.sampled_from([*["pause", "resume"] * 4, "cancel"])


def seldom(what: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """None, two times in three."""
    return st.sampled_from([False, False, True]).flatmap(lambda now: what if now else st.none())


class Inline:
    """In the place of a thread pool: one after the other, so that the same choices give the same run."""

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> "Inline":
        return self

    def __exit__(self, *_: object) -> None: ...

    def map(self, work: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
        return iter([work(*each) for each in zip(*arguments, strict=False)])


class Still:
    """In the place of the module `time`: nobody really waits."""

    @staticmethod
    def time() -> float:
        return _worlds[0].now

    monotonic = time

    @staticmethod
    def sleep(seconds: float) -> None:
        _worlds[0].now += seconds


class World:
    """AWS in memory, its clock, and what SES took."""

    def __init__(self) -> None:
        self.now = REQUESTED_AT / 1000
        self.dynamo, self.bucket, self.queues = Dynamo(self.touch), Bucket(self.touch), Queues(self.touch)
        self.ses = Ses(self.take)
        self.taken: list[str] = []  # supporters, one for each mail
        self.tags: dict[str, dict[str, str]] = {}  # by SES's message id
        self.moods: list[str] = []
        self.at_mail: tuple[int, str] | None = None  # after so many mails more, staff say this
        self.last_mail = 0  # when they stopped it so, this many were out
        self.trouble: Trouble | None = None
        self.dead = False
        self.kills = 0

    def touch(self, what: str) -> Callable[[], None]:
        if self.dead:
            raise KilledError
        if self.trouble is None:
            return lambda: None
        (call, left), kind = self.trouble
        if not what.startswith(call):
            return lambda: None
        self.trouble = ((call, left - 1), kind) if left else None
        if left:
            return lambda: None
        if kind == "killed before":
            self.die()
        writes = not what.startswith(("Get", "BatchGet", "Scan", "Query"))
        return self.die if kind == "killed after" else self.lose if writes else lambda: None

    def die(self) -> None:
        self.dead = True
        self.kills += 1
        raise KilledError

    def lose(self) -> None:
        raise LostError

    def take(self, tags: dict[str, str], to: str) -> str:
        after = self.touch("SendEmail")
        mood = self.moods.pop(0) if self.moods else "takes"
        match mood:
            case "throttles":
                raise refusal("TooManyRequestsException", status=429)
            case "refuses":
                raise refusal("MessageRejected")
            case "refuses all":
                raise refusal("SendingPausedException")
            case "is silent, and took nothing":
                raise ReadTimeoutError(endpoint_url="ses")
        ses_id = f"ses-{len(self.taken)}"
        self.taken.append(tags["supporter"])
        self.tags[ses_id] = tags
        self._staff_speak()
        try:
            after()
        except LostError:
            raise ReadTimeoutError(endpoint_url="ses") from None
        if mood == "is silent, and took it":
            raise ReadTimeoutError(endpoint_url="ses")
        return ses_id

    def _staff_speak(self) -> None:
        if self.at_mail is not None:
            left, word = self.at_mail
            self.at_mail = (left - 1, word) if left else None
            if not left and say(word) and word != "resume":
                self.last_mail = len(self.taken)


def say(word: str) -> bool:
    """Staff's word over their own routes. False when it came too late."""
    try:
        WORDS[word](SEND)
    except Problem:
        return False
    return True


class SendMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = start()
        self.twice_allowed: Counter[str] = Counter()

    @initialize(planned=st.booleans())
    def staff_ask_for_a_send(self, planned: bool) -> None:
        put = self.world.dynamo.tables
        for id_ in PEOPLE:
            put["supporters"][id_,] = item(_supporter(id_))
        put["sends"][SEND,] = item(_asked())
        self.world.bucket.objects[f"editions/{EDITION.edition}/{EDITION.version}.json"] = EDITION.to_bytes()
        self.world.queues.messages.append(("plan", {"send": SEND, "part": 0}))
        for part in range(2 if planned else 0):
            self.visit("plan_send", _batch(json.dumps({"send": SEND, "part": part})), None)

    @precondition(lambda self: self.world.queues.messages)
    @rule(
        which=st.integers(0, 50),
        again=st.sampled_from([False, False, True]),
        trouble=st.none() | TROUBLES,
        moods=st.lists(st.sampled_from(MOODS), max_size=3),
        word=seldom(st.tuples(st.integers(0, 2), SAID)),
    )
    def the_queue_brings_a_message(
        self, which: int, again: bool, trouble: Trouble | None, moods: list[str], word: tuple[int, str] | None
    ) -> None:
        """In any order, maybe once more later. The visit may die at any call, and staff may speak in the middle of it."""
        queue, body = self.world.queues.messages.pop(which % len(self.world.queues.messages))
        self.world.moods, self.world.at_mail = list(moods), word
        mailing, mails = self.state in MAILING, len(self.world.taken)
        lived = self.visit("plan_send" if queue == "plan" else "deliver", _batch(json.dumps(body)), trouble)
        stopped, self.world.last_mail = self.world.last_mail, 0
        self.world.moods, self.world.at_mail = [], None
        assert not stopped or len(self.world.taken) == stopped, "a mail went out after staff's word"
        assert mailing or len(self.world.taken) == mails, "a mail went out of a send that was not mailing"
        if again or not lived:
            self.world.queues.messages.append((queue, body))

    @rule(seconds=st.sampled_from([1, 30, 61, 200]), trouble=seldom(TROUBLES))
    def minutes_go_by(self, seconds: int, trouble: Trouble | None) -> None:
        self.world.now += seconds
        self.visit("tend_sends", {}, trouble)

    @rule(word=SAID)
    def staff_say(self, word: str) -> None:
        if say(word):
            assert self.state is not SendState.PAUSED or word == "pause"

    @rule(do=st.sampled_from(["resend", "leave"]))
    def staff_decide_about_the_unknown(self, do: Any) -> None:
        before = self.rows_in(MessageState.UNKNOWN)
        try:
            unknown.decide_unknown(SEND, UnknownBody(do=do, supporters=None))
        except Problem:
            assert do == "resend" and self.state is SendState.CANCELLED
        self.twice_allowed.update(before - self.rows_in(MessageState.UNKNOWN) if do == "resend" else set())

    @precondition(lambda self: self.world.tags)
    @rule(which=st.integers(0, 50), kind=st.sampled_from(sorted(REPORTS)), trouble=seldom(TROUBLES), times=st.integers(1, 2))
    def ses_reports(self, which: int, kind: str, trouble: Trouble | None, times: int) -> None:
        ses_id = sorted(self.world.tags)[which % len(self.world.tags)]
        for _ in range(times):
            self.report(ses_id, kind, trouble)
        row = self.rows.get(self.world.tags[ses_id]["supporter"])
        assert row, "SES took a mail without a row"
        assert kind != "Complaint" or row["state"] == MessageState.COMPLAINED

    @rule(who=st.sampled_from(PEOPLE[:2]))
    def somebody_unsubscribes(self, who: str) -> None:
        hashed = address_hash(keys.load("keys").address_key, f"{who}@example.org")
        row = {"address_hash": hashed, "reason": "unsubscribed", "at": 0, "source": "test"}
        self.world.dynamo.tables["suppressions"][hashed,] = item(row)

    @invariant()
    def nobody_is_mailed_twice_unless_staff_say_so(self) -> None:
        for who, mails in Counter(self.world.taken).items():
            assert mails <= 1 + self.twice_allowed[who], who

    @invariant()
    def every_state_is_one_we_know_and_nobody_has_two_rows(self) -> None:
        SendState(self.state)
        assert len(self.rows) == len(self.world.dynamo.tables["messages"])
        for who, row in self.rows.items():
            out = who in self.world.taken and not self.twice_allowed[who]
            # "failed" of a mail that is out: staff left an unknown one at that.
            assert not out or MessageState(row["state"]) not in (MessageState.SKIPPED, MessageState.WAITING), row

    def teardown(self) -> None:
        if (SEND,) not in self.world.dynamo.tables["sends"]:
            return
        self.comes_to_rest()
        named = {who for who, row in self.rows.items() if MessageState(row["state"]) in FINAL}
        frozen = {who for key, body in self.world.bucket.objects.items() if key.startswith("sends/") for who in json.loads(body)}
        assert self.state in FINAL_SEND
        assert self.state is SendState.CANCELLED or named == set(PEOPLE), "somebody was forgotten"
        assert named <= frozen
        for ses_id in self.world.tags:
            self.report(ses_id, "Send", None)
        left = self.rows_in(MessageState.UNKNOWN)
        assert not left & set(self.world.taken), "SES reported everything it took"
        self.nobody_is_mailed_twice_unless_staff_say_so()

    def comes_to_rest(self) -> None:
        """No more trouble: what the platform does by itself, and staff letting the send go on."""
        for _ in range(30):
            if self.state in FINAL_SEND and plain(self.world.dynamo.tables["sends"][SEND,]).get("ended_at"):
                return
            if self.state in (SendState.PAUSED, SendState.STOPPED):
                assert say("resume")
            while self.world.queues.messages:
                queue, body = self.world.queues.messages.pop(0)
                self.visit("plan_send" if queue == "plan" else "deliver", _batch(json.dumps(body)), None)
            self.world.now += 200
            self.visit("tend_sends", {}, None)
        raise AssertionError(f"the send did not come to rest: {self.state}")

    def visit(self, name: str, event: dict[str, Any], trouble: Trouble | None) -> bool:
        """Run a Lambda. False when it died."""
        self.world.trouble, self.world.dead = trouble, False
        try:
            HANDLERS[name](event, types.SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000))
        except KilledError:
            return False
        finally:
            self.world.trouble, self.world.dead = None, False
        return True

    def report(self, ses_id: str, kind: str, trouble: Trouble | None) -> None:
        """The queue brings it again until it is taken in."""
        tags = self.world.tags[ses_id]
        mail = {
            "messageId": ses_id,
            "timestamp": "2026-03-10T10:00:00.000Z",
            "destination": [f"{tags['supporter']}@example.org"],
            "tags": {name: [value] for name, value in tags.items()},
        }
        body = json.dumps({"eventType": kind.partition(" ")[0], "mail": mail, **REPORTS[kind]})
        if not self.visit("feedback", _batch(body), trouble):
            assert self.visit("feedback", _batch(body), None)

    @property
    def state(self) -> SendState:
        return SendState(plain(self.world.dynamo.tables["sends"][SEND,])["state"])

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["supporter"]: row for row in map(plain, self.world.dynamo.tables["messages"].values())}

    def rows_in(self, state: MessageState) -> set[str]:
        return {who for who, row in self.rows.items() if row["state"] == state}


HANDLERS: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "plan_send": functions.plan_send.handler.handle,
    "deliver": functions.deliver.handler.handle,
    "tend_sends": functions.tend_sends.handler.handle,
    "feedback": functions.feedback.handler.handle,
}
_worlds: list[World] = []


def start() -> World:
    """A new world, and the process in the state of a new Lambda."""
    forget_caches(clients=False)
    _worlds[:] = [World()]
    return _worlds[0]


def _batch(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "m1", "body": body, "eventSource": "aws:sqs"}]}


def _supporter(id_: str) -> dict[str, Any]:
    address = f"{id_}@example.org"
    known = {"supporter": id_, "address": address, "address_hash": address_hash(keys.read(SECRET, 0).address_key, address)}
    consent = {"newsletter": {EDITION.list: "grant001"}, "grants": {}}
    return {**known, **consent, "language": "nl", "name": "Jan", "form": "informal", "created": 0, "version": 1, "state": "active"}


def _asked() -> dict[str, Any]:
    edition = {"edition": EDITION.edition, "edition_version": EDITION.version, "list": EDITION.list}
    asked = {"audience": {"supporters": PEOPLE}, "requested_by": "test", "requested_at": REQUESTED_AT, "body_hash": ""}
    return {"send": SEND, "state": "requested", "tended": TENDED, **edition, **asked}


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The handlers and staff's routes on AWS in memory."""
    for name, setting in DEPLOYMENT.settings.items():
        monkeypatch.setenv(name, setting.name or name.lower())
    monkeypatch.setenv("CEILING", "observed")
    secrets = types.SimpleNamespace(get_secret_value=lambda **_: {"SecretString": SECRET})
    for name in ("dynamodb", "s3", "sqs", "ses", "secrets"):
        attribute = {"dynamodb": "dynamo", "s3": "bucket", "sqs": "queues"}.get(name, name)
        client = (lambda: secrets) if name == "secrets" else (lambda attribute=attribute: getattr(_worlds[0], attribute))
        monkeypatch.setattr(aws, name, client)
    for module in _modules_with(ThreadPoolExecutor, "ThreadPoolExecutor"):
        monkeypatch.setattr(module, "ThreadPoolExecutor", Inline)
    for module in _modules_with(time, "time"):
        if module is not clock:
            monkeypatch.setattr(module, "time", Still)
    monkeypatch.setattr(watch, "LOOK_AGAIN_MS", 0)
    monkeypatch.setattr(planning, "CHUNK_SIZE", CHUNK_SIZE)
    monkeypatch.setattr(planning, "PART", PART)
    monkeypatch.setattr(Audit, "write", lambda *_: None)
    for module in (control, unknown):
        monkeypatch.setattr(module, "caller", lambda: Actor("staff", frozenset()))
    clock_before = clock._source
    clock.set_source(lambda: _worlds[0].now)
    yield
    clock.set_source(clock_before)
    monkeypatch.undo()
    forget_caches(clients=False)


def _modules_with(thing: object, name: str) -> Sequence[Any]:
    return [m for n, m in sys.modules.items() if n.startswith("functions.") and getattr(m, name, None) is thing]


def test_whatever_happens_nobody_is_mailed_twice_and_nobody_forgotten(in_memory: None) -> None:
    assert os.environ["SENDS_TABLE"] == "sends"
    run_state_machine_as_test(
        SendMachine,
        settings=settings(
            max_examples=20, derandomize=True, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
