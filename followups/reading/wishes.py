"""A customer's wishes as her page lists them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.models import Change
from customers.models import DoNotContact
from followups.wording import rule_label

FORMER_SHOWN = 5


@dataclass(frozen=True)
class WishLine:
    """`what` in words: channel · topic · car; `ended` how it ended ("" while it holds), `ended_by` who lifted it, `ended_at` when."""

    wish: DoNotContact
    what: str
    ended: str = ""
    ended_by: str = ""
    ended_at: dt.datetime | None = None


def what(wish) -> str:
    """`打电话 · 续保提醒 · 沪A8F2K1`."""
    channel = wish.get_channel_display() if wish.channel else _("All channels")
    topic = rule_label(wish.topic) if wish.topic else _("All topics")
    return " · ".join(str(part) for part in (channel, topic, wish.vehicle.name if wish.vehicle else "") if part)


def wishes_of(customer, today: dt.date) -> dict:
    """`living` and the last `former` wishes, newest first. Three queries."""
    rows = DoNotContact.objects.filter(customer=customer).select_related("vehicle", "by").order_by("-created_at", "-pk")
    over = Q(is_void=True) | Q(expires_on__lt=today)
    former = list(rows.filter(over)[:FORMER_SHOWN])
    lifted = {
        change.object_id: change
        for change in Change.objects.of_customer(customer.pk)
        .filter(store_id=customer.store_id, deed="lift_wish", object_id__in=[wish.pk for wish in former])
        .order_by("at")
    }
    return {
        "living": [WishLine(wish, what(wish)) for wish in rows.exclude(over)],
        "former": [_former(wish, lifted.get(wish.pk)) for wish in former],
    }


def _former(wish, change) -> WishLine:
    if not wish.is_void or change is None:
        return WishLine(wish, what(wish), _("ran out"))
    return WishLine(wish, what(wish), _("lifted"), change.actor_name, change.at)
