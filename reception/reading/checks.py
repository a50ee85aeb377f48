"""What to verify with a customer who stands at the desk (F3, S0 服专接待): asked face to face it costs nothing."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.masking import masked
from customers.choices import PhoneState
from customers.models import Phone
from customers.reading import days_since
from customers.services.conflicts import shown_value
from dms.models import Conflict

VERIFY_AFTER_DAYS = 180  # S1 asks for data that is right, not how often it is looked at: half a year, INF
BAD = (PhoneState.WRONG, PhoneState.DEAD)


@dataclass(frozen=True)
class Check:
    """One thing to ask. `what` is what a confirmation of it posts ("phone:12", "address"; "": nothing to confirm with one touch);
    `value` as it may be shown."""

    words: str
    tone: str = ""
    what: str = ""
    value: str = ""


def conflicts_of(customer_ids) -> dict[int, list[Conflict]]:
    """{customer: the values that the DMS tells otherwise, one of each field}. One query."""
    rows = Conflict.objects.standing().undecided().filter(customer_id__in=customer_ids).order_by("-pk")
    found = defaultdict(dict)
    for conflict in rows:
        found[conflict.customer_id].setdefault((conflict.model, conflict.object_id, conflict.field), conflict)
    return {pk: list(each.values()) for pk, each in found.items()}


def phones_of(customer_ids) -> dict[int, list[Phone]]:
    """{customer: her living numbers, the primary one first}. One query."""
    found = defaultdict(list)
    for phone in Phone.objects.alive().filter(customer_id__in=customer_ids).order_by("-is_primary", "id"):
        found[phone.customer_id].append(phone)
    return found


def checks_of(customer, phones, conflicts, *, today: dt.date, zone) -> list[Check]:
    """The most urgent first."""
    checks = []
    if customer.unreachable_on is not None:
        words = _("Out of reach since %(day)s: ask for a number that works.")
        checks.append(Check(words % {"day": customer.unreachable_on.isoformat()}, "bad"))
    checks += _numbers(phones, today, zone)
    checks += _address(customer, today, zone)
    for conflict in conflicts:
        sides = [shown_value(conflict.field, side) or "–" for side in (conflict.ours, conflict.theirs)]
        words = _("%(field)s: which one is right, ours or that of the DMS?") % {"field": conflict.label}
        checks.append(Check(words, "warn", value=" ≠ ".join(sides)))
    return checks


def _numbers(phones, today, zone):
    usable = [phone for phone in phones if phone.state not in BAD]
    if not usable:
        yield Check(_("No usable number: ask for one."), "bad")
    for phone in phones:
        value, what = masked(phone.number), f"phone:{phone.pk}"
        if phone.state in BAD:
            yield Check(_("This number was found wrong or dead."), "bad", what, value)
        elif phone.is_primary or phone is usable[0]:
            days = days_since(phone.verified_at, today, zone)
            if days is None:
                yield Check(_("The number was never confirmed."), "warn", what, value)
            elif days > VERIFY_AFTER_DAYS:
                yield Check(_long_ago(_("The number was confirmed %(age)s."), days), "warn", what, value)


def _address(customer, today, zone):
    if not customer.address:
        yield Check(_("No address on file."), "warn")
        return
    stamp = customer.verified.get("address")
    days = days_since(parse_datetime(stamp) if stamp else None, today, zone)
    if days is None:
        yield Check(_("The address was never confirmed."), "", "address", customer.address)
    elif days > VERIFY_AFTER_DAYS:
        yield Check(_long_ago(_("The address was confirmed %(age)s."), days), "", "address", customer.address)


def _long_ago(words, days):
    months = days // 30
    return words % {"age": ngettext("%(n)s month ago", "%(n)s months ago", months) % {"n": months}}
