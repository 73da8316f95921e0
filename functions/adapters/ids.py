"""New ids, from the operating system's randomness."""

import secrets


def new_id() -> str:
    """8 characters base64url, random."""
    return secrets.token_urlsafe(6)
