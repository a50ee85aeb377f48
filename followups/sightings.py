"""Causes seen in answers (settings.CAUSE_SIGHTINGS): each dissatisfied one on a call that stands and of which no complaint was made,
each cause once per questionnaire. Where a complaint was opened, the case itself is what counts.
"""

from django.db.models import F

from complaints.choices import Department, Sighted
from complaints.models import Cause
from complaints.sightings import Sighting
from cvp.models import Answer
from followups.models import CallOutcome


def department_of(rule: str) -> str:
    """Who is spoken of on a call of this rule."""
    return Department.SERVICE if rule.startswith("service") else Department.SALES


def of_answers(store, since, until):
    calls = CallOutcome.objects.filter(complaint=None, call__undone_at=None, response__store=store)
    calls = calls.filter(response__answered_at__gte=since, response__answered_at__lt=until, response__is_void=False)
    rules = dict(calls.values_list("response_id", "item__rule"))
    unhappy = Answer.objects.filter(response__store=store, response__answered_at__gte=since, response__is_void=False)
    unhappy = unhappy.filter(response__answered_at__lt=until, number__lte=F("question__alarm_at"))
    ids, seen = dict(Cause.objects.filter(store=store).values_list("code", "pk")), set()
    for pk, response, code, at, customer_id, model, words in unhappy.order_by("response__answered_at", "pk").values_list(
        "pk", "response_id", "question__cause_code", "response__answered_at", "response__customer_id",
        "response__vehicle__model", "question__text_zh",
    ):  # fmt: skip
        if response not in rules or code not in ids or (response, code) in seen:
            continue
        seen.add((response, code))
        department = department_of(rules[response])
        yield Sighting(Sighted.ANSWER, pk, ids[code], at, customer_id, department, model or "", words=words)
