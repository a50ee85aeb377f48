"""What a weekly case analysis says, as JSON: numbers, names as they were, ids to open. Shares come from the declared figures."""

import datetime as dt
from collections import Counter

from common.figures import Scope, totals
from complaints.choices import PickPeriod, Severity
from complaints.figures import WEEK_FIGURES
from complaints.models import CasePick, Cause, Complaint, Measure
from complaints.reading.repeats import repeats_of
from complaints.sightings import all_sightings

TREND_WEEKS = 8
WORST = 5  # verbatims
CAUSES = 12


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def week_content(store, start: dt.date, now: dt.datetime) -> dict:
    """The week from the Monday `start` to its Sunday, as it stands at `now`. A fixed number of queries."""
    scope = Scope(store, start, start + dt.timedelta(days=6), store.day_of(now))
    opened = list(_opened(store, scope.since, scope.until).select_related("cause", "customer"))
    content = {"opened": len(opened), "figures": totals(WEEK_FIGURES, scope), "hours": _hours(store, scope)}
    content["causes"] = _causes(store, scope)
    for name in ("department", "severity"):
        content[name] = dict(Counter(getattr(case, name) for case in opened).most_common())
    content["repeat"] = _repeat(store, opened, scope.end)
    content["worst"] = [_verbatim(case) for case in sorted(opened, key=_gravity)[:WORST]]
    content["late"] = _late_measures(store, scope.end)
    content["picks"] = _picks(store, start, scope.end)
    content["trend"] = _trend(store, start)
    return content


def _opened(store, since, until):
    return Complaint.objects.filter(store=store, opened_at__gte=since, opened_at__lt=until).real()


def _hours(store, scope) -> dict:
    """Mean hours from opening to the solution, of the cases closed in the week."""
    closed = Complaint.objects.filter(store=store, closed_on__range=(scope.start, scope.end), solved_at__isnull=False)
    spans = [solved - begun for begun, solved in closed.real().values_list("opened_at", "solved_at")]
    mean = sum(spans, dt.timedelta()).total_seconds() / 3600 / len(spans) if spans else None
    return {"mean": round(mean, 1) if mean is not None else None, "n": len(spans)}


def _causes(store, scope):
    """Of this week and the one before, most frequent first: [code, Chinese, English, this week, the one before, dissatisfied answers]."""
    causes = {cause.pk: cause for cause in Cause.objects.filter(store=store)}
    week, before, answers = Counter(), Counter(), Counter()
    for sighting in all_sightings(store, scope.since - dt.timedelta(weeks=1), scope.until):
        if sighting.kind == "answer":
            answers[sighting.cause_id] += sighting.at >= scope.since
        else:
            (week if sighting.at >= scope.since else before)[sighting.cause_id] += 1
    ids = sorted(
        {*week, *(pk for pk in answers if answers[pk])}, key=lambda pk: (-week[pk], -answers[pk], causes[pk].place)
    )
    rows = [causes[pk] for pk in ids[:CAUSES]]
    return [[row.code, row.path_zh, row.path_en, week[row.pk], before[row.pk], answers[row.pk]] for row in rows]


def _repeat(store, opened, day):
    names = {case.customer_id: case.customer.name for case in opened}
    found = repeats_of(store, list(names), day)
    return [
        [pk, names[pk], each.count, each.open] for pk, each in sorted(found.items(), key=lambda line: -line[1].count)
    ]


def _gravity(case):
    return (-list(Severity.values).index(case.severity), -len(case.summary), case.pk)


def _verbatim(case):
    return [case.pk, case.number, case.severity, case.cause.path_zh, case.cause.path_en, case.summary]


def _late_measures(store, day):
    late = (
        Measure.objects.overdue(day + dt.timedelta(days=1))
        .filter(store=store)
        .select_related("owner", "lesson__complaint")
    )
    return [
        [
            each.lesson.complaint_id,
            each.lesson.complaint.number,
            each.what,
            each.owner.full_name if each.owner else "",
            each.due_on.isoformat(),
        ]
        for each in late.order_by("due_on", "pk")
    ]


def _picks(store, start, end):
    week = CasePick.objects.filter(store=store, period=PickPeriod.WEEK, start=start)
    month = CasePick.objects.filter(store=store, period=PickPeriod.MONTH, start=end.replace(day=1))
    picks = (week | month).select_related("complaint__cause", "complaint__lesson").order_by("period", "pk")
    found = {}
    for pick in picks:
        found.setdefault(pick.complaint_id, _pick(pick))
    return list(found.values())


def _pick(pick):
    case, lesson = pick.complaint, getattr(pick.complaint, "lesson", None)
    return {
        "id": case.pk, "number": case.number, "zh": case.cause.path_zh, "en": case.cause.path_en, "summary": case.summary,
        "resolution": case.resolution, "root": lesson.root_cause if lesson else "", "why": pick.why, "period": pick.period,
    }  # fmt: skip


def _trend(store, start):
    """[Monday, opened, closed] of the last weeks, this one last."""
    first = start - dt.timedelta(weeks=TREND_WEEKS - 1)
    since = dt.datetime.combine(first, dt.time(), tzinfo=store.zone)
    until = dt.datetime.combine(start + dt.timedelta(days=7), dt.time(), tzinfo=store.zone)
    opened = Counter(
        (store.day_of(at) - first).days // 7 for at in _opened(store, since, until).values_list("opened_at", flat=True)
    )
    closed = Complaint.objects.filter(
        store=store, closed_on__gte=first, closed_on__lt=start + dt.timedelta(days=7)
    ).real()
    ends = Counter((day - first).days // 7 for day in closed.values_list("closed_on", flat=True))
    return [[(first + dt.timedelta(weeks=each)).isoformat(), opened[each], ends[each]] for each in range(TREND_WEEKS)]
