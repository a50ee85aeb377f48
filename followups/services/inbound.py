"""She rang us, or she stood before us: what was spoken about is settled, and nobody rings her about it again (F25, D8).

`answers` are those of the topics that have a questionnaire: {item id: {question id: raw key}}, as many as were asked. A dissatisfied one
opens a complaint, which stands even if the settling is taken back: what she said she said.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from complaints.choices import Department, Severity
from complaints.services import SUMMARY_LENGTH, open_complaint
from complaints.services.causes import FALLBACK, find_cause
from customers.choices import Channel
from customers.models import Contact
from customers.services import mark_reached, record_contact, restore_reach
from customers.services.writing import lock
from cvp.models import Response
from cvp.services import record_response, void_response
from followups.choices import CloseReason, ItemState
from followups.models import DueItem, Script
from followups.services import situations
from followups.services.cards import lock_card, recompute_cards

UNDO_WITHIN = dt.timedelta(hours=24)
Answers = Mapping[int, Mapping[int, str]]


@dataclass(frozen=True)
class Way:
    """How she came to tell us; `code` is the code of the contact's summary and the deed of its history line."""

    code: str
    channel: Channel
    reason: CloseReason
    origin: str = ""


RANG = Way("inbound", Channel.PHONE_IN, CloseReason.RANG_US)
CAME_IN = Way("in_person", Channel.VISIT, CloseReason.IN_PERSON, "followups.in_person")
SETTLED = (CloseReason.RANG_US, CloseReason.IN_PERSON)  # reasons whose parameters name the contact


class CannotTakeBack(Exception):
    """`reason`: "too_late", "undone" (already), "worked_again" (a topic was opened or made anew meanwhile)."""

    def __init__(self, reason):
        self.reason = reason
        super().__init__(reason)


def record_inbound(customer, *, topics, note, by, now, answers: Answers | None = None) -> Contact:
    """A call from `customer` that `by` took. `topics` are ids of her open items that were spoken about: they are closed.

    Writes the contact ledger; she counts as reached. Without topics a `note` is needed. Raises ValidationError by field (`note`;
    `topics` where one is not open any more).
    """
    if not topics and not note.strip():
        raise ValidationError({"note": _("Please write down what she rang about.")})
    return _settle(customer, RANG, dict.fromkeys(topics, ItemState.DONE), answers or {}, note=note, by=by, now=now)


def settle_in_person(customer, *, topics: Mapping[int, str], note, by, now, answers: Answers | None = None) -> Contact:
    """She is at the store, and `by` spoke with her about `topics`: {id of an open item: ItemState.DONE, or DECLINED where she wants
    nothing of it}. Otherwise as `record_inbound`, and taken back as that.
    """
    if not topics and not note.strip():
        raise ValidationError({"note": _("Please write down what was spoken about.")})
    if set(topics.values()) - {ItemState.DONE, ItemState.DECLINED}:
        raise ValidationError({"topics": _("Please choose one.")})
    return _settle(customer, CAME_IN, topics, answers or {}, note=note, by=by, now=now)


@transaction.atomic
def _settle(customer, way, topics, answers, *, note, by, now) -> Contact:
    lock_card(customer.pk)
    lock(customer)
    summary = {"code": way.code}
    if customer.unreachable_on is not None:
        summary["reach"] = [customer.unreachable_on.isoformat(), customer.unreachable_round]
    items = list(DueItem.objects.select_for_update().open().filter(customer=customer, pk__in=topics).order_by("pk"))
    if len(items) < len(topics):
        raise ValidationError({"topics": _("One of these topics is settled meanwhile. Please look again.")})
    vehicles = {item.vehicle_id for item in items}
    contact = record_contact(
        customer,
        at=now,
        channel=way.channel,
        connected=True,
        by=by,
        topics=list(dict.fromkeys(item.rule for item in items)),
        summary=summary,
        note=note.strip(),
        vehicle=items[0].vehicle if len(vehicles) == 1 else None,
        origin=way.origin,
    )
    params = {"day": customer.store.day_of(now).isoformat(), "contact": contact.pk}
    for item in items:
        item.state, item.reason, item.reason_params = topics[item.pk], way.reason, params
        item.closed_at, item.closed_by = now, by
    _keep_answers(customer, items, answers, note=note, by=by, now=now)
    DueItem.objects.bulk_update(items, ["state", "reason", "reason_params", "closed_at", "closed_by"])
    mark_reached(customer, by=by, now=now)
    situations.checked(customer, items)
    changes = {"topics": ([], [item.rule for item in items])}
    record_change(contact, changes, by=by, source=Source.CALL, deed=way.code, customer_id=customer.pk, at=now)
    recompute_cards([customer.pk], store=customer.store, now=now)
    return contact


