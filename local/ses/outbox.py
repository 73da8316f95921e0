"""The mails that were sent: one `.eml` and one `.json` (what is not in the mail: tags, configuration set, time) per mail."""

import json
import logging
import queue
import shutil
import threading
from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Any

from local.ses.mail import Mail
from local.ses.mime import to_bytes

AHEAD = 500  # mails that SES took and that are not written yet: more would fill the memory in a long send

log = logging.getLogger("achterban.local")


@dataclass(frozen=True)
class Captured:
    """A mail in the outbox. What it says is read from its `.eml`, so it is what a mail program would show."""

    name: str  # file name without ending; sorts by time
    message_id: str
    at: float  # epoch seconds by the platform's clock
    source: str
    to: tuple[str, ...]
    subject: str
    tags: dict[str, str]
    configuration_set: str | None
    path: Path

    @cached_property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.path.read_bytes(), policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def address(self) -> str:
        """The bare address of the first recipient."""
        return parseaddr(self.to[0])[1] if self.to else ""

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def text(self) -> str:
        return self._part("plain")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


class Outbox:
    """Every mail that SES took: noted on disk before SES answers, so that a kill forgets none of them; written beside the send.

    Every reading method waits until all are written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._queue: queue.Queue[tuple[Mail, Path] | None] = queue.Queue(AHEAD)
        self._lock = threading.Lock()
        self._index: dict[str, Captured] = {}
        self._sent_at: list[float] = []  # once per recipient, in order: the quota is asked for at every mail
        self._writer = threading.Thread(target=self._write_all, name="outbox", daemon=True)

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.folder.glob("*.json")):
            mail = _read_index(path)
            if not mail.path.exists():
                mail.path.write_bytes(_without_text(mail))
            self._keep(mail)
        self._writer.start()

    def stop(self) -> None:
        self._queue.put(None)
        self._writer.join()

    def add(self, mail: Mail) -> None:
        """Returns when the mail is noted and there is room: who sends faster than mails are written waits, as for SES itself."""
        noted = self._note(mail)
        self._keep(noted)
        self._queue.put((mail, noted.path))

    def flush(self) -> None:
        self._queue.join()

    def mails(self, to: str | None = None, **tags: str) -> list[Captured]:
        """All mails, oldest first; those to the address `to` and with these message tags when given."""
        self.flush()
        wanted = to.lower() if to else None
        return [
            mail
            for mail in list(self._index.values())
            if (wanted is None or any(parseaddr(t)[1].lower() == wanted for t in mail.to)) and tags.items() <= mail.tags.items()
        ]

    def get(self, name: str) -> Captured | None:
        self.flush()
        return self._index.get(name)

    def sent_since(self, t: float) -> int:
        """Recipients since the epoch second `t`, as SES counts a quota."""
        return len(self._sent_at) - bisect_left(self._sent_at, t)

    def clear(self) -> None:
        self.flush()
        self._index.clear()
        self._sent_at.clear()
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def _write_all(self) -> None:
        while (waiting := self._queue.get()) is not None:
            mail, path = waiting
            try:
                half = path.with_suffix(".half")
                half.write_bytes(to_bytes(mail))
                half.replace(path)
            except Exception as error:  # the next mails are written all the same
                log.error("outbox: %s", error)
            finally:
                self._queue.task_done()
        self._queue.task_done()  # of the end itself: who reads afterwards waits for nothing

    def _note(self, mail: Mail) -> Captured:
        moment = datetime.fromtimestamp(mail.at, UTC).strftime("%Y%m%dT%H%M%S")
        fields: dict[str, Any] = {
            "message_id": mail.message_id,
            "at": mail.at,
            "source": mail.source,
            "to": mail.recipients,
            "subject": mail.subject,
            "tags": dict(mail.tags),
            "configuration_set": mail.configuration_set,
        }
        sidecar = self.folder / f"{moment}-{mail.message_id[4:]}.json"
        half = sidecar.with_suffix(".part")  # a kill in between must not leave half a file that the next start reads
        half.write_text(json.dumps(fields, ensure_ascii=False, indent=1))
        half.replace(sidecar)
        return _captured(sidecar, fields)

    def _keep(self, mail: Captured) -> None:
        with self._lock:
            self._index[mail.name] = mail
            for _ in mail.to:
                insort(self._sent_at, mail.at)


def _read_index(path: Path) -> Captured:
    return _captured(path, json.loads(path.read_text()))


def _captured(sidecar: Path, fields: dict[str, Any]) -> Captured:
    return Captured(
        name=sidecar.stem,
        path=sidecar.with_suffix(".eml"),
        **{**fields, "to": tuple(fields["to"])},
    )


def _without_text(mail: Captured) -> bytes:
    """In the place of a mail that SES had taken and that was not written when the platform was killed."""
    left = EmailMessage(policy=policy.SMTP)
    left["From"], left["To"], left["Subject"] = mail.source, ", ".join(mail.to), mail.subject
    left.set_content("SES took this mail. Its text was lost: the platform was killed before it was written.")
    return left.as_bytes()
