"""Composing the weekly case analysis: on Monday by a job, frozen from then on; anew with a reason, as a further version."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.choices import Deed, Source
from audit.services import record_change
from common.locks import lock_words
from complaints.models import WeekAnalysis
from complaints.reading.analysis import monday_of, week_content
from office.services import notify

CAUGHT_UP = 8  # weeks; a machine that stood still longer than that leaves a gap


@transaction.atomic
def compose_week(store, start: dt.date, *, now, by=None, reason="") -> WeekAnalysis:
    """The week of `start` (a Monday) as it stands now. Raises ValidationError: it is not over, or was composed and `reason` is missing."""
    lock_words(f"case analysis:{store.pk}")
    if start != monday_of(start) or store.day_of(now) < start + dt.timedelta(days=7):
        raise ValidationError(_("This week is not over yet."), code="running")
    last = WeekAnalysis.objects.filter(store=store, start=start).aggregate(last=Max("version"))["last"] or 0
    if last and not reason.strip():
        raise ValidationError({"reason": _("Say why it is composed anew: the earlier one stays beside it.")})
    content = week_content(store, start, now)
    made = WeekAnalysis.objects.create(
        store=store, start=start, version=last + 1, content=content, reason=reason.strip()[:200], by=by, at=now
    )
    record_change(made, {}, by=by, source=Source.FORM if by else Source.SYSTEM, deed=Deed.CREATE, at=now)
    return made


def compose_missing(store, *, now) -> list[WeekAnalysis]:
    """The last weeks that are over and have none, the latest is told of. A second run, or a late one, does no harm."""
    monday = monday_of(store.day_of(now))
    starts = [monday - dt.timedelta(weeks=back) for back in range(CAUGHT_UP, 0, -1)]
    starts = [start for start in starts if start + dt.timedelta(days=6) >= store.live_on]
    made = []
    for start in starts:
        with transaction.atomic():
            lock_words(f"case analysis:{store.pk}")
            if not WeekAnalysis.objects.filter(store=store, start=start).exists():
                made.append(compose_week(store, start, now=now))
    if made and made[-1].start == monday - dt.timedelta(weeks=1):
        start = made[-1].start
        notify(
            store=store,
            permission="complaints.view_radar",
            code="analysis_ready",
            key=f"analysis:{store.pk}:{start}",
            params={"start": start.isoformat(), "opened": made[-1].content["opened"]},
            url_name="complaints:analysis",
            url_args=[start.isoformat()],
        )
    return made
