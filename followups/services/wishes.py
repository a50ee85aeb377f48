"""A customer's wishes and her open topics: setting one closes at once what it is about; lifting one leaves reopening to the run.

In a call the sitting closes its topics itself (services.visits) and only sets the wish.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from customers.choices import Channel
from customers.models import Customer, DoNotContact
from customers.services import lift_wish, restore_wish, set_wish, standing_wish
from customers.services.wishes import living
from followups.choices import CloseReason, ItemState
from followups.models import DueItem
from followups.rules import UNRESTRAINED
from followups.services.cards import lock_card, recompute_cards

_CHANNEL_OF = {ItemState.OPEN: Channel.PHONE_OUT, ItemState.TO_SEND: Channel.SMS}


def fitting(state, today) -> Exists:
    """Of items in `state` (open: calls; to_send: messages): whether a wish that holds on `today` is about them."""
    wishes = living(today).filter(customer=OuterRef("customer_id"), channel__in=("", _CHANNEL_OF[state]))
    wishes = wishes.filter(Q(topic="") | Q(topic=OuterRef("rule")))
    return Exists(wishes.filter(Q(vehicle__isnull=True) | Q(vehicle=OuterRef("vehicle_id"))))


@transaction.atomic
def set_wish_now(customer: Customer, *, by, source, now, **wish) -> tuple[DoNotContact, int]:
    """`customers.services.set_wish`, and what is open about it is closed: (the wish, how many topics). Raises ValidationError.

    They are closed as the day's run would close them (no person), so lifting the wish brings back what is still of use.
    """
    card = lock_card(customer.pk)
    made = set_wish(customer, by=by, source=source, now=now, **wish)
    closed = 0
    for state in _CHANNEL_OF:
        items = DueItem.objects.filter(customer=customer, state=state).exclude(rule__in=UNRESTRAINED)
        ids = list(items.filter(fitting(state, card.store.day_of(now))).values_list("pk", flat=True))
        reason = CloseReason.DO_NOT_CALL if customer.do_not_call else CloseReason.OTHER_TOPIC
        closed += DueItem.objects.filter(pk__in=ids).update(
            state=ItemState.DECLINED, reason=reason, reason_params={"wish": made.pk}, closed_at=now
        )
    recompute_cards([customer.pk], store=card.store, now=now)
    return made, closed


def set_wish_of_call(call, customer, *, now, **wish) -> DoNotContact:
    """`customers.services.set_wish` in a call; what a wish that stood before it said is kept in the call, for an undo."""
    scope = {name: wish[name] for name in ("channel", "topic") if name in wish}
    before = standing_wish(customer, now=now, **scope)
    if before is not None:
        ends = before.expires_on and before.expires_on.isoformat()
        call.undo_data.setdefault("wishes", {}).setdefault(str(before.pk), [before.reason, ends])
        call.save(update_fields=["undo_data"])
    return set_wish(customer, now=now, **wish)


def take_back_wish(wish, call, *, by, now) -> None:
    """Undo of a call that set this wish: it is lifted, or, where it stood before the call, says again what it said."""
    told = {"by": by, "source": "call", "now": now}
    if wish is None:
        return
    if wish.created_at == call.at:
        lift_wish(wish, **told)
    elif str(wish.pk) in call.undo_data.get("wishes", {}):
        restore_wish(wish, *call.undo_data["wishes"][str(wish.pk)], since=call.at, **told)
