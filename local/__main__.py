"""`python -m local`: the whole platform on this machine."""

import logging
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.panel import Panel

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="""Achterban on this machine, without AWS and without Docker.

    Start it with `serve`, make yourself a staff token with `token`, and look at what would have been mailed in the outbox:
    nothing leaves this computer. What you do is kept in the data folder and is there again after a restart.""",
)
console = Console(stderr=True)
Data = Annotated[Path, typer.Option(help="Where everything is kept. Remove the folder to start anew.")]


@app.command()
def serve(
    data: Data = Path(".local"),
    port: Annotated[int, typer.Option(help="Where the platform answers. Links in mails carry it, so keep it.")] = 8765,
    ceiling: Annotated[str, typer.Option(help="The most that consent may allow: editorial, declared or observed.")] = "observed",
    staff: Annotated[str, typer.Option(help="Where test sends may go, separated by commas.")] = "staff@example.org",
    speed: Annotated[float, typer.Option(help="Simulated seconds per second, for people in a hurry.")] = 1.0,
) -> None:
    """Run the platform until Ctrl-C. Data survives; what is under way is finished or kept."""
    from local.clock import AcceleratedClock
    from local.ministack import CannotStartError
    from local.platform import Platform

    if ceiling not in ("editorial", "declared", "observed"):
        raise typer.BadParameter(f"{ceiling}: choose editorial, declared or observed", param_hint="--ceiling")
    signals: list[int] = []  # no Event: setting one inside a signal handler can dead-lock with the wait it interrupts
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: _leave_at_once(number) if signals else signals.append(number))
    addresses = tuple(a.strip() for a in staff.split(",") if a.strip())
    clock = AcceleratedClock(speed=speed)
    with Platform(data, clock=clock, ceiling=ceiling, port=port, staff_addresses=addresses) as platform:
        console.print(_welcome(platform.url, data))
        while platform.ministack.alive and not signals:
            time.sleep(0.1)
        signals.append(0)
        alive = platform.ministack.alive
        console.print("Stopping: finishing what is under way and keeping the rest. Ctrl-C leaves at once.")
    if not alive:
        raise CannotStartError(f"The emulator ended by itself; {data / 'ministack.log'} may say why.")
    console.print(f"Stopped. Everything is kept in {data}.")


def _welcome(url: str, data: Path) -> Panel:
    from local.tokens import command

    lines = (
        f"[bold]{url}[/]  start here",
        f"[bold]{url}/outbox[/]  the mails that would have gone out",
        f"[bold]{url}/v1/docs[/]  the staff API",
        f"[bold]{command(data)}[/]  a staff token",
        "Ctrl-C stops it.",
    )
    return Panel("\n".join(lines), title="Achterban", expand=False)


@app.command()
def token(
    role: Annotated[list[str], typer.Option(help="editor, sender, admin or auditor; may be repeated.")],
    subject: Annotated[str, typer.Option(help="Who you are, in the audit log.")] = "local-staff",
    hours: Annotated[float, typer.Option(help="How long it is good.")] = 12.0,
    data: Data = Path(".local"),
) -> None:
    """Print a staff token for the platform that keeps its data in --data.

    Use it so: curl -H "Authorization: Bearer $(python -m local token --role editor)" http://127.0.0.1:8765/v1/lists
    """
    from local.tokens import StaffTokens

    try:
        print(StaffTokens(data).make(*role, subject=subject, hours=hours))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--role") from None


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the results go; what the last run left there is replaced.")] = Path("build/demo"),
    seed: Annotated[int, typer.Option(help="Other people with other tastes.")] = 2027,
    quick: Annotated[bool, typer.Option("--quick", help="Two editions to 60 supporters, to see whether it works.")] = False,
) -> None:
    """Run the whole journey with simulated supporters: import, eight editions, consent, clicks, interests, a comparison.

    Writes every mail, a report to open in a browser and the figures. Ends with 1 when one of its self-checks fails.
    """
    from local.demo.run import main as run

    raise typer.Exit(run(out, seed, quick))


def _leave_at_once(number: int) -> None:
    os._exit(128 + number)  # the emulator notices and keeps its state by itself


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[RichHandler(console=console, show_path=False)])
    # A SystemExit unwinds every `with`, so that the emulator is stopped in good order.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    from local.ministack import CannotStartError

    try:
        app()
    except CannotStartError as error:
        console.print(f"[bold red]{error}[/]", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
