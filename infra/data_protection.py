"""What a party stores, of how many, how long and on which consent: `python -m infra.data_protection --help`. Needs Python alone."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from infra.transparency import CannotFetchError, checked, get

HELP = """\
For whoever must account for what a party stores: its data-protection officer, its board, the authority that asks (GDPR art.
5(2), 30 and 31). Numbers alone: nobody is in it, nor any group under ten, nor all but so few.

  export ACHTERBAN_TOKEN=...            a staff token with the role auditor (or admin)
  python -m infra.data_protection https://mail.yourparty.eu --out report

On the platform of this machine (make serve):

  ACHTERBAN_TOKEN=$(python -m local token --role auditor) python -m infra.data_protection http://127.0.0.1:8765

Writes two files
  report.json   the report, with where and when it was asked for
  report.html   the same to read, print and pass on: one page, without script, pictures or third parties

The token is read from the environment, so that it stands in no list of processes and no history of the shell. Each report
asked for is in the audit log. Of a very large table a part is counted, and both files say so.
Ends with 1, and leaves both files as they were, when the report could not be fetched.
"""
TOKEN = "ACHTERBAN_TOKEN"  # noqa: S105 - the name of a variable
ROUTE = "/v1/data-protection"
FEW = "fewer than 10, or all but so few"
PARTS = (("lists", "Who is on which list"), ("purposes", "Who allows what"), ("stored", "What is stored of how many"))
STYLE = (
    "body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;color:#1c1c1c;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:0 0 2rem}caption{text-align:left;font-weight:700;padding:.5rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ccc}"
)
Report = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.data_protection", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", help="where the party's mails come from, such as https://mail.yourparty.eu")
    parser.add_argument(
        "--out", type=Path, default=Path("data-protection"), help="the files to write, without ending (default: data-protection)"
    )
    asked = parser.parse_args(arguments)
    try:
        report = fetch(checked(asked.address), os.environ.get(TOKEN, "").strip())
        written = write(asked.out, report)
    except (CannotFetchError, OSError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    part = "" if report["exact"] else " (of a part of a large table)"
    print(f"{' and '.join(map(str, written))}: {_number(report['supporters'])} supporters{part}", file=sys.stderr)
    return 0


def fetch(base: str, token: str) -> dict[str, Any]:
    """The report, with where and when it was asked for."""
    if not token:
        raise CannotFetchError(f"{TOKEN} is empty: put a staff token with the role auditor in it (--help says how)")
    try:
        found = json.loads(get(f"{base}{ROUTE}", {"Authorization": f"Bearer {token}"}))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not {"supporters", "erased", "exact", "kept", *(name for name, _ in PARTS)} <= found.keys():
        raise CannotFetchError(f"{base}{ROUTE}: this is no data-protection report; is it an Achterban?")
    return {"source": base, "fetched": datetime.now(UTC).isoformat(timespec="seconds"), **found}


def write(out: Path, report: Report) -> list[Path]:
    """Both files, each whole or not at all."""
    bodies = {".json": json.dumps(report, indent=2, ensure_ascii=False) + "\n", ".html": page(report)}
    parts = {ending: out.with_name(f"{out.name}{ending}.part") for ending in bodies}
    try:
        for ending, body in bodies.items():
            parts[ending].write_text(body, "utf-8")
        return [part.replace(out.with_name(f"{out.name}{ending}")) for ending, part in parts.items()]
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def page(report: Report) -> str:
    """The report as HTML."""
    tables = [
        _table(heading, ("what", "people", "on which consent"), [_holding(each) for each in report[name]])
        for name, heading in PARTS
    ]
    kept = [(each["what"], _days(each["days"]), each["basis"]) for each in report["kept"]]
    tables.append(_table("How long what is kept", ("what", "days", "why"), kept))
    counted = "Everybody was counted." if report["exact"] else "The table is large: these are the figures of a part of it."
    title = "What is stored, of how many, how long, on which consent"
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        f"<p>{escape(report['source'])}, {escape(report['fetched'])}. {counted} "
        f"No number is shown of a group under ten, nor of all but so few.</p>\n"
        f"<p>Supporters: <strong>{_number(report['supporters'])}</strong>. "
        f"Erased: <strong>{_number(report['erased'])}</strong>.</p>\n"
        f"{''.join(tables)}</body>\n</html>\n"
    )


def _holding(held: Report) -> tuple[str, str, str]:
    described = f" ({held['described']})" if held["described"] else ""
    return f"{held['what']}{described}", _number(held["people"]), held["basis"]


def _table(heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>\n<caption>{escape(heading)}</caption>\n<tr>{head}</tr>\n{body}</table>\n"


def _number(people: int | None) -> str:
    return FEW if people is None else f"{people:,}"


def _days(days: int | None) -> str:
    return "for good, or until erased" if days is None else f"{days:,}"


if __name__ == "__main__":
    sys.exit(main())
