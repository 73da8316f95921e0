"""Staff's Markdown as safe HTML and as plain text. What is safe is nh3's business, not ours."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from textwrap import TextWrapper

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "h3", "blockquote", "br"}
SCHEMES = {"http", "https", "mailto"}
WIDTH = 72

_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["html_block", "html_inline", "code", "fence", "hr"])
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HREF = re.compile(r'href="([^"]*)"')

To = Callable[[str], str]


def _same(url: str) -> str:
    return url


def to_html(text: str, link: To = _same) -> str:
    """HTML of TAGS alone, well-formed as XML, without attributes but `href`. `link` gives each web address its new one.

    Headings of any level become h3: the mail's own titles stand above them.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3"
    raw = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(raw, tags=TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes=SCHEMES, link_rel=None)
    led = _HREF.sub(lambda found: f'href="{_escaped(_led_to(unescape(found[1]), link))}"', clean)
    return _NOT_XML.sub("", led.replace("<br>", "<br />").replace("&nbsp;", "&#160;")).strip()


def has_picture(text: str) -> bool:
    """Whether it asks for a picture, which no text shows."""
    return any(inline.type == "image" for token in _PARSER.parse(text) for inline in token.children or [])


def _led_to(url: str, link: To) -> str:
    return url if url.startswith("mailto:") else link(url)


def _escaped(url: str) -> str:
    return url.replace("&", "&amp;").replace('"', "&#34;").replace("<", "&lt;").replace(">", "&gt;")


def to_text(text: str, link: To = _same) -> str:
    """Plain text in lines of at most 72 characters (a long address has its own): paragraphs apart, `- ` lists, links as
    `words (address)`."""
    return "\n\n".join(_blocks(iter(_PARSER.parse(text)), link, WIDTH))


def _blocks(tokens: Iterator[Token], link: To, width: int, until: str = "") -> Iterator[str]:
    for token in tokens:
        if token.type == until:
            return
        if token.type == "inline":
            yield wrapped(_inline(token.children or [], link), width)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            yield "\n".join(_items(tokens, token, link, width))
        elif token.type == "blockquote_open":
            inner = "\n\n".join(_blocks(tokens, link, width - 2, "blockquote_close"))
            yield "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))


def _items(tokens: Iterator[Token], opened: Token, link: To, width: int) -> Iterator[str]:
    ordered = opened.type == "ordered_list_open"
    number = int(opened.attrs.get("start", 1)) if ordered else 0
    for token in tokens:
        if token.type == opened.type.replace("open", "close"):
            return
        mark = f"{number}. " if ordered else "- "
        inner = "\n".join(_blocks(tokens, link, width - len(mark), "list_item_close"))
        yield mark + inner.replace("\n", "\n" + " " * len(mark))
        number += 1


def _inline(tokens: list[Token], link: To) -> str:
    parts: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in tokens:
        if token.type == "link_open":
            opened.append((len(parts), str(token.attrs["href"])))
        elif token.type == "link_close":
            start, url = opened.pop()
            words = "".join(parts[start:])
            parts[start:] = [_led(words, url, link)]
        else:
            parts.append({"softbreak": " ", "hardbreak": "\n", "image": ""}.get(token.type, token.content))
    return "".join(parts)


def _led(words: str, url: str, link: To) -> str:
    shown = _led_to(url, link).removeprefix("mailto:")
    return shown if words in (url, shown) else f"{words} ({shown})"


def wrapped(text: str, width: int = WIDTH) -> str:
    """Text in lines of at most this width; a longer word has a line of its own."""
    wrapper = TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(line for hard in text.split("\n") for line in wrapper.wrap(hard) or [""])