def _keep_answers(customer, items, answers, *, note, by, now):
    """Of the topics that are done."""
    scripts = Script.objects.filter(store_id=customer.store_id, is_current=True, version__isnull=False)
    versions = {script.rule: script.version for script in scripts.filter(rule__in={item.rule for item in items})}
    for item in items:
        version = versions.get(item.rule)
        told = {pk: raw for pk, raw in answers.get(item.pk, {}).items() if raw.strip()}
        if version is None or not told or item.state != ItemState.DONE:
            continue
        response = record_response(version, customer=customer, by=by, now=now, answers=told, vehicle=item.vehicle)
        item.reason_params = item.reason_params | {"response": response.pk}
        sour = [answer for answer in response.answers.select_related("question") if answer.is_alarm]
        if sour:
            item.reason_params["complaint"] = _complain(customer, item, sour, note, by=by, now=now).pk


def _complain(customer, item, sour, note, *, by, now):
    causes = [answer.question.cause_code for answer in sour]
    words = [note.strip(), *(f"{answer.question}: {answer.words}" for answer in sour)]
    return open_complaint(
        customer,
        by=by,
        now=now,
        cause=next((code for code in causes if code != FALLBACK and find_cause(customer.store_id, code)), FALLBACK),
        severity=Severity.NORMAL,
        department=Department.SERVICE if item.rule.startswith("service") else Department.SALES,
        summary="\n".join(filter(None, words))[:SUMMARY_LENGTH],
        vehicle=item.vehicle,
    )


@transaction.atomic
def undo_inbound(contact, *, by, now) -> int:
    """It was somebody else, or another topic: the contact is taken off the ledger and its topics are open again; how many.

    Raises CannotTakeBack.
    """
    customer = contact.customer
    lock_card(customer.pk)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if contact.is_void:
        raise CannotTakeBack("undone")
    if now - contact.at > UNDO_WITHIN:
        raise CannotTakeBack("too_late")
    items = list(DueItem.objects.select_for_update().filter(**closed_by_contact(contact)).order_by("pk"))
    for item in items:
        if DueItem.objects.open().filter(rule=item.rule, fact_id=item.fact_id).exists():
            raise CannotTakeBack("worked_again")
        for response in Response.objects.filter(pk=item.reason_params.get("response")):
            void_response(response, by=by, now=now)
        item.state, item.reason, item.reason_params = ItemState.OPEN, "", {}
        item.closed_at = item.closed_by = None
    DueItem.objects.bulk_update(items, ["state", "reason", "reason_params", "closed_at", "closed_by"])
    contact.is_void, contact.changed_at = True, now
    contact.save(update_fields=["is_void", "changed_at"])
    if "reach" in contact.summary:
        _lose_again(customer, contact, by=by, now=now)
    record_change(
        contact, {"is_void": (False, True)}, by=by, source=Source.CALL, deed="void", customer_id=customer.pk, at=now
    )
    recompute_cards([customer.pk], store=customer.store, now=now)
    return len(items)


def _lose_again(customer, contact, *, by, now):
    """She was out of reach until this call, and nobody else has spoken with her since, or lost her anew."""
    lock(customer)
    spoke = Contact.objects.alive().filter(customer=customer, connected=True, at__gte=contact.at)
    day, round_ = contact.summary["reach"]
    if customer.unreachable_on is None and customer.unreachable_round == round_ and not spoke.exists():
        restore_reach(customer, day, round_, by=by, now=now)


def closed_by_contact(contact) -> dict:
    """The filter of due items that this contact with the customer settled."""
    return {"customer_id": contact.customer_id, "reason__in": SETTLED, "reason_params__contact": contact.pk}
