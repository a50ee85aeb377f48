"""What to say: a script's text with its placeholders filled. Pure: it knows words, not rows (the desk gathers the facts).

A script (models.Script) is plain text in three kinds of paragraph, parted by blank lines:

- said aloud, as it stands;
- `> …`: a hint for the specialist, not said;
- `[…] …`: said only in the case named in the brackets (a branch).

`{word}` is replaced by what is known of this customer; the words are PLACEHOLDERS. A known word without a value shows its
label as a gap to be filled by asking; an unknown one is shown as it was typed, so that a typing error is seen, not hidden.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

PLACEHOLDERS: dict[str, LazyText] = {
    "greeting": _("Greeting"),  # good morning, good afternoon, good evening, by the store's clock
    "agent": _("Your name"),
    "store": _("Store"),  # the name said on the phone
    "hotline": _("Service hotline"),
    "customer": _("Customer"),
    "person": _("Person to ask for"),  # the bringer, else the contact person of a company, else the customer
    "car": _("Car"),  # what one calls it: plate and series
    "plate": _("Plate"),
    "model": _("Model"),
    "odometer": _("Odometer"),
    "day": _("Date"),  # of the delivery, or of the settled order: "3月15日"
    "days": _("Days since"),
    "consultant": _("Sales consultant"),
    "advisor": _("Service adviser"),
    "work": _("Work done"),
    "order_no": _("Order no."),
    "address": _("Address"),
    "service_due": _("Next service"),  # as worked out: about when
    "due_km": _("Next service (km)"),
    "last_visit": _("Last visit"),
    "months_away": _("Months since the last visit"),
    "warranty_end": _("Warranty until"),
    "inspection_due": _("Inspection due"),
    "policy_end": _("Insured until"),
    "insurer": _("Insurer"),
    "group": _("Renewal group"),
    "years": _("Years since"),
    "festival": _("Festival"),
    "complaint_no": _("Complaint no."),
    "complaint_summary": _("What the customer says"),
    "resolution": _("Resolution"),
    "subject": _("What about"),
    "agreed": _("Agreed time"),
}

_WORD = re.compile(r"\{([a-z_]+)\}")
MESSAGE_CASES = {"zh": "短信", "en": "Message"}  # the branch of a script that is sent, not said
_BRANCH = re.compile(r"^\[([^\]]{1,40})\]\s*")


@dataclass(frozen=True)
class Paragraph:
    """`kind` is "say", "hint" or "branch"; `when` the case of a branch; `html` safe text with the gaps marked."""

    kind: str
    html: SafeString
    when: str = ""


def render(body: str, facts: dict[str, object]) -> list[Paragraph]:
    """The paragraphs of `body` with every `{word}` filled from `facts` (values are escaped; None and "" count as unknown)."""
    paragraphs = []
    for text in re.split(r"\n\s*\n", body.strip().replace("\r\n", "\n")):
        if not text.strip():
            continue
        branch = _BRANCH.match(text)
        if text.startswith(">"):
            lines = "\n".join(line.removeprefix(">").strip() for line in text.split("\n"))
            paragraphs.append(Paragraph("hint", _fill(lines, facts)))
        elif branch:
            paragraphs.append(Paragraph("branch", _fill(text[branch.end() :], facts), when=branch.group(1)))
        else:
            paragraphs.append(Paragraph("say", _fill(text, facts)))
    return paragraphs


def message(body: str, facts: dict[str, object], case: str = "") -> str:
    """The text to send: the branch named `case` where the body has one, else all that is said aloud; hints are not sent.

    What is not known is left out: a message has no gaps to be filled by asking.
    """
    parts = [text.strip() for text in re.split(r"\n\s*\n", body.strip().replace("\r\n", "\n"))]
    branches = {match.group(1): text[match.end() :] for text in parts if (match := _BRANCH.match(text))}
    said = [text for text in parts if not text.startswith(">") and not _BRANCH.match(text)]
    text = branches.get(case) or "\n".join(said)
    return re.sub(r" {2,}", " ", _WORD.sub(lambda match: str(facts.get(match.group(1)) or ""), text)).strip()


def _fill(text: str, facts) -> SafeString:
    parts, end = [], 0
    for match in _WORD.finditer(text):
        parts += [_lines(text[end : match.start()]), _slot(match.group(1), facts)]
        end = match.end()
    parts.append(_lines(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped


def _lines(text: str) -> str:
    return conditional_escape(text).replace("\n", "<br>")


def _slot(word: str, facts) -> str:
    if word not in PLACEHOLDERS:
        return format_html('<mark class="slot unknown">{{{}}}</mark>', word)
    value = facts.get(word)
    if value is None or value == "":
        return format_html('<mark class="slot gap">{}</mark>', PLACEHOLDERS[word])
    return format_html('<b class="slot">{}</b>', value)
