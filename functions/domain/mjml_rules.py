"""What MJML may hold here: elements, where each may stand, and the attributes it knows.

From the MJML 4 documentation (documentation.mjml.io, section Components), less what mails of ours do not use: web fonts
and includes (they load from elsewhere), and navbar, accordion and carousel (few mail programs show them).
"""

from collections.abc import Mapping

BODY = "mj-body"
_BLOCKS = "mj-section mj-wrapper mj-hero mj-raw"
_CONTENT = "mj-text mj-image mj-button mj-divider mj-spacer mj-table mj-social mj-raw"

# Element -> the elements that may stand directly in it.
CHILDREN: Mapping[str, frozenset[str]] = {
    parent: frozenset(children.split())
    for parent, children in {
        "mjml": "mj-head mj-body",
        "mj-head": "mj-title mj-preview mj-attributes mj-breakpoint mj-style mj-raw",
        "mj-body": _BLOCKS,
        "mj-wrapper": "mj-section mj-hero",
        "mj-section": "mj-column mj-group mj-raw",
        "mj-group": "mj-column mj-raw",
        "mj-column": _CONTENT,
        "mj-hero": _CONTENT,
        "mj-social": "mj-social-element mj-raw",
    }.items()
}
# Elements that hold HTML or text; mj-attributes holds defaults for any element.
TEXTUAL = frozenset(["mj-text", "mj-button", "mj-table", "mj-social-element", "mj-raw", "mj-title", "mj-preview", "mj-style"])

_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_FONT = "color font-family font-size font-style font-weight letter-spacing line-height text-align text-decoration text-transform"
_GROUND = "background-color background-url background-repeat background-size background-position"
_GROUND_XY = "background-position-x background-position-y"
_CELL = f"{_PADDING} container-background-color align"

_OWN: Mapping[str, str] = {
    "mjml": "lang dir owa",
    "mj-head": "",
    "mj-title": "",
    "mj-preview": "",
    "mj-attributes": "",
    "mj-breakpoint": "width",
    "mj-style": "",  # `inline` is accepted by mjml-python and then not done
    "mj-raw": "",  # `position` fails in mjml-python
    "mj-body": "background-color width css-class",
    "mj-wrapper": f"{_PADDING} {_BORDER} {_GROUND} {_GROUND_XY} full-width text-align",
    "mj-section": f"{_PADDING} {_BORDER} {_GROUND} {_GROUND_XY} direction full-width text-align",
    "mj-group": "background-color direction vertical-align width",
    "mj-column": f"{_PADDING} {_BORDER} background-color direction vertical-align width inner-background-color inner-border "
    "inner-border-top inner-border-right inner-border-bottom inner-border-left inner-border-radius",
    "mj-hero": f"{_PADDING} background-color background-height background-position background-url background-width border-radius "
    "height inner-background-color inner-padding mode vertical-align width",
    "mj-text": f"{_CELL} {_FONT} height vertical-align",
    "mj-image": f"{_CELL} {_BORDER} alt fluid-on-mobile font-size height href max-height name rel sizes src srcset target title "
    "usemap width",
    "mj-button": f"{_CELL} {_BORDER} {_FONT} background-color height href inner-padding name rel target title vertical-align width",
    "mj-divider": f"{_CELL} border-color border-style border-width width",
    "mj-spacer": f"{_PADDING} container-background-color height vertical-align",
    "mj-table": f"{_CELL} {_FONT} border cellpadding cellspacing role table-layout width",
    "mj-social": f"{_CELL} {_FONT} border-radius icon-height icon-padding icon-size inner-padding mode text-padding vertical-align",
    "mj-social-element": f"{_PADDING} {_FONT} align alt background-color border-radius css-class href icon-height icon-padding "
    "icon-position icon-size name rel sizes src srcset target text-padding title vertical-align",
}
_STYLED = frozenset(_OWN) - frozenset(
    ["mjml", "mj-head", "mj-title", "mj-preview", "mj-attributes", "mj-breakpoint", "mj-style", "mj-raw", "mj-body"]
)
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(own.split()) | (frozenset(("css-class", "mj-class")) if name in _STYLED else frozenset())
    for name, own in _OWN.items()
}
WITH_DEFAULTS = _STYLED | {"mj-all", "mj-class", "mj-body"}
EVERY_ATTRIBUTE = frozenset().union(*ATTRIBUTES.values()) | {"name"}
# In HTML within MJML. What runs, embeds or asks for input does not belong in a mail.
REFUSED_HTML = frozenset(
    ["script", "iframe", "object", "embed", "form", "input", "textarea", "select", "video", "audio", "svg", "link", "base"]
)

# Names a template may use, and where: "text" (between tags), "attribute", "any". `words.*` are the texts of strings/*.json.
ANYWHERE = "any"
COLOURS = "light dark"
LAYOUT_NAMES: Mapping[str, str] = {
    "language": ANYWHERE,
    "preheader": "text",
    "list_name": "text",
    "greeting": "text",
    "opening": "text",
    "blocks": "text",
    "signature": "text",
    "portrait": "attribute",
    "portrait_alt": "attribute",
    "postal_address": "text",
    "unsubscribe": "attribute",
    "choices": "attribute",
    "indication": "text",
    "topics": "text",
    "pixel": "text",
    "party.name": "text",
    "party.shown_name": "text",
    "party.website": "text",
    "party.link": "attribute",
    "party.logo": "attribute",
    "party.logo_alt": "attribute",
    "party.logo_width": "attribute",
    "party.logo_height": "attribute",
    "label": ANYWHERE,
    "label.sponsor": "text",
    "label.election": "text",
    "label.notice": "attribute",
}
BLOCK_NAMES: Mapping[str, str] = {
    "kicker": "text",
    "title": "text",
    "text": "text",
    "button": "text",
    "link": "attribute",
    "alt": "attribute",
    "picture": "attribute",
    "portrait": "attribute",
    "when": "text",
    "where": "text",
    "who": "text",
    "answers": ANYWHERE,
    "answer.text": "text",
    "answer.link": "attribute",
}
REQUIRED_NAMES: Mapping[str, str] = {
    "blocks": "where the chosen blocks go, directly under mj-body",
    "greeting": "the greeting",
    "signature": "the person who signs",
    "unsubscribe": "the link that unsubscribes",
    "choices": "the link to the page of choices",
    "indication": "that a mail chosen for its reader is political advertising, in an mj-text of its own near the top",
    "postal_address": "the postal address of the party",
    "words.why": "why the reader gets this mail",
    "pixel": "the place of the pixel, in an mj-raw directly under mj-body",
}
