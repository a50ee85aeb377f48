"""The pace of a store's calls: reads what quality.pace needs, and words its findings. Few queries, whatever the rows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from customers.models import Customer
from cvp.models import Answer
from followups.choices import Level
from followups.models import Call, CallOutcome, Skip
from quality.pace import Made, findings_of
from quality.services.drawing import dial_of
from quality.wording import pace_question


@dataclass(frozen=True)
class Question:
    person: str
    question: str
    calls: list


def _standing(store, start, end):
    first = dt.datetime.combine(start, dt.time(), tzinfo=store.zone)
    until = dt.datetime.combine(end + dt.timedelta(days=1), dt.time(), tzinfo=store.zone)
    return Call.objects.filter(store=store, at__gte=first, at__lt=until, undone_at__isnull=True), first, until


def made_calls(store, *, start, end) -> list[Made]:
    """In the order of time, moments by the store's clock; a call's questionnaires are one value."""
    calls, _first, _until = _standing(store, start, end)
    responses = CallOutcome.objects.filter(call__in=calls, response__isnull=False, response__is_void=False)
    of_response = dict(responses.values_list("response_id", "call_id"))
    said, sour = {}, set()
    rows = Answer.objects.filter(response__in=responses.values("response")).order_by("question_id")
    for response, question, number, limit in rows.values_list(
        "response_id", "question_id", "number", "question__alarm_at"
    ):
        call = of_response[response]
        said.setdefault(call, []).append((question, number))
        if number is not None and limit is not None and number <= limit:
            sour.add(call)
    return [
        Made(
            pk,
            by,
            at.astimezone(store.zone),
            level == Level.REACHED,
            tuple(said[pk]) if pk in said else None,
            pk in said and pk not in sour,
        )
        for pk, by, at, level in calls.order_by("at", "pk").values_list("pk", "by_id", "at", "level")
    ]


def questions_of(store, *, start, end) -> list[Question]:
    found = findings_of(made_calls(store, start=start, end=end), dial_of(store))
    names = dict(User.objects.filter(pk__in={one.person for one in found}).values_list("pk", "full_name"))
    ids = {pk for one in found for pk in one.calls}
    calls = Call.objects.filter(store=store).select_related("customer", "outcome").in_bulk(ids)
    return [
        Question(names[one.person], pace_question(one), [calls[pk] for pk in one.calls])
        for one in sorted(found, key=lambda one: (names[one.person], one.code))
    ]


def people_of(store, *, start, end) -> list[dict]:
    """Each person's calls beside the different customers; what could not be called stands apart."""
    calls, first, until = _standing(store, start, end)
    rows = (
        calls.order_by()
        .values("by")
        .annotate(
            calls=Count("pk"),
            customers=Count("customer", distinct=True),
            reached=Count("pk", filter=Q(level=Level.REACHED)),
        )
    )
    skips = Skip.objects.filter(store=store, at__gte=first, at__lt=until).order_by()
    skipped = dict(skips.values_list("by").annotate(count=Count("pk")))
    by_person = {row["by"]: row for row in rows}
    for person in skipped:
        by_person.setdefault(person, {"calls": 0, "customers": 0, "reached": 0})
    names = dict(User.objects.filter(pk__in=by_person).order_by("full_name", "pk").values_list("pk", "full_name"))
    return [by_person[pk] | {"pk": pk, "name": name, "skips": skipped.get(pk, 0)} for pk, name in names.items()]


# What each number of a person's line opens, and under which heading.
BEHIND = {
    "calls": pgettext_lazy("figure", "Numbers tried"),
    "customers": gettext_lazy("Different customers"),
    "reached": pgettext_lazy("level", "Reached"),
    "skips": gettext_lazy("Could not call, with a reason"),
}


def behind(store, what: str, person: int, *, start, end):
    """The rows that people_of counted for one person: calls, customers or skips, in no order."""
    calls, first, until = _standing(store, start, end)
    calls = calls.filter(by=person)
    if what == "customers":
        return Customer.objects.filter(pk__in=calls.values("customer"))
    if what == "skips":
        return Skip.objects.filter(store=store, at__gte=first, at__lt=until, by=person)
    return calls.filter(level=Level.REACHED) if what == "reached" else calls
