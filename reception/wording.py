"""How contacts, refusals and lines of the reception read, in the reader's language."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.dcrc import thousands
from reception.choices import DecidedHow, Mood, WorkDecision


def money(amount: Decimal) -> str:
    """`¥1,280` or `¥1,280.50`."""
    whole = amount == amount.to_integral_value()
    return f"¥{thousands(int(amount))}" if whole else f"¥{amount:,.2f}"


def word_contacts(rows) -> dict[int, str]:
    """{contact id: text} for the timeline of the customer's page (settings.CONTACT_ORIGINS)."""
    return {row.pk: _WORDS.get(row.summary.get("code"), lambda summary: "")(row.summary) for row in rows}


def _lounge(summary) -> str:
    parts = [_("Care in the lounge"), dict(Mood.choices).get(summary.get("mood"), "")]
    if summary.get("complaint"):
        parts.append(_("complaint %(number)s") % {"number": summary["complaint"]})
    return " · ".join(str(part) for part in parts if part)


def _work(summary) -> str:
    number = summary.get("items") or 0
    items = ngettext("%(n)s item", "%(n)s items", number) % {"n": number}
    try:
        total = money(Decimal(summary.get("total", "")))
    except InvalidOperation:
        total = ""
    decision = dict(WorkDecision.choices).get(summary.get("decision"), "")
    how = dict(DecidedHow.choices).get(summary.get("how"), "")
    parts = (_("Added work"), summary.get("number"), items, total, decision, how)
    return " · ".join(str(part) for part in parts if part)


_WORDS = {"lounge": _lounge, "work": _work}


def why_not(refusal) -> str:
    """A refusal of the services (services.Outrun) in words."""
    record = refusal.record
    by = getattr(record, "arrived_by", None)
    if refusal.code == "here" and by is not None:
        return _("%(customer)s is here already, received by %(person)s.") % {"customer": record.customer, "person": by}
    return {
        "here": _("The customer is here already, or this visit was taken off the list."),
        "not_today": _("That is only possible on the day itself."),
        "not_expected": _("This visit is not waited for any more."),
        "not_here": _("The customer is not here any more."),
        "work_begun": _(
            "There are notes or added work on this visit, so it stays. Mark that the customer has left instead."
        ),
    }.get(refusal.code, _("Somebody has written down another decision meanwhile. Please look again."))
