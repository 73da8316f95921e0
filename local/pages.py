"""The pages of this machine alone: where to go, and the outbox. Never a path of the product (a test says so)."""

import html
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

from local.payload import Request, Response
from local.ses.outbox import Captured, Outbox

PER_PAGE = 50

_STYLE = """
:root{color-scheme:light dark;--line:#d9d6cf;--soft:#6d6a63;--ground:#faf9f6;--card:#fff;--link:#1f5f4a}
@media(prefers-color-scheme:dark){:root{--line:#3a3935;--soft:#a19d94;--ground:#191917;--card:#22211f;--link:#7cc4a8}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2rem 1rem 4rem}h1{font-size:1.5rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem}
a{color:var(--link)}small,.soft{color:var(--soft)}code{font:.9em ui-monospace,monospace}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin:1rem 0}
table{width:100%;border-collapse:collapse}th{text-align:left;font-weight:600;color:var(--soft)}
td,th{padding:.5rem .5rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top}td:last-child{white-space:nowrap}
iframe{width:100%;height:70vh;border:1px solid var(--line);border-radius:.5rem;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font:.9rem/1.5 ui-monospace,monospace}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;
overflow-wrap:anywhere}
iframe.phone{width:375px;height:667px;display:block}
form{margin:0 0 1rem}input,button{font:inherit;padding:.25rem .5rem;max-width:12rem}
@media(max-width:40rem){thead{display:none}td{display:block;border:0;padding:.1rem 0}tr{display:block;
padding:.6rem 0;border-bottom:1px solid var(--line)}td+td{color:var(--soft);font-size:.9rem}}
nav{margin-bottom:1.5rem}nav a{margin-right:1rem}summary{cursor:pointer}pre{margin-top:.25rem}
"""


class Pages:
    """`answer(request)` is None for every path that is not ours."""

    def __init__(self, outbox: Outbox, token_command: str) -> None:
        self._outbox, self._token_command = outbox, token_command

    def answer(self, request: Request) -> Response | None:
        if request.method not in ("GET", "HEAD"):
            return None
        match request.path.split("/")[1:]:
            case [""]:
                return self._index()
            case ["outbox"]:
                return self._list(parse_qs(request.query))
            case ["outbox", name] if mail := self._outbox.get(name.removesuffix(".eml")):
                return _eml(mail) if name.endswith(".eml") else _shown(mail, phone=request.query == "phone")
            case ["outbox", name, "html"] if mail := self._outbox.get(name):
                return _framed(mail)
        return None

    def _index(self) -> Response:
        count = len(self._outbox.mails())
        return _page(
            "Achterban on this machine",
            f"""<h1>Achterban on this machine</h1>
<p class="soft">The whole platform, without AWS. Nothing here leaves this computer.</p>
<div class="card"><a href="/outbox">Outbox</a><br><small>{count} mails that would have gone out</small></div>
<div class="card"><a href="/v1/docs">Staff API</a><br><small>its documentation; the description is at
<a href="/v1/openapi.json">/v1/openapi.json</a></small></div>
<div class="card">A staff token<br><small>The API under /v1 wants <code>Authorization: Bearer …</code>. Make one with</small>
<pre>{_e(self._token_command)}</pre></div>""",
        )

    def _list(self, query: dict[str, list[str]]) -> Response:
        to = query.get("to", [""])[0].strip()
        number = max(1, int(n)) if (n := query.get("page", ["1"])[0]).isdigit() else 1
        mails = [mail for mail in reversed(self._outbox.mails()) if to.lower() in ", ".join(mail.to).lower()]
        shown = mails[(number - 1) * PER_PAGE : number * PER_PAGE]
        older = _turn("Older", number + 1, to) if number * PER_PAGE < len(mails) else ""
        newer = _turn("Newer", number - 1, to) if number > 1 else ""
        nothing = "" if shown else "<p>There is nothing here yet.</p>"
        return _page(
            "Outbox",
            f"""<nav><a href="/">Start</a></nav><h1>Outbox</h1><p class="soft">{len(mails)} mails</p>
<form><label>To
<input name="to" value="{html.escape(to)}" placeholder="every address"></label> <button>Show</button></form>
{nothing}<table><thead><tr><th>Subject</th><th>To</th><th>Time (UTC)</th></tr></thead>
<tbody>{"".join(map(_row, shown))}</tbody></table><p>{newer} {older}</p>""",
        )


def _shown(mail: Captured, *, phone: bool) -> Response:
    headers = "".join(f"<dt>{_e(name)}</dt><dd>{_e(str(value))}</dd>" for name, value in mail.message.items())
    tags = "".join(f"<dt>{_e(name)}</dt><dd>{_e(value)}</dd>" for name, value in mail.tags.items())
    width = f'<a href="/outbox/{mail.name}">As on a desk</a>' if phone else f'<a href="/outbox/{mail.name}?phone">As on a phone</a>'
    frame = f'class="{"phone" if phone else "desk"}" sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail"'
    return _page(
        mail.subject,
        f"""<nav><a href="/outbox">Outbox</a> {width} <a href="/outbox/{mail.name}.eml" download>Download .eml</a></nav>
<h1>{_e(mail.subject)}</h1><p class="soft">{_e(str(mail.message["From"]))} to {_e(", ".join(mail.to))}, {_time(mail.at)} UTC</p>
<iframe {frame} src="/outbox/{mail.name}/html"></iframe>
<details class="card"><summary>Text part</summary><pre>{_e(mail.text)}</pre></details>
<details class="card"><summary>Headers</summary><dl>{headers}</dl></details>
<details class="card"><summary>SES</summary><dl><dt>Message id</dt><dd>{_e(mail.message_id)}</dd>
<dt>Configuration set</dt><dd>{_e(mail.configuration_set or "none")}</dd>{tags}</dl></details>""",
    )


def _turn(text: str, page: int, to: str) -> str:
    return f'<a href="?{_e(urlencode({"page": page, "to": to}))}">{text}</a>'


def _row(mail: Captured) -> str:
    return (
        f'<tr><td><a href="/outbox/{mail.name}">{_e(mail.subject) or "(no subject)"}</a></td>'
        f"<td>{_e(', '.join(mail.to))}</td><td>{_time(mail.at)}</td></tr>"
    )


def _framed(mail: Captured) -> Response:
    """The HTML part as a mail program shows it: no scripts, links in a new tab."""
    body = mail.html or f"<pre>{_e(mail.text)}</pre>"
    policy = "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'; object-src 'none'"
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)]
    head = body.find("<head>") + len("<head>") if "<head>" in body else 0
    return Response(200, headers, f'{body[:head]}<base target="_blank">{body[head:]}'.encode())


def _eml(mail: Captured) -> Response:
    named = ("Content-Disposition", f'attachment; filename="{mail.name}.eml"')
    return Response(200, [("Content-Type", "message/rfc822"), named], mail.path.read_bytes())


def _page(title: str, body: str) -> Response:
    text = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_e(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>
<body><main>{body}</main></body></html>"""
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'"),
        ("Cache-Control", "no-store"),
    ]
    return Response(200, headers, text.encode())


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _e(text: str) -> str:
    return html.escape(text)
