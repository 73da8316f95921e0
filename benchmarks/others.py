"""Assembly against what others use: mjml from npm, and html/template in Go as listmonk does. `python -m benchmarks.others`.

Each runs in a process of its own and tells its own CPU time; they take turns with ours within a round. Go's HTML is the very
HTML of ours but for the addresses of links, which the run checks. What is not on this machine (go, node, npm's packages) is
named and left out: the project itself needs neither.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import figures
from benchmarks.assembly import Contest, Recipient, timed
from functions.adapters.renderer import compile_edition
from functions.domain.assembly import assemble
from functions.domain.edition import BlockKind
from functions.domain.slots import TOPICS, marker
from infra.node import packaged_node
from tests.builders import PUBLIC_URL, a_block

SOURCES, BUILD = Path(__file__).parent / "sources", Path("build/others")
STATIC, DYNAMIC, NODE = "Go as listmonk, the same blocks for all", "Go as listmonk, 8 of 40 each", "mjml from npm, per recipient"
STATIC_BARE, DYNAMIC_BARE = (f"{way}, nothing for Outlook" for way in (STATIC, DYNAMIC))
OURS = "joined, one token"
TARGETS: dict[str, float | None] = {STATIC: 20, DYNAMIC: 35, STATIC_BARE: None, DYNAMIC_BARE: None, NODE: None}
GO = {STATIC: "static", DYNAMIC: "dynamic", STATIC_BARE: "static-bare", DYNAMIC_BARE: "dynamic-bare"}
COUNTS = {**{way: (word, 100 if way in (STATIC, STATIC_BARE) else 60) for way, word in GO.items()}, NODE: ("mjml", 2)}
ROUNDS, OURS_PER_ROUND = 25, 1000
Ask = Callable[[str, int], list[int]]
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SAFE = re.compile(r'\{\{Safe "(?:[^"\\]|\\.)*"\}\}')


def _kept(part: str) -> str:
    """html/template drops comments, and with them the columns that Outlook shows. listmonk has `Safe` to keep them."""
    assert "{{" not in part
    return COMMENT.sub(lambda found: f"{{{{Safe {json.dumps(found[0], ensure_ascii=False)}}}}}", part)


def _marked(part: str, link: Callable[[int], str]) -> str:
    """A compiled part as a Go template: our markers become calls, words for a form of address stand there already."""
    part = re.sub(r"@@LINK@@/(\d+)", lambda found: link(int(found[1])), _kept(part))
    for name, call in (
        ("GREETING", "{{.Recipient.Greeting}}"),
        ("UNSUBSCRIBE", "{{.UnsubscribeURL}}"),
        ("CHOICES", "{{.ManageURL}}"),
        ("PIXEL", "{{TrackView .}}"),
        ("INDICATION", ""),  # an editorial mail has none
    ):
        part = part.replace(marker(name), call)
    assert "@@" not in part, part[part.index("@@") :][:40]
    return part


class GoCampaign:
    """The benchmark's edition as a campaign of listmonk: one template with the same blocks for all, one that ranges over picks."""

    def __init__(self, contest: Contest) -> None:
        self._contest, self._links = contest, contest.compiled.links

    def given(self, recipients: Sequence[Recipient]) -> dict[str, Any]:
        """What benchmarks/sources/render.go reads."""
        language, picks = self._contest.language, recipients[0].picks
        blocks, html, text = self._cut()

        def whole(kind: int, head: str, middle: str, tail: str) -> str:
            topics = language.indications[TOPICS][kind]
            head, tail = (self._template(part.replace(marker("TOPICS"), topics)) for part in (head, tail))
            return head + middle + tail

        def same(fragments: Sequence[str]) -> str:
            return "".join(self._template(fragments[pick]) for pick in picks)

        mails = {
            "static": whole(0, language.html_head, same(language.html_fragments), language.html_tail),
            "dynamic": whole(0, language.html_head, html, language.html_tail),
        }
        return {
            "HTML": {**mails, **{f"{way}-bare": _SAFE.sub("", mail) for way, mail in mails.items()}},
            "Text": {
                "static": whole(1, language.text_head, same(language.text_fragments), language.text_tail),
                "dynamic": whole(1, language.text_head, text, language.text_tail),
            },
            "Links": {link.url: f"{n:08d}-0000-4000-8000-000000000000" for n, link in enumerate(self._links)},
            "Blocks": blocks,
            "Recipients": [
                {"UUID": f"{n:08d}-0000-4000-8000-00000000abcd", "Greeting": to.greeting, "Picks": to.picks}
                for n, to in enumerate(recipients)
            ],
            "Root": PUBLIC_URL,
            "Campaign": "5e5e5e5e-0000-4000-8000-000000000000",
        }

    def _speak(self, part: str) -> str:
        return re.sub(r"@@F(\d+)@@", lambda found: self._contest.language.forms[int(found[1])][0], part)

    def _template(self, part: str) -> str:
        return _marked(self._speak(part), lambda n: f'{{{{TrackLink "{self._links[n].url}" .}}}}')

    def _cut(self) -> tuple[list[dict[str, str]], str, str]:
        """Each block's own words, and the templates they fill: found by compiling one block of each kind with names for words."""
        contest = self._contest
        names = {"title": "GOTITLE", "text": "GOTEXT", "button": "GOBUTTON"}
        kinds = (BlockKind.APPEAL, BlockKind.ARTICLE)
        blanks = [a_block(f"block-{n}", kind, ("care",), picture="gopicture0000000", **names) for n, kind in enumerate(kinds)]
        compiled = compile_edition(*contest.of(blanks)).languages["nl"]
        shapes = {
            kind.value: (self._shape(compiled.html_fragments[n]), self._shape(compiled.text_fragments[n]))
            for n, kind in enumerate(kinds)
        }
        blocks = [self._block(entry, shapes) for entry in range(len(contest.compiled.entries))]
        html, text = (self._ranged({kind: pair[part] for kind, pair in shapes.items()}) for part in (0, 1))
        return blocks, html, text

    def _shape(self, fragment: str) -> str:
        """A blank block, with a name for all that differs from block to block."""
        fragment = re.sub(r"@@LINK@@/\d+", "GOLINK", self._speak(fragment))
        fragment = re.sub(r"\bZorg(?=</div>|\n)", "GOKICKER", fragment, count=1)
        return re.sub(r"<p style=\"[^\"]*\">GOTEXT</p>", "GOTEXT", fragment)

    def _block(self, entry: int, shapes: dict[str, tuple[str, str]]) -> dict[str, str]:
        language = self._contest.language
        for kind, (html, text) in shapes.items():
            found = _pattern(html).fullmatch(self._speak(language.html_fragments[entry]))
            plain = _pattern(text).fullmatch(self._speak(language.text_fragments[entry]))
            if found and plain:
                link = re.search(r"@@LINK@@/(\d+)", language.html_fragments[entry])
                assert link
                values = {name.removeprefix("GO").title(): value for name, value in found.groupdict().items()}
                values.pop("Link")
                picture = {"Picture": values.pop("Picture0000000")}
                return {"Kind": kind, "Plain": plain["GOTEXT"], "URL": self._links[int(link[1])].url, **picture, **values}
        raise AssertionError(f"block {entry} has no shape")

    def _ranged(self, shapes: dict[str, str]) -> str:
        appeal, article = (_filled(shapes[kind.value]) for kind in (BlockKind.APPEAL, BlockKind.ARTICLE))
        return f'{{{{range .Blocks}}}}{{{{if eq .Kind "appeal"}}}}{appeal}{{{{else}}}}{article}{{{{end}}}}{{{{end}}}}'


