"""The topics of one card as the desk shows them: script filled in, questions with their keys, complaint block prepared."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import get_language

from complaints.choices import Department, Severity
from customers.models import Delivery, RepairOrder
from cvp.forms import QuestionField, question_fields
from followups import wording
from followups.models import Script
from followups.reading.entries import Entries
from followups.reading.items import WhyNow, why_now
from followups.rules import BY_CODE
from followups.scripts import Paragraph, render
from followups.services.visits import topic_field


@dataclass
class ComplaintBlock:
    """Prepared for a dissatisfied answer; opens in place."""

    state: str  # "", "open" or "waive"
    category: str
    severity: str
    department: str
    summary: str
    waiver: str
    error: str


@dataclass
class TopicSheet:
    item_id: int
    place: int
    prefix: str  # of its form fields
    why: WhyNow
    is_later: bool  # not callable yet: shown, and left alone unless she picks an outcome
    when: str
    ask_for: str  # whom to ask for where that is not the customer
    ask_number: str
    facts: list[str]
    script: list[Paragraph]
    questions: list[QuestionField]
    outcome: str
    note: str
    error: str
    complaint: ComplaintBlock
    outcomes: list = field(default_factory=list)


LEAVE = "leave"  # the per-topic choice "not spoken about"


def topics_of(items, customer, user, now: dt.datetime, entries: Entries, outcomes) -> list[TopicSheet]:
    """At most five queries whatever the items: their facts (one per table), the scripts, the questions."""
    facts = _facts_of(items)
    scripts = scripts_of(items, customer.store_id)
    # Where nothing may be called yet she has a reason of her own to call: then nothing is left out by itself.
    leaves = not entries and any(item.callable_at <= now for item in items)
    return [
        _topic(
            place,
            item,
            facts.get((item.rule, item.fact_id)),
            scripts.get(item.rule),
            customer,
            user,
            now,
            entries,
            outcomes,
            leaves,
        )
        for place, item in enumerate(items, start=1)
    ]


def prefix_of(item) -> str:
    """What the form fields of one topic begin with; services.visits names its errors the same way."""
    return topic_field(item.pk, "")


def scripts_of(items, store_id) -> dict[str, Script]:
    """{rule: current script} with its questionnaire version and questions fetched."""
    scripts = Script.objects.filter(store_id=store_id, rule__in={item.rule for item in items}, is_current=True)
    return {script.rule: script for script in scripts.select_related("version").prefetch_related("version__questions")}


def _facts_of(items):
    wanted = {}
    for item in items:
        if item.rule in BY_CODE and not BY_CODE[item.rule].is_planned:  # of planned calls the item itself says enough
            wanted.setdefault(BY_CODE[item.rule].fact, {}).setdefault(item.fact_id, set()).add(item.rule)
    found = {}
    for model, ids in wanted.items():
        for pk, fact in model.objects.in_bulk(ids).items():
            found.update({(rule, pk): fact for rule in ids[pk]})
    return found


def _topic(place, item, fact, script, customer, user, now, entries, outcomes, leaves) -> TopicSheet:
    prefix = prefix_of(item)
    later = item.callable_at > now
    person, number = _person(fact, customer)
    words = script_words(item, fact, customer, user, now, person)
    questions = _questions(script, prefix, entries)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return TopicSheet(
        item_id=item.pk,
        place=place,
        prefix=prefix,
        why=why_now(item, now),
        is_later=later,
        when=wording.moment(item.callable_at, now) if later else "",
        ask_for=person if person != customer.name else "",
        ask_number=number,
        facts=[item.subject] if item.subject else _fact_lines(fact),
        script=render(getattr(script, f"body_{language}"), words) if script else [],
        questions=questions,
        outcome=entries.value(prefix + "outcome") or (LEAVE if later and leaves else ""),
        note=entries.value(prefix + "note"),
        error=entries.error(prefix + "outcome") or entries.error(prefix + "note"),
        complaint=_complaint(prefix, item, questions, entries),
        outcomes=outcomes,
    )


def _questions(script, prefix, entries) -> list[QuestionField]:
    """The script's questions with what has been answered; a script without a questionnaire asks nothing."""
    if script is None or script.version is None:
        return []
    ids = [question.pk for question in script.version.questions.all()]
    values = {pk: entries.value(f"{prefix}q{pk}") for pk in ids}
    errors = {f"q{pk}": entries.error(f"{prefix}q{pk}") for pk in ids}
    return question_fields(script.version, prefix=prefix, values=values, errors=errors)


def _complaint(prefix, item, questions, entries) -> ComplaintBlock:
    alarmed = [field for field in questions if any(option.is_chosen and option.is_alarm for option in field.options)]
    department = Department.SERVICE if item.rule.startswith("service") else Department.SALES
    return ComplaintBlock(
        state=entries.value(prefix + "complaint"),
        category=entries.value(prefix + "category") or (alarmed[0].question.complaint_category if alarmed else ""),
        severity=entries.value(prefix + "severity") or Severity.NORMAL,
        department=entries.value(prefix + "department") or department,
        summary=entries.value(prefix + "summary"),
        waiver=entries.value(prefix + "waiver"),
        error=entries.error(prefix + "complaint"),
    )


def _person(fact, customer) -> tuple[str, str]:
    """Whom to ask for, and the number the DMS gives for that person: after service whoever brought the car."""
    if isinstance(fact, RepairOrder) and fact.bringer_name:
        return fact.bringer_name, fact.bringer_phone if fact.bringer_name != customer.name else ""
    return customer.contact_person or customer.name, ""


def _fact_lines(fact) -> list[str]:
    """One line of what it is about, as the DMS tells it."""
    if isinstance(fact, RepairOrder):
        return [text for text in (fact.order_no, fact.kind, fact.items, fact.service_advisor) if text]
    if isinstance(fact, Delivery):
        return [text for text in (fact.delivered_on.isoformat(), fact.sales_consultant) if text]
    return []


def script_words(item, fact, customer, user, now, person) -> dict[str, object]:
    """The facts behind followups.scripts.PLACEHOLDERS for one topic."""
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
    if isinstance(fact, RepairOrder):
        words |= {"advisor": fact.service_advisor, "work": fact.items or fact.kind, "order_no": fact.order_no}
    elif isinstance(fact, Delivery):
        words["consultant"] = fact.sales_consultant
    return words
