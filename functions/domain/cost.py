"""What a number of mails costs: SES's list price on either plan, and what the platform around it uses. US dollars, without tax."""

from dataclasses import dataclass

PRICED_ON = "2026-11-22"
# A thousand mails, https://aws.amazon.com/ses/pricing/. Essentials is the plan of new accounts since 21 July 2026, and dearer as
# long as nobody changes it (PutAccountPricingAttributes, plan NONE): docs/deploy.md. Its first ten million a month.
A_LA_CARTE, ESSENTIALS = 0.10, 0.16
# A million mails with SES's reports about them, as bills were metered at N. Virginia's prices (`make bench`): the highest of
# those seen; docs/performance.md has the last one.
METERED_PER_MILLION, METERED_ON = 5.72, "2026-11-28"


@dataclass(frozen=True)
class Cost:
    """Dollars, to the cent; `platform` is everything but SES."""

    ses_a_la_carte: float
    ses_essentials: float
    platform: float

    @property
    def a_la_carte(self) -> float:
        return round(self.ses_a_la_carte + self.platform, 2)

    @property
    def essentials(self) -> float:
        return round(self.ses_essentials + self.platform, 2)


def cost(mails: int) -> Cost:
    return Cost(
        ses_a_la_carte=round(mails * A_LA_CARTE / 1_000, 2),
        ses_essentials=round(mails * ESSENTIALS / 1_000, 2),
        platform=round(mails * METERED_PER_MILLION / 1_000_000, 2),
    )