_NAMED = re.compile(r"GO(?:KICKER|TITLE|TEXT|BUTTON|LINK)|gopicture0000000")


def _pattern(shape: str) -> re.Pattern[str]:
    """A shape as a pattern: the first time a name stands there, it is a group; then the same again."""
    seen: set[str] = set()
    parts: list[str] = []
    end = 0
    for found in _NAMED.finditer(shape):
        name = found[0].upper()
        parts.append(re.escape(shape[end : found.start()]))
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{'(?s:.*?)' if name == 'GOTEXT' else '.*?'})")
        seen.add(name)
        end = found.end()
    return re.compile("".join((*parts, re.escape(shape[end:]))))


def _filled(shape: str) -> str:
    plain = "<" not in shape
    calls = {"GOLINK": "{{TrackLink .URL $}}", "GOTEXT": "{{.Plain}}" if plain else "{{.Text}}", "gopicture0000000": "{{.Picture}}"}
    return _NAMED.sub(lambda found: calls.get(found[0], f"{{{{.{found[0].removeprefix('GO').title()}}}}}"), _kept(shape))


def same_for_a_reader(ours: str, theirs: str) -> bool:
    """Whether a mail of ours and one of Go's are the same but for the addresses of links, which each writes its own way."""
    root = re.escape(PUBLIC_URL)
    for own, plain in ((rf"{root}/c/[\w-]+/(\d+)", r"LINK \1"), (rf"{root}/u/[\w-]+", "LEAVE"), (rf"{root}/s/[\w-]+", "CHOICES")):
        ours = re.sub(own, plain, ours)
    ours = re.sub(rf'<img src="{root}/o/[^>]*>', "PIXEL", ours)
    theirs = re.sub(rf"{root}/link/(\d{{8}})-[\w/-]+", lambda found: f"LINK {int(found[1])}", theirs)
    theirs = re.sub(rf"{root}/subscription/[\w/-]+\?manage=true", "CHOICES", theirs)
    theirs = re.sub(rf"{root}/subscription/[\w/-]+", "LEAVE", theirs)
    return ours == re.sub(rf'<img src="{root}/campaign/[^>]*>', "PIXEL", theirs)


