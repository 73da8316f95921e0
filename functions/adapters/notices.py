"""Mails that the platform writes to one person by itself: confirm your sign-up, your link, a receipt. Never tracked.

The words are files, `templates/notices/words/<language>/<kind>.json`: subject, heading, text (paragraphs apart by a blank
line), button, small.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formataddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from functions.adapters.mailer import TRACKING_OFF, Answer, Outcome, Sender, meaning_of, unanswered
from functions.adapters.pages import TEMPLATES, Voice, in_voice
from functions.domain.supporter import LANGUAGES

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


@dataclass(frozen=True)
class Notice:
    """One such mail. `kind` names its words; `url` is where its button leads ("" for none); `values` fill the words."""

    kind: str
    url: str
    values: Mapping[str, str]
    html: str = ""  # staff's own words in place of the text, already made safe
    text: str = ""  # the same as plain text


class Notices:
    def __init__(self, client: "SESV2Client", public_url: str, templates: Path = TEMPLATES) -> None:
        self._client, self._public_url = client, public_url
        self._party: dict[str, Any] = json.loads((templates / "party.json").read_text("utf-8"))
        folder = templates / "notices"
        self._words = {
            code: {file.stem: json.loads(file.read_text("utf-8")) for file in (folder / "words" / code).glob("*.json")}
            for code in LANGUAGES
        }
        jinja = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._html, self._text = jinja.get_template("notice.html"), jinja.get_template("notice.txt")

    def make(self, notice: Notice, voice: Voice) -> tuple[str, str, str]:
        """Subject, HTML and plain text. Line ends in the subject become blanks: values are people's own."""
        words = in_voice(self._words[voice.language][notice.kind], voice.form, {"party": self._party["name"], **notice.values})
        values = {"words": words, "notice": notice, "party": self._party, "language": voice.language, "host": self._public_url}
        return " ".join(words["subject"].split()), self._html.render(values), self._text.render(values)

    def send(self, notice: Notice, voice: Voice, to: str, sender: Sender) -> Answer:
        """Hand it to SES. The only tag is its kind: nothing that tells of a person."""
        subject, html, text = self.make(notice, voice)
        try:
            answer = self._client.send_email(
                FromEmailAddress=formataddr((sender.name, sender.address)),
                ReplyToAddresses=[sender.reply_to],
                Destination={"ToAddresses": [to]},
                ConfigurationSetName=sender.configuration_set,
                EmailTags=[{"Name": "notice", "Value": notice.kind}],
                ConfigurationOverrides=TRACKING_OFF,
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        # RFC 3834: an answer by machine to what a person did, so that no out-of-office replies to it.
                        "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                        "Body": {"Html": {"Data": html, "Charset": "UTF-8"}, "Text": {"Data": text, "Charset": "UTF-8"}},
                    }
                },
            )
        except ClientError as error:
            return meaning_of(error)
        except BotoCoreError as error:
            return unanswered(error)
        return Answer(Outcome.ACCEPTED, ses_id=answer["MessageId"])
