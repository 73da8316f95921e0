"""Text as it stands within a JSON string, as bytes: for mails that are JSON from the first byte on."""

import json

_CONTROLS = tuple(bytes((code,)) for code in range(32) if code != 10)
_QUOTE = {1: (b"\\\\", b'\\"', b"\\n"), 2: (b"\\\\\\\\", b'\\\\\\"', b"\\\\n")}
_QUOTED = bytes(range(32)) + b'"\\'


def quoted(text: bytes, depth: int = 1) -> bytes:
    """UTF-8 as it stands within the quotes of a JSON string; with depth 2, of a JSON document that is itself such a string.

    Ten times as fast as `json.dumps`: mails hold few characters that JSON escapes.
    """
    if any([control in text for control in _CONTROLS]):  # noqa: C419 - a generator takes twice the time
        return _slowly(text, depth)
    backslash, quote, line = _QUOTE[depth]
    return text.replace(b"\\", backslash).replace(b'"', quote).replace(b"\n", line)


def _slowly(text: bytes, depth: int) -> bytes:
    for _ in range(depth):
        text = json.dumps(text.decode(), ensure_ascii=False)[1:-1].encode()
    return text


def needs_quoting(text: bytes) -> bool:
    """Whether quoting would change a (short) text."""
    return len(text.translate(None, _QUOTED)) != len(text)