@contextmanager
def _asking(command: Sequence[str]) -> Iterator[Ask]:
    """A process that renders when told to: (way, how many) -> CPU nanoseconds, and bytes of the last one."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout
        stdin, stdout = child.stdin, child.stdout

        def ask(way: str, count: int) -> list[int]:
            stdin.write(f"{way} {count}\n")
            stdin.flush()
            return [int(word) for word in stdout.readline().split()]

        try:
            yield ask
        finally:
            stdin.close()
            child.wait(30)


def go_program() -> tuple[list[str] | None, str]:
    """The command, or None and why not; and the version."""
    go = shutil.which("go")
    if go is None:
        return None, "Go not found"
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD.resolve() / "render"
    away = {"GOCACHE": str(BUILD.resolve() / "go-cache"), "GO111MODULE": "off", "GOTOOLCHAIN": "local"}
    built = subprocess.run(
        [go, "build", "-o", str(program), str(SOURCES / "render.go")], env={**os.environ, **away}, capture_output=True, text=True
    )
    if built.returncode:
        return None, f"Go could not build it: {built.stderr.strip()[-300:]}"
    return [str(program)], subprocess.run([go, "version"], capture_output=True, text=True, check=True).stdout.split()[2]


def node_program() -> tuple[list[str] | None, str]:
    """The command, or None and why not; and the versions. Fetches npm's packages once, into build/."""
    node, npm = packaged_node() or shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None, "node or npm not found"
    folder = BUILD.resolve() / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCES / name, folder / name)
    if not (folder / "node_modules" / "mjml").exists():
        quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run([npm, "ci", *quiet], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            return None, f"npm could not fetch mjml: {done.stderr.strip()[-300:]}"
    version = json.loads((folder / "node_modules/mjml/package.json").read_text())["version"]
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return [str(node), str(SOURCES / "render.mjs"), str(folder)], f"mjml {version}, node {told}"


def _go_ways(contest: Contest, command: Sequence[str], folder: Path, stack: ExitStack) -> dict[str, Ask]:
    """Go's ways of making the mail. AssertionError when it is another mail than ours."""
    file = folder / "campaign.json"
    file.write_text(json.dumps(GoCampaign(contest).given(contest.recipients)), encoding="utf-8")
    to = contest.recipients[0]
    ours = assemble(contest.language, to.picks, contest.slots(to)).html.decode()
    for way in ("static", "dynamic"):
        shown = subprocess.run([*command, str(file)], input=f"show {way}\n", capture_output=True, text=True, check=True).stdout
        assert same_for_a_reader(ours, json.loads(shown)), f"Go, {way}: another mail than ours"
    return dict.fromkeys(GO, stack.enter_context(_asking([*command, str(file)])))


def _node_way(contest: Contest, command: Sequence[str], folder: Path, stack: ExitStack) -> dict[str, Ask]:
    file = folder / "mjml.json"
    documents = [contest.naive.mjml(to.picks, contest.slots(to)) for to in contest.recipients[:10]]
    file.write_text(json.dumps({"mjml": documents}), encoding="utf-8")
    return {NODE: stack.enter_context(_asking([*command, str(file)]))}


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """The figures as kept in bench.json; `versions` says of each what it was, or why it is not there."""
    contest = Contest()
    (go, go_version), (node, node_version) = go_program(), node_program()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        asks = _go_ways(contest, go, Path(name), stack) if go else {}
        asks |= _node_way(contest, node, Path(name), stack) if node else {}
        sizes = {way: ask(COUNTS[way][0], 10)[1:] for way, ask in asks.items()}  # caches, and what they make
        times: dict[str, list[float]] = {way: [] for way in (OURS, *asks)}
        for _ in range(rounds):
            times[OURS].append(timed(contest.ours, contest.recipients[:OURS_PER_ROUND]))
            for way, ask in asks.items():
                word, count = COUNTS[way]
                times[way].append(ask(word, count)[0] / 1000 / count)
    mail = assemble(contest.language, contest.recipients[0].picks, contest.slots(contest.recipients[0]))
    return {
        "rounds": rounds,
        "versions": {"Go": go_version, "node": node_version},
        "bytes": {OURS: [len(mail.html), len(mail.text)], **sizes},
        "microseconds_per_mail": {way: round(statistics.median(found), 2) for way, found in times.items()},
        "ratios": {way: figures.ratio(times[way], times[OURS], TARGETS[way]) for way in asks},
    }


def main() -> None:
    found = run()
    figures.keep("others", found)
    for name, version in found["versions"].items():
        print(f"{name}: {version}")
    print(f"\n{'microseconds of CPU per mail (median)':74} bytes of HTML, and of text where it makes one")
    for way, microseconds in found["microseconds_per_mail"].items():
        print(f"  {way:60} {microseconds:12.2f}   {' '.join(f'{size:,}' for size in found['bytes'][way])}")
    figures.print_ratios(found["ratios"])
    print(f"\nwritten to {figures.OUT}")


if __name__ == "__main__":
    main()
