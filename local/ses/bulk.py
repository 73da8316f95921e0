"""SendBulkEmail with inline content: one call, up to 50 mails, each with an answer of its own."""

import json
import re
from collections.abc import Mapping
from typing import Any

from local.ses.capture import Capture
from local.ses.mail import Mail, SesError, bad_request

MOST_ENTRIES = 50
MOST_BYTES = 1_000_000  # a request with inline content
MOST_DATA = 262_144

_SLOT = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")
STATUS = {
    "MessageRejected": "MESSAGE_REJECTED",
    "MailFromDomainNotVerifiedException": "MAIL_FROM_DOMAIN_NOT_VERIFIED",
    "NotFoundException": "CONFIGURATION_SET_NOT_FOUND",
    "AccountSuspendedException": "ACCOUNT_SUSPENDED",
    "SendingPausedException": "ACCOUNT_SENDING_PAUSED",
    "TooManyRequestsException": "ACCOUNT_THROTTLED",
    "LimitExceededException": "ACCOUNT_DAILY_QUOTA_EXCEEDED",
}


def send(capture: Capture, request: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The answer of SendBulkEmail: a status per entry. Raises SesError when the call as a whole is wrong."""
    template = ((request.get("DefaultContent") or {}).get("Template")) or {}
    inline = template.get("TemplateContent")
    if not inline:
        raise bad_request("DefaultContent.Template.TemplateContent is required: there are no stored templates on this machine.")
    entries = request.get("BulkEmailEntries") or []
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise bad_request(f"BulkEmailEntries: 1 to {MOST_ENTRIES}, not {len(entries)}.")
    if size > MOST_BYTES:
        raise bad_request(f"A request with inline content is at most {MOST_BYTES} bytes, not {size}.")
    for part in inline.values():
        if any(sign in part for sign in ("{{#", "{{/", "{{>", "{{{")):
            raise bad_request("Inline content allows simple substitutions only.")
    return {"BulkEmailEntryResults": [_entry(capture, request, template, entry) for entry in entries]}


def _entry(capture: Capture, request: Mapping[str, Any], template: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    try:
        values = _values(template, entry)
        content, missing = _filled(template["TemplateContent"], values)
        mail: Mail = capture.mail(_as_single(request, template, entry, content))
        capture.admit(mail)
    except SesError as error:
        return {"Status": STATUS.get(error.code, "INVALID_PARAMETER"), "Error": error.message}
    if missing:
        capture.fail_to_render(mail, f"Attribute '{missing}' is not present in the rendering data.")
    else:
        capture.send(mail)
    return {"Status": "SUCCESS", "MessageId": mail.message_id}


def _values(template: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    replacement = ((entry.get("ReplacementEmailContent") or {}).get("ReplacementTemplate") or {}).get("ReplacementTemplateData")
    merged: dict[str, Any] = {}
    for data in (template.get("TemplateData"), replacement):
        if data is None:
            continue
        if len(data) > MOST_DATA:
            raise bad_request(f"TemplateData is at most {MOST_DATA} characters.")
        try:
            merged |= json.loads(data)
        except (ValueError, TypeError):
            raise bad_request("TemplateData is not a JSON object.") from None
    return merged


def _filled(content: Mapping[str, str], values: Mapping[str, Any]) -> tuple[dict[str, str], str | None]:
    """The parts with their slots filled, unescaped as in SES; and the first name that has no value."""
    missing = [name for part in content.values() for name in _SLOT.findall(part) if name not in values]
    filled = {kind: _SLOT.sub(lambda found: str(values.get(found[1], "")), part) for kind, part in content.items()}
    return filled, missing[0] if missing else None


def _as_single(
    request: Mapping[str, Any], template: Mapping[str, Any], entry: Mapping[str, Any], content: Mapping[str, str]
) -> dict[str, Any]:
    headers = {h["Name"].lower(): h for h in [*(template.get("Headers") or ()), *(entry.get("ReplacementHeaders") or ())]}
    tags = {t["Name"]: t for t in [*(request.get("DefaultEmailTags") or ()), *(entry.get("ReplacementTags") or ())]}
    body = {kind: {"Data": content[kind]} for kind in ("Text", "Html") if kind in content}
    simple = {"Subject": {"Data": content.get("Subject", "")}, "Body": body, "Headers": list(headers.values())}
    return {
        "FromEmailAddress": request.get("FromEmailAddress"),
        "ReplyToAddresses": request.get("ReplyToAddresses"),
        "ConfigurationSetName": request.get("ConfigurationSetName"),
        "Destination": entry.get("Destination"),
        "EmailTags": list(tags.values()),
        "Content": {"Simple": simple},
    }
