"""How large the largest mail of an edition can become. Gmail shows about 102 KB of HTML and cuts off the rest."""

from collections.abc import Sequence

from functions.domain.assembly import CompiledEntry, CompiledLanguage
from functions.domain.slots import FORMS, INDICATED, MARKER, TOPICS, in_html

WARN, REFUSE = 90_000, 100_000  # bytes of HTML
_GREETING = 60 * 5 + 30  # the longest name, each character escaped or four bytes, and the words around it
_MESSAGE_TOKEN, _PAGE_TOKEN = len("/c/") + 36, len("/u/") + 44
_IMAGE = 80  # the pixel's markup around its address


def _length(marked: str, form: int, compiled: CompiledLanguage, public_url: str) -> int:
    longest = {
        "LINK": len(public_url) + _MESSAGE_TOKEN,
        "GREETING": _GREETING,
        "UNSUBSCRIBE": len(public_url) + _PAGE_TOKEN,
        "CHOICES": len(public_url) + _PAGE_TOKEN,
        "ANSWERS": len(public_url) + _PAGE_TOKEN,
        "PIXEL": len(public_url) + _MESSAGE_TOKEN + _IMAGE,
    }
    for slot, names in (("INDICATION", INDICATED), ("TOPICS", (TOPICS,))):
        said = [compiled.indications[name][0] for name in names if name in compiled.indications] if f"@@{slot}@@" in marked else []
        longest[slot] = max((_length(html, form, compiled, public_url) for html in said), default=0)
    length = len(MARKER.sub("", marked).encode())
    for found in MARKER.finditer(marked):
        length += len(in_html(compiled.forms[int(found[2])][form]).encode()) if found[1] == "F" else longest[found[1]]
    return length


def largest(compiled: CompiledLanguage, entries: Sequence[CompiledEntry], show: int, public_url: str) -> tuple[int, list[int]]:
    """Bytes of HTML of the largest pick with the longest slots, and that pick's entries, largest first."""
    found: list[tuple[int, list[int]]] = []
    for form in range(len(FORMS)):
        shell = _length(compiled.html_head + compiled.html_tail, form, compiled, public_url)
        sizes = [_length(fragment, form, compiled, public_url) for fragment in compiled.html_fragments]
        # Must-haves first, whatever their size: they are in every mail.
        by_size = sorted(range(len(sizes)), key=lambda entry: (not entries[entry].must, -sizes[entry]))[:show]
        found.append((shell + sum(sizes[entry] for entry in by_size), sorted(by_size, key=lambda entry: -sizes[entry])))
    return max(found)
