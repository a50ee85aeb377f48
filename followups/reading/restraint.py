"""Restraint in words: how often a customer was contacted and by whom, what stands before a card, and the list of overrides."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.choices import Channel
from followups import wording
from followups.choices import Restraint
from followups.services.restraint import contacts_of

NAMED = 3  # contacts named in a line


def contacted(contacts, days: int, now: dt.datetime) -> str:
    """`7天内已联系2次：李静 3月2日 外呼；陈晨 3月4日 短信`."""
    parts = [_one(contact, now) for contact in contacts[:NAMED]]
    who = _("; ").join(parts) + (" …" if len(contacts) > NAMED else "")
    words = ngettext(
        "Contacted %(n)d time within %(days)d days: %(who)s",
        "Contacted %(n)d times within %(days)d days: %(who)s",
        len(contacts),
    )
    return words % {"n": len(contacts), "days": days, "who": who}


def _one(contact, now) -> str:
    channel = dict(Channel.choices)[contact.channel]
    return f"{contact.by_name or '—'} {wording.day(contact.at.astimezone(now.tzinfo).date())} {channel}"


def contacted_briefly(contacts, days: int) -> str:
    """`7天内已联系2次（李静、陈晨）`: for a list."""
    names = list(dict.fromkeys(contact.by_name or "—" for contact in contacts))
    words = ngettext(
        "contacted %(n)d time within %(days)d days (%(who)s)",
        "contacted %(n)d times within %(days)d days (%(who)s)",
        len(contacts),
    )
    return words % {"n": len(contacts), "days": days, "who": _(", ").join(names[:NAMED])}


def contacted_lines(customer_ids, dial, now: dt.datetime) -> dict[int, str]:
    """{customer id: `contacted_briefly`} of those who were. One query."""
    contacts = contacts_of(customer_ids, since=now - dt.timedelta(days=dial.budget_days))
    return {customer_id: contacted_briefly(rows, dial.budget_days) for customer_id, rows in contacts.items()}


def contacted_line(customer, dial, now: dt.datetime) -> str:
    """`contacted` of one customer, "" where she was not. One query."""
    contacts = contacts_of([customer.pk], since=now - dt.timedelta(days=dial.budget_days)).get(customer.pk, [])
    return contacted(contacts, dial.budget_days, now) if contacts else ""


def obstacle_words(obstacle, now: dt.datetime) -> str:
    """What stands before a card, with who contacted her when."""
    if obstacle.restraint == Restraint.BUDGET:
        return contacted(obstacle.contacts, obstacle.days, now)
    names = User.objects.filter(pk__in=obstacle.people).order_by("full_name").values_list("full_name", flat=True)
    return _("Has heard %(names)s already; one of them should call.") % {"names": _(", ").join(names)}
