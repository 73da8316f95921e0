"""Staff tokens of this machine: a JWT with the claims that the deployment's identity provider gives, signed with a local key."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROLES = ("editor", "sender", "admin", "auditor")
ISSUER = "achterban-local"
HOURS = 12


class StaffTokens:
    """Makes and reads tokens with the key in `data_dir`; the key is made on first use."""

    def __init__(self, data_dir: Path) -> None:
        self._key = _key(data_dir / "staff-key")

    def make(self, *roles: str, subject: str = "local-staff", hours: float = HOURS) -> str:
        """A token that staff can send as `Authorization: Bearer ...`. Raises ValueError for an unknown role."""
        unknown = sorted(set(roles) - set(ROLES))
        if unknown:
            raise ValueError(f"unknown role: {', '.join(unknown)} (there are {', '.join(ROLES)})")
        issued = int(time.time())
        claims = {
            "sub": subject,
            "email": f"{subject}@example.org",
            "cognito:groups": list(roles),
            "token_use": "access",
            "iss": ISSUER,
            "iat": issued,
            "exp": issued + int(hours * 3600),
        }
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
        return f"{signed}.{_encode(self._sign(signed))}"

    def claims(self, authorization: str | None) -> dict[str, str] | None:
        """The claims as API Gateway's JWT authorizer passes them: all text. None = 401."""
        scheme, _, token = (authorization or "").strip().rpartition(" ")
        signed, _, signature = token.rpartition(".")
        if scheme.lower() not in ("", "bearer") or signed.count(".") != 1:
            return None
        try:
            if not hmac.compare_digest(_decode(signature), self._sign(signed)):
                return None
            claims = json.loads(_decode(signed.partition(".")[2]))
        except (binascii.Error, ValueError):
            return None
        if claims.get("iss") != ISSUER or claims.get("exp", 0) <= time.time():
            return None
        return {name: _as_text(value) for name, value in claims.items()}

    def _sign(self, signed: str) -> bytes:
        return hmac.digest(self._key, signed.encode(), hashlib.sha256)


def command(data_dir: Path) -> str:
    """What to type for a token of the platform that keeps its data there."""
    python = Path(sys.executable)
    short = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else Path("python")
    kept = "" if data_dir.resolve() == Path(".local").resolve() else f" --data {data_dir}"
    return f"{short} -m local token --role editor --role sender{kept}"


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(str, value))}]"  # API Gateway writes arrays this way
    return value if isinstance(value, str) else json.dumps(value)


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


def _part(value: Any) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(value: Iterable[int] | bytes) -> str:
    return base64.urlsafe_b64encode(bytes(value)).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
