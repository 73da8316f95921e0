"""`report.html`: one file that tells the whole run. Charts are SVG, pictures are inside, nothing is fetched, no script."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from functions.adapters import charts
from functions.adapters.charts import Bar, Span
from local.client import Client
from local.demo import story
from local.demo.facts import Facts
from local.demo.mailbox import read_file
from local.demo.own_pages import Own
from local.demo.story import Clicked, Shown
from local.demo.summary import comparison_line

Pair = tuple[Shown, ...]

_SOURCE = re.compile(r"(<img\s[^>]*?src=\")([^\"]*)(\")")
_HREF = re.compile(r"(<a\b[^>]*?)\shref=\"[^\"]*\"")
_PIXEL = re.compile(r"<img\s[^>]*?src=\"[^\"]*/o/[^\"]*\"[^>]*>")
_WIDEST = 560  # pixels of a picture in the report
_STATES = ("delivered", "sent", "delayed", "complained", "bounced", "rejected", "failed", "unknown", "skipped")
_GROUPS = {
    "a": ("delivered", "sent"),
    "b": ("delayed", "complained", "bounced", "rejected"),
    "c": ("skipped", "failed", "unknown"),
}
PURPOSES: Mapping[str, str] = {
    "newsletter": "the newsletter, per list (from the import)",
    "declared_topics": "articles chosen by topics they tick",
    "observed_interest": "articles chosen by what they click",
    "click_measurement": "counting their clicks",
    "open_pixel": "a picture that tells of opening",
    "answers": "keeping what they answer to polls",
}
TRUTHS: Mapping[str, str] = {
    "click": "A person clicks a personal link",
    "scan": "A scanner clicks every personal link of a mail",
    "scan elsewhere": "A scanner visits shared links, choices, unsubscribe",
    "open": "A person opens, pictures load",
    "proxied open": "A person opens, a proxy fetches the picture",
    "prefetch": "A proxy fetches the picture unasked",
}


def pictures(mails: Pair, url: str) -> dict[str, str]:
    """Address -> data URL, for every picture of these mails; fetched as a mail program does."""
    client = Client(url)
    wanted = {source for mail in mails for _, source, _ in _SOURCE.findall(read_file(Path(mail.file)).html)}
    return {source: _inside(client.get(source).body) for source in wanted if source.startswith(url) and "/o/" not in source}


def _inside(image: bytes) -> str:
    """A picture as a data URL, no larger than it is shown."""
    with Image.open(BytesIO(image)) as picture:
        picture.thumbnail((_WIDEST, _WIDEST))
        out, kind = BytesIO(), "png" if picture.mode in ("P", "RGBA", "LA") else "jpeg"
        picture.save(out, kind, **({} if kind == "png" else {"quality": 76, "optimize": True}))
    return f"data:image/{kind};base64,{b64encode(out.getvalue()).decode()}"


def render(facts: Facts, figures: Mapping[str, Any], mails: Pair, inside: Mapping[str, str], own: Sequence[Own] = ()) -> str:
    """The whole page."""
    here = Path(__file__).parent
    jinja = Environment(
        loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    discovery = story.discovery(facts)
    topics, blocks = story.clicks_per_topic(facts), story.clicks_per_block(facts)
    steps = story.funnel(facts)
    return jinja.get_template("report.html.jinja").render(
        facts=facts,
        figures=figures,
        steps=steps,
        funnel=charts.funnel(steps, "The journey as a funnel, from rows in the file to interest tags"),
        mails=[(mail, document(mail, inside)) for mail in mails],
        own=own,
        comparison=_comparison(figures["comparison"]),
        ratio=_ratio(figures["comparison"]),
        comparison_line=comparison_line(figures["comparison"]),
        topics=topics,
        topic_chart=_topic_chart(topics),
        blocks=blocks,
        block_chart=_block_chart(blocks),
        discovery=discovery,
        heat=charts.heat(
            [found.topic for found in discovery.topics],
            [found.topic for found in discovery.topics],
            discovery.heat,
            "Hidden favourite against derived tag: share of those who like a topic who have the tag",
        ),
        truths=[(TRUTHS[doing], row) for doing, row in figures["verdicts_against_truth"].items()],
        states=[state for state in _STATES if any(state in send["states"] for send in figures["sends"])],
        states_chart=_states_chart(figures["sends"]),
        purposes=PURPOSES,
        consents_chart=_consents_chart(figures["consents"]),
    )


def document(mail: Shown, inside: Mapping[str, str]) -> str:
    """The mail as a document of its own: pictures inside, links and pixel taken out."""
    html = _HREF.sub(r"\1", _PIXEL.sub("", read_file(Path(mail.file)).html))
    return _SOURCE.sub(lambda found: found[1] + inside.get(found[2], "") + found[3], html)


def _comparison(compared: Mapping[str, Any]) -> Markup:
    rows = [
        Span(name, arm["rate"], arm["low"], arm["high"], style, f"{arm['rate']:.2f}")
        for name, arm, style in (("Selected", compared["selected"], "a"), ("Staff's order", compared["editorial"], "b"))
    ]
    return charts.spans(rows, "Human clicks per delivered mail in both arms, with 95 % intervals")


def _ratio(compared: Mapping[str, Any]) -> Markup | None:
    if compared["ratio"] is None:
        return None
    row = Span(
        "Selected / staff's order", compared["ratio"], compared["low"], compared["high"], "a", f"{compared['ratio']:.2f} times"
    )
    return charts.spans([row], "The ratio of both click rates with its 95 % interval; the line marks 1, no difference", mark=1)


def _topic_chart(topics: Sequence[Clicked]) -> Markup:
    rows = [Bar(t.name, (("a", t.clicks),), f"{t.clicks}  ·  {t.rate:.0f} per 100") for t in topics]
    return charts.bars(rows, "Human clicks per topic")


def _block_chart(blocks: Sequence[Clicked]) -> Markup:
    rows = [Bar(_short(b.name), (("a", b.clicks), ("b", b.shared)), f"{b.clicks} + {b.shared}") for b in blocks]
    return charts.bars(rows, "Clicks per block, on personal and on shared links")


def _short(text: str, longest: int = 32) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _states_chart(sends: Sequence[Mapping[str, Any]]) -> Markup:
    rows = [
        Bar(
            f"{send['number']}. {_short(send['edition'].partition('-')[2].partition('-')[2].replace('-', ' '), 28)}",
            [(style, sum(send["states"].get(state, 0) for state in states)) for style, states in _GROUPS.items()],
            f"{send['planned']} planned",
        )
        for send in sends
    ]
    return charts.bars(rows, "Messages per send: delivered; bounced, complained or delayed; not sent")


def _consents_chart(consents: Mapping[str, Mapping[str, int]]) -> Markup:
    rows = [Bar(name.replace("_", " "), (("a", n["now"]),), str(n["now"])) for name, n in consents.items()]
    return charts.bars(rows, "Consents that hold now, per purpose")
