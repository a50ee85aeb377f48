"""What the daily callback report counts beyond the day's overview (followups.figures): first calls, answers, promises, what could not be called.

All of them are details: the overview leaves them out. Undone calls and voided answers count nowhere.
"""

import datetime as dt

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.figures import Figure, Source, Split
from customers.models import Customer
from cvp.models import Answer
from followups.choices import CloseReason, ItemState, Level, PlanKind, SkipReason
from followups.figures import CALLS, DUE, OUTCOMES, _people, _rule_names
from followups.models import DueItem, PlannedCall, Skip
from followups.services.dials import desk_of
from followups.services.undecided import MESSAGES

# Days past the deadline, up to and with: the last group has no end.
AGES = {
    "3": (3, pgettext_lazy("age of an overdue topic", "1 to 3 days")),
    "7": (7, pgettext_lazy("age of an overdue topic", "4 to 7 days")),
    "30": (30, pgettext_lazy("age of an overdue topic", "8 to 30 days")),
    "more": (None, pgettext_lazy("age of an overdue topic", "More than 30 days")),
}
# Where nobody may or can call: closed without anybody having been spoken to about it.
UNCALLED = (ItemState.UNREACHABLE, ItemState.DECLINED, ItemState.EXPIRED)


def _labels(choices):
    names = dict(choices)
    return lambda keys: {code: label for code, label in names.items() if code in keys}


def _ages(keys):
    return {code: label for code, (_days, label) in AGES.items() if code in keys}


def _overdue_then(scope):
    """Not settled by the end of the period though the deadline lay before its last day; for today the same as open and late now."""
    rows = DueItem.objects.filter(store=scope.store, due_on__lt=scope.end, created_at__lt=scope.until)
    standing = Q(closed_at__isnull=True, state=ItemState.OPEN) | Q(closed_at__gte=scope.until)
    ages = [
        When(due_on__gte=scope.end - dt.timedelta(days=days), then=Value(code))
        for code, (days, _label) in AGES.items()
        if days
    ]
    age = Case(*ages, default=Value("more"), output_field=CharField())
    return rows.filter(standing).exclude(MESSAGES).annotate(age=age)


def _answered(scope):
    return OUTCOMES.rows(scope).filter(response__isnull=False, response__is_void=False)


def _promises_given(scope):
    return OUTCOMES.rows(scope).filter(planned__kind=PlanKind.PROMISE)


def _promises(scope):
    """By the moment that was agreed. Each knows who gave it and from when on a call is late."""
    grace = dt.timedelta(minutes=desk_of(scope.store).promise_grace_minutes)
    giver = PlannedCall.objects.filter(pk=OuterRef("fact_id")).values("created_by")[:1]
    rows = DueItem.objects.filter(
        store=scope.store, rule=PlanKind.PROMISE, due_at__gte=scope.since, due_at__lt=scope.until
    )
    overtaken = Q(state__in=(ItemState.OBSOLETE, ItemState.SUPERSEDED)) | Q(reason=CloseReason.RANG_US)
    return rows.exclude(overtaken).annotate(giver=Subquery(giver), late_from=F("due_at") + grace)


def _uncalled(scope):
    rows = DueItem.objects.filter(
        store=scope.store,
        closed_at__gte=scope.since,
        closed_at__lt=scope.until,
        state__in=UNCALLED,
        connected_at__isnull=True,
    )
    return rows.exclude(MESSAGES)


def _skips(scope):
    return Skip.objects.filter(store=scope.store, at__gte=scope.since, at__lt=scope.until)


def _promise_items(outcomes):
    return DueItem.objects.filter(rule=PlanKind.PROMISE, fact_id__in=outcomes.values("planned"))


WORK_SPLITS = {"person": OUTCOMES.splits["person"], "topic": OUTCOMES.splits["topic"]}
CALLED = Source(
    CALLS.rows,
    {"person": CALLS.splits["person"]},
    unit="customer",
    opens=lambda rows: Customer.objects.filter(pk__in=rows.values("customer")),
)
ANSWERED = Source(_answered, WORK_SPLITS, unit="item", opens=OUTCOMES.opens)
GIVEN = Source(_promises_given, WORK_SPLITS, unit="planned", opens=_promise_items)
PROMISES = Source(_promises, {"person": Split("giver", _people)})
OVERDUE_THEN = Source(_overdue_then, {"rule": Split("rule", _rule_names), "age": Split("age", _ages)})
NOT_CALLED = Source(
    _uncalled,
    {"reason": Split("reason", _labels(CloseReason.choices)), "person": Split("closed_by", _people)},
)
SKIPPED = Source(_skips, {"skip_reason": Split("reason", _labels(SkipReason.choices)), "person": Split("by", _people)})
_DISSATISFIED = Q(
    Exists(
        Answer.objects.filter(
            response=OuterRef("response"), number__isnull=False, question__alarm_at__isnull=False
        ).filter(number__lte=F("question__alarm_at"))
    )
)

