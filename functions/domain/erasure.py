"""What is left of a supporter who was erased, and why: proof, and not mailing them again (GDPR art. 17(3))."""

from base64 import b32encode
from dataclasses import dataclass
from hashlib import blake2b

# Of the supporter: that there was one, and when they went. What is not named here goes, also what later versions add.
TOMBSTONE = frozenset({"supporter", "state", "erased_at", "receipt", "created", "updated", "version"})
# Of a row of the ledger: what a send's totals count, and for how long it is kept. No name, no address, no picks.
ROW = frozenset(
    {
        *("chunk", "supporter", "state", "reason", "at", "sent_at", "delivered_at", "settled_at", "ses_id", "claim", "expires"),
        *("version", "ruleset", "selection", "links", "pixel", "arm", "language", "form"),
    }
)
# Of a consent record: which words, yes or no, when, in which language, through what. The columns of an import go.
PROOF = frozenset(
    {
        *("supporter", "record", "id", "purpose", "act", "list", "at"),
        *("wording", "wording_sha256", "language", "source", "actor"),
    }
)
SWEEP_AFTER_MS = 5 * 60_000  # longer than a delivery's visit, which may have read the supporter just before they went


@dataclass(frozen=True)
class Erased:
    """`at` is epoch milliseconds; `receipt` is what the person can show."""

    supporter: str
    at: int
    receipt: str


def receipt_of(key: bytes, supporter: str) -> str:
    """The receipt's number, "ABCD-EFGH": always the same for one supporter, and nothing that tells who it was."""
    text = b32encode(blake2b(supporter.encode(), digest_size=5, key=key, person=b"receipt").digest()).decode()
    return f"{text[:4]}-{text[4:]}"
