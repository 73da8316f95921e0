"""What SES lets an account send, and what that means for a number of mails."""

from dataclasses import dataclass

# SES, e-mail from a Lambda or elsewhere, US$ per 1,000 mails, a la carte, without data: https://aws.amazon.com/ses/pricing/
PRICE_PER_1000 = 0.10
PRICED_ON = "2026-11-22"


@dataclass(frozen=True)
class Quota:
    """As GetAccount answers: mails a second, mails in 24 hours (-1: no limit), and sent in the last 24 hours."""

    rate: float
    per_day: float
    sent: float

    @property
    def left(self) -> int | None:
        """Mails that may still go out today; None without a limit."""
        return None if self.per_day < 0 else max(0, int(self.per_day - self.sent))

    def fits(self, mails: int) -> bool:
        return self.left is None or mails <= self.left

    def minutes(self, mails: int) -> float:
        """How long SES takes at its full rate, to a tenth of a minute."""
        return round(mails / max(self.rate, 0.1) / 60, 1)


def price(mails: int) -> float:
    """What SES asks for so many mails at its list price, in US$."""
    return round(mails * PRICE_PER_1000 / 1000, 2)
