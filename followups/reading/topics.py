"""The topics of one card as the desk shows them: script filled in, questions with their keys, complaint block prepared."""

import datetime as dt
import re
from dataclasses import dataclass, field

from django.utils.translation import get_language

from complaints.choices import Department, Severity
from complaints.models import Complaint
from cvp.forms import QuestionField, question_fields
from followups import wording
from followups.models import Script
from followups.reading.entries import Entries
from followups.reading.items import WhyNow, why_now
from followups.reading.words import fact_lines, person_of, script_words
from followups.rules import BY_CODE
from followups.scripts import Paragraph, render
from followups.services.visits import topic_field


@dataclass
class ComplaintBlock:
    """Prepared for a dissatisfied answer; opens in place."""

    state: str  # "", "open" or "waive"
    cause: str
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
    script_id: int | None
    script: list[Paragraph]
    questions: list[QuestionField]
    outcome: str
    note: str
    error: str
    complaint: ComplaintBlock
    outcomes: list = field(default_factory=list)
    rule: str = ""
    words: dict = field(default_factory=dict)  # behind the placeholders
    opens_itself: bool = False  # the first words of its script say who is speaking
    vehicle_id: int | None = None
    use: str = ""  # what its car is driven for, where not privately
    settled: str = ""  # why nothing is to be said about it: what was said of its car


LEAVE = "leave"  # the per-topic choice "not spoken about"


def topics_of(items, customer, user, now: dt.datetime, entries: Entries, outcomes, scripts=None) -> list[TopicSheet]:
    """At most five queries whatever the items: their facts (one per table), the scripts, the questions.

    `scripts` {rule: Script} stand in place of the store's (a script that is being written).
    """
    facts = facts_of(items)
    scripts = scripts_of(items, customer.store_id) if scripts is None else scripts
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


def with_questions(items, store_id) -> list:
    """The items, each with the questionnaire that is asked about it as `version` (None: none is). At most two queries."""
    scripts = scripts_of(items, store_id)
    for item in items:
        item.version = scripts[item.rule].version if item.rule in scripts else None
    return items


def facts_of(items):
    wanted = {}
    for item in items:
        if item.rule in BY_CODE and not BY_CODE[item.rule].is_planned:  # of planned calls the item itself says enough
            wanted.setdefault(BY_CODE[item.rule].fact, {}).setdefault(item.fact_id, set()).add(item.rule)
    found = {}
    for model, ids in wanted.items():
        rows = model.objects.select_related("cause") if model is Complaint else model.objects
        for pk, fact in rows.in_bulk(ids).items():
            found.update({(rule, pk): fact for rule in ids[pk]})
    return found


def _topic(place, item, fact, script, customer, user, now, entries, outcomes, leaves) -> TopicSheet:
    prefix = prefix_of(item)
    later = item.callable_at > now
    person, number = person_of(fact, customer)
    words = script_words(item, fact, customer, user, now, person)
    questions = _questions(script, prefix, entries)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    body = getattr(script, f"body_{language}") if script else ""
    return TopicSheet(
        item_id=item.pk,
        place=place,
        prefix=prefix,
        why=why_now(item, now),
        is_later=later,
        when=wording.moment(item.callable_at, now) if later else "",
        ask_for=person if person != customer.name else "",
        ask_number=number,
        facts=[item.subject] if item.subject else fact_lines(fact, now.date()),
        script=render(body, words),
        rule=item.rule,
        words=words,
        opens_itself="{agent}" in re.split(r"\n\s*\n", body.strip().replace("\r\n", "\n"))[0],
        vehicle_id=item.vehicle_id,
        use=item.vehicle.get_use_display() if item.vehicle else "",
        script_id=script.pk if script else None,
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
        cause=entries.value(prefix + "cause") or (alarmed[0].question.cause_code if alarmed else ""),
        severity=entries.value(prefix + "severity") or Severity.NORMAL,
        department=entries.value(prefix + "department") or department,
        summary=entries.value(prefix + "summary"),
        waiver=entries.value(prefix + "waiver"),
        error=entries.error(prefix + "complaint"),
    )
