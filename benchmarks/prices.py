"""List prices of what a send uses, in US dollars without tax, free tiers or discounts. Change them here and nowhere else.

Seen in November 2026. `source`: "list" = read in AWS's price list, "known" = from AWS's pricing pages as remembered,
to be checked against your bill; Ireland's DynamoDB and API Gateway prices are of the second kind.
"""

from dataclasses import dataclass
from enum import StrEnum

SEEN = "2026-11"


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
    Unit.SQS: Price(0.40e-6, 0.40e-6, "known"),
    Unit.SNS: Price(0.50e-6, 0.50e-6, "known"),
    Unit.S3_PUT: Price(5.0e-6, 5.0e-6, "known"),
    Unit.S3_GET: Price(0.4e-6, 0.4e-6, "known"),
    Unit.HTTP: Price(1.00e-6, 1.11e-6, "known"),
    Unit.LOG_BYTE: Price(0.50e-9, 0.57e-9, "known"),
    Unit.SECRET: Price(5.0e-6, 5.0e-6, "known"),
}
SES_PER_MILLION = {"à la carte": 100.0, "Essentials": 160.0}
STORAGE_GB_MONTH = Price(0.25 + 0.20, 0.283 + 0.226, "known")  # table, and its point-in-time recovery
