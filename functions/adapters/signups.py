"""Sign-ups that wait for their confirmation: the table `signups`, and what a confirmation reads and writes beside it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, item, plain, typed
from functions.adapters.lifting import Lifting
from functions.domain.consent import ConsentAnswer, Purpose
from functions.domain.joining import DAYS, SignUp
from functions.domain.supporter import FormOfAddress, address_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OF_A_PERSON = ("address", "address_hash", "name", "answers", "stood", "topics", "too_young", "silent", "speak", "address_as")


class SignUps(Lifting):
    """`signups`, `identities` and `suppressions`; all reads are consistent. A row that has expired is not there."""

    def __init__(self, client: "DynamoDBClient", signups: str, identities: str, suppressions: str, address_key: bytes) -> None:
        super().__init__(client, suppressions)
        self._signups, self._identities, self._key = signups, identities, address_key

    def hash(self, address: str) -> str:
        """The keyed hash of a normalised address."""
        return address_hash(self._key, address)

    def keep(self, sign_up: SignUp) -> None:
        self._client.put_item(
            TableName=self._signups, Item=item(_item(sign_up)), ConditionExpression="attribute_not_exists(signup)"
        )

    def read(self, id_: str, now_s: float) -> SignUp | None:
        found = self._get(self._signups, "signup", id_)
        return _sign_up(found) if found and found["expires"] > now_s else None

    def known(self, hashed: str) -> str | None:
        """The supporter with the address of this hash."""
        found = self._get(self._identities, "identity", f"a#{hashed}")
        return str(found["supporter"]) if found else None

    def confirming(self, sign_up: SignUp) -> Mapping[str, Any]:
        """The write that confirms it, once, and keeps nothing of the person."""
        gone = {f"#{n}": name for n, name in enumerate(_OF_A_PERSON)}
        return {
            "Update": {
                "TableName": self._signups,
                "Key": {"signup": typed(sign_up.id)},
                "UpdateExpression": f"SET #state = :confirmed REMOVE {', '.join(gone)}",
                "ConditionExpression": "#state = :waiting",
                "ExpressionAttributeNames": {"#state": "state", **gone},
                "ExpressionAttributeValues": {":confirmed": typed("confirmed"), ":waiting": typed("waiting")},
            }
        }

    def naming(self, hashed: str, supporter: str, gone: str | None) -> Mapping[str, Any]:
        """The write by which a supporter is found by their address: nobody has it, or one who is gone."""
        values = {":gone": typed(gone)} if gone else {}
        return {
            "Put": {
                "TableName": self._identities,
                "Item": item({"identity": f"a#{hashed}", "supporter": supporter}),
                "ConditionExpression": "attribute_not_exists(#identity)" + (" OR supporter = :gone" if gone else ""),
                "ExpressionAttributeNames": {"#identity": "identity"},
                **({"ExpressionAttributeValues": values} if values else {}),
            }
        }

    def _get(self, table: str, key: str, value: str) -> Item | None:
        found = self._client.get_item(TableName=table, Key={key: {"S": value}}, ConsistentRead=True).get("Item")
        return plain(found) if found else None


def _item(sign_up: SignUp) -> Item:
    return {
        "signup": sign_up.id,
        "state": "waiting",
        "list": sign_up.list,
        "at": sign_up.at,
        "expires": sign_up.at // 1000 + DAYS * 86_400,
        "address": sign_up.address,
        "address_hash": sign_up.address_hash,
        "name": sign_up.name,
        "language": sign_up.language,
        "form": sign_up.form.value,
        "speak": sign_up.speak,
        "address_as": sign_up.address_as.value,
        "wording": sign_up.wording,
        "answers": [
            {"purpose": a.purpose.value, "yes": a.yes, "wording": a.wording, "sha256": a.wording_sha256, "list": a.list or ""}
            for a in sign_up.answers
        ],
        "stood": sign_up.stood or None,
        "topics": sign_up.topics or None,
        "too_young": sign_up.young,
        "silent": sign_up.silent,
    }


def _sign_up(stored: Item) -> SignUp:
    return SignUp(
        id=stored["signup"],
        list=stored["list"],
        at=stored["at"],
        address=stored.get("address", ""),
        address_hash=stored.get("address_hash", ""),
        name=stored.get("name", ""),
        language=stored["language"],
        form=FormOfAddress(stored["form"]),
        speak=stored.get("speak") or stored["language"],
        address_as=FormOfAddress(stored.get("address_as") or stored["form"]),
        wording=stored["wording"],
        answers=tuple(
            ConsentAnswer(Purpose(a["purpose"]), a["yes"], a["wording"], a["sha256"], a["list"] or None)
            for a in stored.get("answers", ())
        ),
        stood=frozenset(Purpose(purpose) for purpose in stored.get("stood", ())),
        topics=stored.get("topics", frozenset()),
        young=stored.get("too_young", False),
        silent=stored.get("silent", False),
        confirmed=stored["state"] == "confirmed",
    )
