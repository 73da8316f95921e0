"""When a send will be through, as far as that can be said beforehand."""

from collections.abc import Callable

MINUTE_S = 60
DAY_S = 86_400
FARTHEST_S = 60 * DAY_S  # beyond that nobody plans, and a forecast says nothing


def ends_at(
    mails: int,
    per_second: float,
    start_s: int,
    may_mail: Callable[[int], bool] = lambda at_s: True,
    cap: Callable[[int], int | None] = lambda day: None,
) -> int | None:
    """The epoch second at which the last of so many mails is handed to SES, by the minute. None: more than 60 days on.

    `may_mail`: whether people may be mailed at this moment. `cap`: the most of a day, counted from 0; a day is 24 hours from the
    first mail on.
    """
    left, at_s, first_s, day, today = float(mails), start_s, start_s, 0, 0.0
    while left > 0 and at_s < start_s + FARTHEST_S:
        if may_mail(at_s):
            if left == mails:
                first_s = at_s
            if (at_s - first_s) // DAY_S != day:
                day, today = (at_s - first_s) // DAY_S, 0.0
            most = cap(day)
            some = min(left, per_second * MINUTE_S, left if most is None else max(0.0, most - today))
            left, today = left - some, today + some
        at_s += MINUTE_S
    return at_s if left <= 0 else None
