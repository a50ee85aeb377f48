"""The outcome list for those who write it: what each does in words, its key, how often it was used, who changed it last."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Change
from customers.choices import GoneReason
from followups.choices import Effect, Level
from followups.models import Call, CallOutcome, Outcome
from followups.services.aftermath import gone_why
from followups.services.outcomes import KEYS, NEEDED

RECENT_DAYS = 30
# What an outcome does, told to somebody who has never seen the engine.
EFFECT_WORDS: dict[str, LazyText] = {
    Effect.DONE: gettext_lazy("The topic is done; one with a questionnaire once its key question is answered."),
    Effect.PROMISE: gettext_lazy("Asks for a time; the topic comes back then, as a promised call."),
    Effect.RETRY: gettext_lazy("The topic comes back on another day, in a time band that has not failed yet."),
    Effect.BAD_NUMBER: gettext_lazy(
        "The number is marked as dead; the next number is tried, without one nobody can be reached."
    ),
    Effect.WRONG_NUMBER: gettext_lazy(
        "The number is marked as somebody else's; the next number is tried, without one nobody can be reached."
    ),
    Effect.DECLINED: gettext_lazy("The topic is closed as declined; the customer hears of others as before."),
    Effect.DO_NOT_CALL: gettext_lazy("All topics are declined, and nobody calls this customer any more."),
    Effect.CAR_GONE: gettext_lazy("The car is marked as gone, and everything about this car is closed."),
    Effect.NO_TOPIC: gettext_lazy("The topic is declined, and the customer is never called about its like again."),
}


@dataclass(frozen=True)
class Uses:
    """Of calls that stand: how often chosen for a call, and for a topic."""

    calls: int = 0
    topics: int = 0


@dataclass(frozen=True)
class OutcomeRow:
    """`key` is its number key on the desk ("" beyond nine, and where it is retired)."""

    outcome: Outcome
    key: str
    effect: str
    recent: Uses
    ever: Uses
    change: Change | None


@dataclass(frozen=True)
class LevelList:
    """One level: what is in use, in the order of the desk, and what was retired."""

    level: Level
    active: list[OutcomeRow]
    retired: list[OutcomeRow]
    needs: list[str]


def outcome_lists(store, now: dt.datetime) -> list[LevelList]:
    """The three levels. Five queries whatever the rows."""
    outcomes = list(Outcome.objects.listed().filter(store=store).order_by("order", "pk"))
    ids = [outcome.pk for outcome in outcomes]
    recent, ever = _uses(ids, now - dt.timedelta(days=RECENT_DAYS))
    changes = _last_changes(ids)
    lists = []
    for level in Level:
        active, retired = [], []
        for outcome in (outcome for outcome in outcomes if outcome.level == level):
            place = len(active) + 1
            key = str(place) if outcome.retired_at is None and place <= KEYS else ""
            words = effect_words(outcome)
            row = OutcomeRow(outcome, key, words, recent[outcome.pk], ever[outcome.pk], changes.get(outcome.pk))
            (retired if outcome.retired_at else active).append(row)
        lists.append(LevelList(level, active, retired, needs_of(level)))
    return lists


def effect_words(outcome) -> str:
    words = str(EFFECT_WORDS[outcome.effect])
    if outcome.effect == Effect.CAR_GONE:
        return _("%(effect)s Why: %(why)s.") % {"effect": words, "why": GoneReason(gone_why(outcome)).label}
    return words


def needs_of(level) -> list[str]:
    """Of which effects one always stays in use, and why."""
    return [
        _("“%(effect)s”: %(why)s") % {"effect": effect.label, "why": why}
        for (at, effect), why in NEEDED.items()
        if at == level
    ]


def _uses(ids, since) -> tuple[dict[int, Uses], dict[int, Uses]]:
    """({outcome: uses since then}, {outcome: uses ever}), of calls that stand."""
    calls = Call.objects.filter(outcome__in=ids, undone_at__isnull=True).order_by()
    calls = _counted(calls, Q(at__gte=since))
    topics = _counted(CallOutcome.objects.filter(outcome__in=ids, call__undone_at__isnull=True), Q(call__at__gte=since))
    none = (0, 0)
    return tuple({pk: Uses(calls.get(pk, none)[n], topics.get(pk, none)[n]) for pk in ids} for n in (0, 1))


def _counted(rows, is_recent) -> dict[int, tuple[int, int]]:
    found = rows.values("outcome_id").annotate(recent=Count("pk", filter=is_recent), ever=Count("pk"))
    return {row["outcome_id"]: (row["recent"], row["ever"]) for row in found}


def _last_changes(ids) -> dict[int, Change]:
    newest = Change.objects.filter(model=Outcome._meta.label_lower, object_id__in=ids).values("object_id")
    newest = newest.annotate(last=Max("pk")).values_list("last", flat=True)
    return {change.object_id: change for change in Change.objects.filter(pk__in=list(newest))}
