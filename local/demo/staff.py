"""The party's staff at work over the staff API: set up, import, write, prepare, preview, send. HTTP and nothing else."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.client import Client, Reply

Json = dict[str, Any]


class RefusedError(Exception):
    """The API said no; the message is its own sentence, with the fields it names."""


class Source(Protocol):
    """Where staff take their content from (`local.demo.content`)."""

    def topics(self) -> Json: ...
    def lists(self) -> dict[str, Json]: ...
    def blocks(self) -> dict[str, Json]: ...
    def pictures(self) -> Mapping[str, Any]: ...
    def portraits(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Prepared:
    """An edition that may be sent. `blocks`: number of a link -> the block it belongs to (None: the shell)."""

    edition: str
    version: str
    blocks: Mapping[int, str | None]
    max_bytes: int
    warnings: tuple[str, ...]


class Staff:
    """Three people: an admin who sets up, an editor who writes, a sender who presses the button.

    `token` makes a token for a role and a person.
    """

    def __init__(self, url: str, token: Callable[[str, str], str]) -> None:
        self._admin = Client(url, token("admin", "office"))
        self._editor = Client(url, token("editor", "editor"))
        self._sender = Client(url, token("sender", "campaign"))

    def set_up(self, source: Source, offered: Collection[str], tick: Callable[[], None]) -> None:
        """Topics, lists with their senders' portraits, and the offered blocks with their pictures. `tick` once per thing."""
        _ok(self._admin.put("/v1/topics", source.topics()))
        tick()
        faces = {name: self.picture(file.read_bytes()) for name, file in source.portraits().items()}
        for name, body in source.lists().items():
            _ok(self._admin.put(f"/v1/lists/{name}", body | ({"portrait": faces[name]} if name in faces else {})))
            tick()
        blocks, pictures = source.blocks(), source.pictures()
        for name in offered:
            shown = {"picture": self.picture(pictures[name].read_bytes())} if name in pictures else {}
            _ok(self._editor.put(f"/v1/blocks/{name}", blocks[name] | shown))
            tick()

    def picture(self, image: bytes) -> str:
        """Upload a JPEG; its id."""
        return str(_ok(self._editor.post("/v1/pictures", image, Content_Type="image/jpeg"))["picture"])

    def suppress(self, csv: bytes) -> Json:
        return _ok(self._admin.post("/v1/suppressions/imports", csv, Content_Type="text/csv"))

    def import_supporters(self, csv: bytes, mailing_list: str, source: str) -> str:
        """Start an import; its id."""
        answer = self._admin.post(f"/v1/imports?list={mailing_list}&source={source}", csv, Content_Type="text/csv")
        return str(_ok(answer)["import"])

    def import_status(self, import_id: str) -> Json:
        return _ok(self._admin.get(f"/v1/imports/{import_id}"))

    def write_edition(self, body: Json) -> Prepared:
        """Create an edition and prepare it."""
        edition = str(_ok(self._editor.post("/v1/editions", body))["edition"])
        made = _ok(self._editor.post(f"/v1/editions/{edition}/prepare"))
        links = {link["n"]: link["block"] for link in made["links"]}
        return Prepared(edition, made["version"], links, made["max_bytes"], tuple(made["warnings"]))

    def preview(self, edition: str, language: str) -> str:
        """The mail as HTML, as somebody of this language without any choices would get it."""
        return _checked(self._editor.get(f"/v1/editions/{edition}/preview?language={language}&format=html")).text

    def test_send(self, edition: str, to: str) -> Json:
        return _ok(self._sender.post(f"/v1/editions/{edition}/test-sends", {"to": [to]}))

    def send(self, prepared: Prepared, key: str, comparison: float = 0.0) -> str:
        """Press the button, twice as impatient people do: the same key is the same send. Its id."""
        body = {"version": prepared.version, "audience": {"everyone": True}, "comparison": comparison}
        asked = [_ok(self._sender.post(f"/v1/editions/{prepared.edition}/sends", body, Idempotency_Key=key)) for _ in range(2)]
        if asked[0]["send"] != asked[1]["send"]:
            raise RefusedError("the same Idempotency-Key made two sends")
        return str(asked[0]["send"])

    def send_status(self, send: str) -> Json:
        return _ok(self._sender.get(f"/v1/sends/{send}"))

    def supporter(self, supporter: str) -> Json:
        return _ok(self._admin.get(f"/v1/supporters/{supporter}"))


def _checked(reply: Reply) -> Reply:
    if reply.status >= 300:
        raise RefusedError(_sentence(reply))
    return reply


def _ok(reply: Reply) -> Json:
    answer = _checked(reply).json()
    if not isinstance(answer, dict):
        raise RefusedError(f"expected a JSON object, got {type(answer).__name__}")
    return answer


def _sentence(reply: Reply) -> str:
    """What a problem document (RFC 9457) says, in one line."""
    try:
        problem = reply.json()
        fields = "; ".join(f"{e['field']}: {e['reason']}" for e in problem.get("errors", ()))
        return f"{reply.status}: {problem.get('detail') or problem.get('title') or problem.get('message')} {fields}".strip()
    except (ValueError, AttributeError, KeyError):
        return f"{reply.status}: {reply.text[:200]}"