FIGURES = [
    Figure(
        "first_call",
        pgettext_lazy("figure", "First call"),
        _("Of the due topics, those where the very first number dialled reached a person; per cent of due."),
        DUE,
        Q(connected_at=F("dialled_at")),
        of="due",
        is_detail=True,
    ),
    Figure(
        "overdue_then",
        pgettext_lazy("figure", "Overdue at the end"),
        _("Topics not settled by the end of the period whose deadline lay before its last day, from any period."),
        OVERDUE_THEN,
        is_detail=True,
    ),
    Figure(
        "customers_called",
        pgettext_lazy("figure", "Customers"),
        _("Different customers the person dialled in the period, each counted once however often."),
        CALLED,
        is_detail=True,
    ),
    Figure(
        "customers_spoken",
        pgettext_lazy("figure", "Customers reached"),
        _("Of these customers, those of whom somebody answered; per cent of customers."),
        CALLED,
        Q(level=Level.REACHED),
        of="customers_called",
        is_detail=True,
    ),
    Figure(
        "outcomes",
        pgettext_lazy("figure", "Times"),
        _("How often a dialled number ended so in the period; per cent of all numbers tried."),
        CALLS,
        of="calls",
        is_detail=True,
    ),
    Figure(
        "topics_first_call",
        pgettext_lazy("figure", "Own first call"),
        _("Of the topics dialled, those where this person's call was the very first one and reached a person."),
        OUTCOMES,
        Q(call__level=Level.REACHED, call__at=F("item__dialled_at")),
        of="topics_dialled",
        is_detail=True,
    ),
    Figure(
        "answered",
        pgettext_lazy("figure", "Surveys answered"),
        _("Topics about which a questionnaire was answered in the period."),
        ANSWERED,
        is_detail=True,
    ),
    Figure(
        "satisfied",
        pgettext_lazy("figure", "Satisfied"),
        _("Of these, those where no answer was at or below its question's limit; per cent of surveys answered."),
        ANSWERED,
        ~_DISSATISFIED,
        of="answered",
        is_detail=True,
    ),
    Figure(
        "dissatisfied",
        pgettext_lazy("figure", "Not satisfied"),
        _(
            "Of these, those where at least one answer was at or below its question's limit; per cent of surveys answered."
        ),
        ANSWERED,
        _DISSATISFIED,
        of="answered",
        is_detail=True,
    ),
    Figure(
        "promises_given",
        pgettext_lazy("figure", "Promises given"),
        _("Calls that were promised to customers in the period, for whatever moment."),
        GIVEN,
        is_detail=True,
    ),
    Figure(
        "promises_due",
        pgettext_lazy("figure", "Promises due"),
        _(
            "Promised calls whose agreed moment lies in the period, without those overtaken by events; by who gave them."
        ),
        PROMISES,
        is_detail=True,
    ),
    Figure(
        "promises_kept",
        pgettext_lazy("figure", "Kept in time"),
        _(
            "Of these, those dialled no later than the minutes of grace after the agreed moment; per cent of promises due."
        ),
        PROMISES,
        Q(dialled_at__lte=F("late_from")),
        of="promises_due",
        is_detail=True,
    ),
    Figure(
        "promises_late",
        pgettext_lazy("figure", "Kept late"),
        _("Of these, those dialled later than that; per cent of promises due."),
        PROMISES,
        Q(dialled_at__gt=F("late_from")),
        of="promises_due",
        is_detail=True,
    ),
    Figure(
        "promises_waiting",
        pgettext_lazy("figure", "Not dialled so far"),
        _(
            "Of these, those for which no number has been dialled, be their moment still to come or past; per cent of promises due."
        ),
        PROMISES,
        Q(dialled_at__isnull=True),
        of="promises_due",
        is_detail=True,
    ),
    Figure(
        "not_called",
        pgettext_lazy("figure", "Could not be called"),
        _(
            "Topics that ended in the period without anybody having been spoken to: nobody reached in any band, no number, her wish, or the window passed."
        ),
        NOT_CALLED,
        is_detail=True,
    ),
    Figure(
        "skipped",
        pgettext_lazy("figure", "Put aside"),
        _("Cards put aside without a call in the period, with a reason; they come back and count against nobody."),
        SKIPPED,
        is_detail=True,
    ),
]
