"""The account's quota with SES, as it is now."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.quota import Quota

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class Quotas:
    def __init__(self, client: "SESV2Client") -> None:
        self._client = client

    def now(self) -> Quota | None:
        """None when SES does not say at this moment: GetAccount may be called once a second by the whole account."""
        try:
            told = self._client.get_account()["SendQuota"]
        except (ClientError, BotoCoreError):
            return None
        return Quota(told["MaxSendRate"], told["Max24HourSend"], told["SentLast24Hours"])
