"""List prices of what a send uses, in US dollars without tax, free tiers or discounts. Change them here and nowhere else.

Checked on 22 November 2026, as far as it could be. `source` says how sure a price is, that of N. Virginia first:
  list   AWS's price list (for SES a copy of it of 22 July 2026); Lambda is the same in Ireland.
  told   a page of 2026 that is not AWS's says the same: for SQS cloudburn.io/blog/amazon-sqs-pricing (March 2026), for HTTP APIs
         and log bytes go-cloud.io/aws-api-gateway-pricing, for Secrets Manager hivebook.wiki.
  known  remembered and found nowhere: check it against your bill. So are all of Ireland's but Lambda's; where Ireland has the
         same figure as N. Virginia, that too is an assumption.
"""

from dataclasses import dataclass
from enum import StrEnum

SEEN = "2026-11-22"


class Unit(StrEnum):
    WRITE = "DynamoDB write units"
    READ = "DynamoDB read units"
    LAMBDA_CALL = "Lambda requests"
    GB_SECOND = "Lambda GB-seconds (arm64)"
    SQS = "SQS requests"
    SNS = "SNS publishes"
    S3_PUT = "S3 PUT, COPY, LIST"
    S3_GET = "S3 GET"
    HTTP = "HTTP API requests"
    LOG_BYTE = "CloudWatch log bytes"
    SECRET = "Secrets Manager calls"  # noqa: S105 - a name


@dataclass(frozen=True)
class Price:
    """Dollars for one unit, in N. Virginia and in Ireland."""

    us_east_1: float
    eu_west_1: float
    source: str

    def of(self, region: str) -> float:
        return {"us-east-1": self.us_east_1, "eu-west-1": self.eu_west_1}[region]


REGIONS = ("us-east-1", "eu-west-1")
PRICES = {
    Unit.WRITE: Price(0.625e-6, 0.705e-6, "list (Ireland known)"),
    Unit.READ: Price(0.125e-6, 0.141e-6, "list (Ireland known)"),
    Unit.LAMBDA_CALL: Price(0.20e-6, 0.20e-6, "list"),
    Unit.GB_SECOND: Price(0.0000133334, 0.0000133334, "list"),
    Unit.SQS: Price(0.40e-6, 0.40e-6, "told (Ireland known)"),
    Unit.SNS: Price(0.50e-6, 0.50e-6, "known"),
    Unit.S3_PUT: Price(5.0e-6, 5.0e-6, "known"),
    Unit.S3_GET: Price(0.4e-6, 0.4e-6, "known"),
    Unit.HTTP: Price(1.00e-6, 1.11e-6, "told (Ireland known)"),
    Unit.LOG_BYTE: Price(0.50e-9, 0.57e-9, "told (Ireland known)"),
    Unit.SECRET: Price(5.0e-6, 5.0e-6, "told (Ireland known)"),
}
SES_PER_MILLION = {"à la carte": 100.0, "Essentials": 160.0}  # list; new accounts start on Essentials since 21 July 2026
STORAGE_GB_MONTH = Price(0.25 + 0.20, 0.283 + 0.226, "known")  # table, and its point-in-time recovery
