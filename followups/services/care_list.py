"""The care list: messages to be sent (birthdays, anniversaries, festivals, lost contacts). Sending is somebody's phone, WeChat, or an
SMS platform; here it is marked, once, with a line in the contact ledger, which the contact budget counts.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from audit import services as audit
from audit.choices import AccessKind, Source
from audit.models import Change
from audit.services import change_row
from common.festivals import festival_day
from common.insert_select import insert_select
from customers.choices import Channel, PhoneKind, PhoneState, Stage
from customers.models import Customer, Phone, Vehicle
from customers.services.contacts import record_contacts
from customers.services.wishes import living
from followups.choices import CloseReason, Festival, ItemState
from followups.models import DueItem
from followups.services.cards import lock_cards, recompute_cards
from followups.services.restraint import open_relatives

LOT = 500
ORIGIN = "followups.message"  # of the rows in the contact ledger; wording is followups.wording's
FESTIVAL = "festival"  # the rule of festival greetings
FESTIVAL_LEAD_DAYS = 7
WAYS = (Channel.SMS, Channel.WECHAT)


@dataclass
class Sent:
    """`done` were marked; `quiet` were passed over, because the customer does not want such messages."""

    done: int = 0
    quiet: int = 0


def to_send(store):
    return DueItem.objects.filter(store=store, state=ItemState.TO_SEND)


def quiet_about(items_customer: str, items_vehicle: str, topic, *, channel, today) -> Exists:
    """Whether a wish of the customer speaks against messages through `channel`, of rows with these columns."""
    wishes = living(today).filter(
        Q(topic="") | Q(topic=topic),
        Q(vehicle__isnull=True) | Q(vehicle=OuterRef(items_vehicle)) if items_vehicle else Q(vehicle__isnull=True),
        customer=OuterRef(items_customer),
        channel__in=("", channel),
    )
    return Exists(wishes)


def mobiles(customers):
    """The numbers of these customers (ids, or an OuterRef) that take a text message, of each the one to take first."""
    states = (PhoneState.UNKNOWN, PhoneState.GOOD)
    whose = {"customer": customers} if isinstance(customers, OuterRef) else {"customer__in": customers}
    phones = Phone.objects.alive().filter(kind=PhoneKind.MOBILE, state__in=states, **whose)
    return phones.order_by("customer_id", "-is_primary", "pk")


# --- Marking ----------------------------------------------------------------------------------------------------------
def mark_sent(items, *, store, channel, by, now) -> Sent:
    """These messages of `store` (a queryset) were sent through `channel`. What is no longer to be sent is passed over, so a second
    click marks nothing twice. Not within a transaction: a lot is one.
    """
    if channel not in WAYS:
        raise ValidationError({"channel": _("Choose how they were sent.")})
    result = Sent()
    for ids in _lots(items, store):
        told = _mark_sent(ids, store, channel, by, now, result)
        recompute_cards(open_relatives(told), store=store, now=now)
    return result


@transaction.atomic
def _mark_sent(ids, store, channel, by, now, result):
    quiet = quiet_about("customer_id", "vehicle_id", OuterRef("rule"), channel=channel, today=store.day_of(now))
    items = list(_locked(ids, store, is_quiet=quiet))
    result.quiet += sum(item.is_quiet for item in items)
    items = [item for item in items if not item.is_quiet]
    values = {"state": ItemState.DONE, "reason": CloseReason.SENT, "reason_params": {"channel": str(channel)}}
    _close(items, values, by, now)
    record_contacts(
        [
            {
                "store_id": store.pk,
                "customer_id": item.customer_id,
                "vehicle_id": item.vehicle_id,
                "at": now,
                "channel": channel,
                "connected": False,  # nobody spoke; it counts as a contact all the same (the budget asks for both)
                "by": by,
                "topics": [item.rule],
                "origin": ORIGIN,
                "origin_id": item.pk,
            }
            for item in items
        ]
    )
    told = [item.customer_id for item in items]
    recompute_cards(told, store=store, now=now)
    result.done += len(items)
    return told


def decline_messages(items, *, store, note, by, now) -> int:
    """These messages shall not be sent, for the reason `note`. Raises ValidationError without one. Returns how many."""
    if not note.strip():
        raise ValidationError({"note": _("Please say why.")})
    done = 0
    for ids in _lots(items, store):
        with transaction.atomic():
            found = list(_locked(ids, store))
            values = {"state": ItemState.DECLINED, "reason": CloseReason.LET_GO, "reason_params": {"note": note[:200]}}
            _close(found, values, by, now)
            done += len(found)
    return done


def _lots(items, store):
    found = sorted(items.filter(pk__in=to_send(store).values("pk")).values_list("customer_id", "pk"))
    for start in range(0, len(found), LOT):
        yield [pk for _customer, pk in found[start : start + LOT]]


def _locked(ids, store, **annotations):
    """The items still to be sent, cards locked before them."""
    chosen = to_send(store).filter(pk__in=ids)
    lock_cards(chosen.values_list("customer_id", flat=True))
    return chosen.annotate(**annotations).select_for_update(of=("self",)).order_by("pk")


def _close(items, values, by, now):
    lines = [
        change_row(
            item,
            {name: (getattr(item, name), value) for name, value in values.items()},
            by=by,
            source=Source.FORM,
            deed="message",
            customer_id=item.customer_id,
            at=now,
        )
        for item in items
    ]
    DueItem.objects.filter(pk__in=[item.pk for item in items]).update(**values, closed_at=now, closed_by=by)
    Change.objects.bulk_create(lines, batch_size=LOT)


def record_export(items, *, store, by) -> None:
    """One access line for the list, and one for each customer whose number left the house in it."""
    ids, params = sorted({item.customer_id for item in items}), {"sheet": "care_list", "rows": len(items), "full": True}
    audit.record_export("accounts.store", store.pk, store_id=store.pk, by=by, params=params)
    audit.record_accesses("customers.customer", ids, store_id=store.pk, by=by, kind=AccessKind.EXPORT, params=params)


# --- Festivals ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def make_festival_list(store, festival, *, year, by, now) -> int:
    """Greetings for every owner with a mobile number who does not mind messages; a second time only for those who are new.

    To be sent within the week before the festival, missed after it. Returns how many were put on the list. Raises
    ValidationError for an unknown festival or one that has passed.
    """
    if festival not in Festival.values:
        raise ValidationError({"festival": _("Choose a festival.")})
    day, today = festival_day(festival, year), store.day_of(now)
    if day < today:
        raise ValidationError({"festival": _("This day has passed.")})
    owners = Customer.objects.alive().filter(store=store, stage=Stage.OWNER, do_not_call=False, deceased_on=None)
    quiet = quiet_about("pk", "", FESTIVAL, channel=Channel.SMS, today=today)
    owners = owners.filter(Exists(mobiles(OuterRef("pk"))), ~quiet)
    car = Vehicle.objects.alive().filter(owner_id=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    made = insert_select(
        DueItem,
        owners.annotate(car=Subquery(car)),
        {
            "store": store.pk,
            "rule": FESTIVAL,
            "fact_id": F("pk"),
            "round": f"{year}.{festival}",
            "customer": F("pk"),
            "vehicle": F("car"),
            "anchor_on": day,
            "opens_on": day - dt.timedelta(days=FESTIVAL_LEAD_DAYS),
            "due_on": day,
            "expires_on": day,
            "callable_at": now,
            "state": ItemState.TO_SEND,
            "reason": "",
            "reason_params": {},
            "attempts": 0,
            "bands_failed": "",
            "created_at": now,
        },
        returning=["customer"],
    )
    return len(made)
