"""What goes wrong in more than one place: queues, SES and reads at their worst, and many faults at once."""

import random
from collections.abc import Callable

from local.faultlab.run import Lab, Result
from local.faultlab.wire import Call, Choose, Fault

SEEDS, DAYS_SEED = 10, 100
DAY_S = 86_401.0  # the next day of a spread send has begun
# Of every call that is made, by chance: this share fails so.
SHARES = ((Fault.BEFORE, 0.03), (Fault.LOST, 0.03), (Fault.SLOW, 0.03), (Fault.KILLED, 0.01))


def queues(lab: Lab) -> Result:
    """Every nudge comes again and batches come shuffled, plan and deliver alike."""
    lab.platform.faults.duplicate_messages = lab.platform.faults.shuffled_batches = 40

    def nudge_more(send: str) -> None:
        for number in range(4):
            lab.platform.send_message("deliver", {"send": send, "chunk": f"{number:05d}"})
            lab.platform.send_message("plan", {"send": send, "part": number % 2})

    return lab.run(hold=False, everyone=True, start=nudge_more)


def reports(lab: Lab) -> Result:
    """SES reports twice, in reverse, and while its own answers are still on their way."""
    lab.platform.faults.duplicate_feedback = lab.platform.faults.shuffled_feedback = 40
    return lab.run(_slow("SendEmail"), hold=False)


def throttling(lab: Lab) -> Result:
    """SES throttles in a burst, longer than one mail tries."""
    lab.platform.faults.ses_throttles = 12
    return lab.run(hold=False)


def slow(lab: Lab) -> Result:
    """Every answer takes its time."""
    return lab.run(lambda call: Fault.SLOW, hold=False)


def stale(lab: Lab) -> Result:
    """Where a read may be eventually consistent, it sees nothing yet, three times."""
    return lab.run(lambda call: Fault.STALE if call.what.split()[0] in ("Query", "Scan") and call.nth < 3 else None)


def silence(lab: Lab) -> Result:
    """SES takes every third mail and answers none of those."""
    return lab.run(lambda call: Fault.LOST if call.what == "SendEmail" and call.nth % 3 == 0 else None)


def deaths(lab: Lab) -> Result:
    """The first three visits of deliver die right after SES took a mail."""
    return lab.run(lambda call: Fault.KILLED if (call.what, call.nth) in _AFTER_A_MAIL else None)


_AFTER_A_MAIL = {("UpdateItem messages", n) for n in (0, 4, 9)}


def days(lab: Lab) -> Result:
    """A send is spread over days; each call may fail, by chance."""
    return lab.run(drawn(DAYS_SEED), terms={"spread": {"per_day": max(1, len(lab.supporters) // 3)}}, round_s=DAY_S)


def chance(seed: int) -> Callable[[Lab], Result]:
    """Many faults at once. SES's reports come at the end for odd seeds, at once for even ones."""

    def run(lab: Lab) -> Result:
        return lab.run(drawn(seed), hold=bool(seed % 2))

    run.__doc__ = f"Each call may fail, by chance; seed {seed}."
    return run


def drawn(seed: int) -> Choose:
    """The same seed gives the same call the same fault."""

    def choose(call: Call) -> Fault | None:
        draw = random.Random(f"{seed}|{call.function}|{call.what}|{call.nth}").random()
        for fault, share in SHARES:
            if draw < share:
                return fault
            draw -= share
        return None

    return choose


def _slow(what: str) -> Choose:
    return lambda call: Fault.SLOW if call.what == what else None


SCENARIOS: tuple[Callable[[Lab], Result], ...] = (queues, reports, throttling, slow, stale, silence, deaths, days)


def all_scenarios() -> list[Callable[[Lab], Result]]:
    return [*SCENARIOS, *(chance(seed) for seed in range(SEEDS))]


def play(lab: Lab, scenario: Callable[[Lab], Result]) -> Result:
    try:
        return scenario(lab)
    finally:
        lab.platform.faults.reset()
