"""What can be asked of the queue: the morning run, what is to be moved, imports that no run has followed (declarations for office.watch)."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.calendar import calendar_of
from common.health import BAD, GOOD, WARN, Check, Finding
from followups.models import CallMove, GenerationRun
from followups.services.effects import find_unheard
from followups.services.moving import find_unmoved

MORNING_BY = dt.time(8, 0)  # the run is rung for at 6:30; from now on people come to work


def look_at_morning_run(look):
    """Of the store's day today. On a day off a missing run presses nobody."""
    days = {store.pk: store.day_of(look.now) for store in look.stores}
    runs = GenerationRun.objects.filter(store__in=days, day__in=set(days.values()), finished_at__isnull=False)
    done = {(store, day): at for store, day, at in runs.values_list("store", "day", "finished_at")}
    for store in look.stores:
        at = done.get((store.pk, days[store.pk]))
        if at is not None:
            at = f"{at.astimezone(store.zone):%H:%M}"
            yield Finding(GOOD, _("today’s calls were worked out at %(time)s") % {"time": at}, store, {"done": True})
            continue
        limit = dt.datetime.combine(days[store.pk], MORNING_BY, tzinfo=store.zone)
        is_late = (
            look.now >= limit
            and store.created_at < limit
            and store.live_on <= days[store.pk]
            and calendar_of(store).is_workday(days[store.pk])
        )
        text = _("today’s calls were not worked out yet")
        yield Finding(BAD if is_late else GOOD, text, store, {"done": False}, since=limit if is_late else None)


def look_at_moves(look):
    unmoved = set(find_unmoved())
    waiting = set(CallMove.objects.filter(store__in=look.stores, done_at=None).values_list("store", flat=True))
    for store in look.stores:
        is_stuck = store.pk in unmoved
        text = _("waiting calls are still to be moved") if store.pk in waiting else _("nothing is to be moved")
        facts = {"waiting": store.pk in waiting, "stuck": is_stuck}
        yield Finding(WARN if is_stuck else GOOD, text, store, facts)


def look_at_unheard(look):
    ids = [store.pk for store in look.stores]
    count = sum(1 for store, _batch in find_unheard(look.now) if store in ids)
    words = _("%(n)s imports wait for their calls to be worked out") % {"n": count}
    yield Finding(WARN if count else GOOD, words, facts={"waiting": count})


CHECKS = [
    Check(
        "morning_run",
        gettext_lazy("Morning run"),
        look_at_morning_run,
        gettext_lazy(
            "Start the worker again, it catches up by itself; or run manage.py generate_due and read what it says."
        ),
        alarm=gettext_lazy("Today’s calls have not been worked out: the queue shows those of the last run."),
    ),
    Check(
        "moves",
        gettext_lazy("Moved calls"),
        look_at_moves,
        gettext_lazy(
            "A worker moves them after a change of the calendar; where that does not happen, look at the workers."
        ),
    ),
    Check(
        "after_import",
        gettext_lazy("Runs after imports"),
        look_at_unheard,
        gettext_lazy("A worker follows them up every minute; where that does not happen, look at the workers."),
    ),
]
