"""A send's report as a page: one file without script or third parties, in the party's colours, to read, print and pass on."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from functions.adapters import templates
from functions.adapters.charts import Bar, bars, funnel
from functions.staff_api.report_results import GoalShown, Group, Report
from functions.staff_api.results import SendShown

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SHOWN_LINKS = 12  # in the picture; the table has all
_VERDICTS = {"open": "Open.", "reached": "Reached, on time.", "late": "Reached, but late.", "missed": "Not reached."}


def page(send: SendShown, report: Report, name: str) -> str:
    """The HTML. `name`: what the edition is called."""
    theme = templates.theme()
    html: str = (
        _jinja()
        .get_template("report.html")
        .render(
            name=name,
            send=send,
            report=report,
            party=theme,
            style=_style(),
            words={
                "state": _state(send),
                "counted": _moment(report.counted_at),
                "verdict": _VERDICTS[report.goal.standing] if report.goal else "",
                "goal": _goal(report.goal) if report.goal else "",
            },
            cards=_cards(report),
            rows=_rows(report),
            funnel=_funnel(report),
            links=send.links or (),
            bars=_bars(send.links or ()),
        )
    )
    return html


@cache
def _jinja() -> Environment:
    folder = templates.FOLDER / "staff"
    loader = FileSystemLoader(folder)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _style() -> Markup:
    theme = templates.theme()
    light, dark = ("".join(f"--{name}:{colour};" for name, colour in c.items()) for c in (theme.light, theme.dark))
    own = (templates.FOLDER / "staff" / "style.css").read_text("utf-8")
    rules = f":root{{color-scheme:light dark;{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{own}"
    return Markup(rules)  # noqa: S704 - our own file and the party's own colours


def _state(send: SendShown) -> str:
    said = f"{send.state.capitalize()}, asked for by {send.requested_by} on {_moment(send.requested_at)} (UTC)"
    if send.ended_at:
        said += f"; at rest since {_moment(send.ended_at)}"
    return f"{said}. {send.reason or ''}".strip()


def _goal(goal: GoalShown) -> str:
    what = f"{goal.target:,} {goal.metric.replace('_', ' ').replace(':', ' ')} by {goal.by}, {goal.owner} answers for it."
    then = "" if goal.value_by is None else f" It was {_number(goal.value_by)} when that day had passed."
    return f"{what} Now {_number(goal.value)}.{then}"


def _cards(report: Report) -> list[tuple[str, str]]:
    rates = report.rates
    return [
        (f"{report.delivered:,}", f"delivered{_share(rates.delivered, 'of those sent')}"),
        (f"{report.bounced.permanent + report.bounced.transient:,}", f"bounced{_share(rates.bounced, 'of those sent')}"),
        (f"{report.complained:,}", f"complained{_share(rates.complained, 'of those delivered')}"),
        (_number(report.unsubscribed), f"left the list by it{_share(rates.unsubscribed, 'of those delivered')}"),
    ]


def _rows(report: Report) -> list[tuple[str, int]]:
    rows = [(f"skipped: {why.replace('_', ' ')}", n) for why, n in report.skipped_by.items()]
    rows += [(f"failed: {why}", n) for why, n in report.failed_by.items()]
    rows += [
        ("not decided yet", report.open),
        ("unknown whether mailed", report.unknown),
        ("on its way", report.on_its_way),
        ("bounced for good", report.bounced.permanent),
        ("bounced for now", report.bounced.transient),
        ("rejected by SES", report.rejected),
        ("delivered", report.delivered),
    ]
    return [row for row in rows if row[1] or row[0] == "delivered"]


def _funnel(report: Report) -> Markup:
    held_back = report.skipped + report.failed
    steps = [
        ("planned", report.planned, f"{report.open:,} not decided yet" if report.open else ""),
        ("sent", report.sent, f"{held_back:,} skipped or failed, {report.unknown:,} unknown"),
        ("delivered", report.delivered, f"{report.bounced.permanent + report.bounced.transient:,} bounced"),
    ]
    says = ", ".join(f"{label} {n:,}" for label, n, _ in steps)
    return funnel(steps, f"From plan to mailbox: {says}")


def _bars(links: tuple[dict[str, Any], ...]) -> Markup | None:
    shown = [link for link in links if link["clicks"] or link["personal_clicks"]]
    shown.sort(key=lambda link: -(link["clicks"] or 0) - (link["personal_clicks"] or 0))
    rows = [
        Bar(
            f"{link['n']} · {link['block'] or 'around the blocks'}"[:34],
            [("a", link["clicks"] or 0), ("b", link["personal_clicks"] or 0)],
            f"{(link['clicks'] or 0) + (link['personal_clicks'] or 0):,}",
        )
        for link in shown[:SHOWN_LINKS]
    ]
    return bars(rows, "Clicks of the links followed most") if rows else None


def _number(n: Group) -> str:
    return f"{n:,}" if isinstance(n, int) else n


def _share(share: float | None, of: str) -> str:
    return "" if share is None else f", {share:.2%} {of}"


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
