"""The facts behind a script's placeholders, and the one line of what a topic is about."""

import datetime as dt

from django.core.exceptions import ObjectDoesNotExist

from complaints.models import Complaint
from customers.models import CarePlan, Delivery, Policy, RepairOrder
from followups import explain, wording


def person_of(fact, customer) -> tuple[str, str]:
    """Whom to ask for, and the number the DMS gives for that person: after service whoever brought the car."""
    if isinstance(fact, RepairOrder) and fact.bringer_name:
        return fact.bringer_name, fact.bringer_phone if fact.bringer_name != customer.name else ""
    return customer.contact_person or customer.name, ""


def fact_lines(fact, today: dt.date) -> list[str]:
    """One line of what it is about, as the records tell it."""
    if isinstance(fact, RepairOrder):
        return [text for text in (fact.order_no, fact.kind, fact.items, fact.service_advisor) if text]
    if isinstance(fact, Delivery):
        return [text for text in (fact.delivered_on.isoformat(), fact.sales_consultant) if text]
    if isinstance(fact, Policy):
        group = fact.get_renewal_group_display()
        return [text for text in (fact.cover_label, fact.insurer, fact.ends_on.isoformat(), group) if text]
    if isinstance(fact, Complaint):
        return [fact.number, str(fact.cause), fact.get_department_display()]
    return []


def script_words(item, fact, customer, user, now, person) -> dict[str, object]:
    """The facts behind followups.scripts.PLACEHOLDERS for one topic. `item.vehicle` comes with its care plan (`vehicle__care`)."""
    store, vehicle = user.store, item.vehicle
    words = {
        "greeting": wording.greeting(now),
        "agent": user.full_name,
        "store": store.short_name or store.name,
        "hotline": store.hotline,
        "customer": customer.name,
        "person": person,
        "car": " ".join(text for text in (vehicle.plate, vehicle.series or vehicle.brand) if text) if vehicle else "",
        "plate": vehicle.plate if vehicle else "",
        "model": vehicle.title if vehicle else "",
        "odometer": f"{vehicle.odometer_km:,}" if vehicle and vehicle.odometer_km else "",
        "day": wording.day(item.anchor_on) if item.anchor_on else "",
        "days": (now.date() - item.anchor_on).days if item.anchor_on else "",
        "address": customer.address,
        "subject": item.subject,
        "agreed": wording.moment(item.due_at, now) if item.due_at else "",
    }
    return words | _of_care(vehicle, now.date()) | _of_fact(fact, item.due_on)


def _of_care(vehicle, today) -> dict[str, object]:
    care = _care(vehicle)
    if care is None:
        return {}
    service_on = care.service_on or care.first_service_on
    away = explain.months_between(care.last_visit_on, today)
    return {
        "service_due": wording.day_and_year(service_on, today) if service_on else "",
        "due_km": f"{care.service_km:,}" if care.service_km else "",
        "last_visit": wording.day_and_year(care.last_visit_on, today) if care.last_visit_on else "",
        "months_away": "" if away is None else away,
        "warranty_end": wording.day_and_year(care.warranty_ends_on, today) if care.warranty_ends_on else "",
        "inspection_due": wording.day_and_year(care.inspection_on, today) if care.inspection_on else "",
    }


def _care(vehicle) -> CarePlan | None:
    try:
        return vehicle.care if vehicle is not None else None
    except ObjectDoesNotExist:
        return None


def _of_fact(fact, today) -> dict[str, object]:
    if isinstance(fact, RepairOrder):
        return {"advisor": fact.service_advisor, "work": fact.items or fact.kind, "order_no": fact.order_no}
    if isinstance(fact, Delivery):
        return {"consultant": fact.sales_consultant, "years": today.year - fact.delivered_on.year or ""}
    if isinstance(fact, Policy):
        ends_on = fact.renewal_on or fact.ends_on
        return {
            "policy_end": wording.day_and_year(ends_on),
            "insurer": fact.insurer,
            "group": fact.get_renewal_group_display(),
        }
    if isinstance(fact, Complaint):
        return {"complaint_no": fact.number, "complaint_summary": fact.summary, "resolution": fact.resolution}
    return {}
