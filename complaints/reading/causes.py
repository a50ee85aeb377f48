"""The cause tree as forms, filters and its editor show it."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from audit.models import Change
from complaints.models import Cause, Complaint

STEP_IN = "\u3000"  # an option cannot be indented by a style


def cause_choices(store_id) -> list[tuple[str, str]]:
    """(code, name) of the causes that can be chosen, in the order of the tree, the finer ones behind blanks. One query."""
    return [
        (cause.code, STEP_IN * (cause.depth - 1) + cause.name)
        for cause in Cause.objects.active().filter(store_id=store_id).order_by("place")
    ]


@dataclass(frozen=True)
class Line:
    """A cause in the editor. Counts are of cases that stand: `recent` since a moment, `ever`; with finer ones in brackets."""

    cause: Cause
    recent: int
    ever: int
    ever_below: int
    newest: object
    change: Change | None


def cause_lines(store, since) -> tuple[list[Line], list[Line]]:
    """(those in use, the retired ones), in the order of the tree. Three queries."""
    causes = list(Cause.objects.filter(store=store).order_by("place"))
    counts = Complaint.objects.filter(store=store).real().order_by().values("cause_id")
    counted = {
        row["cause_id"]: row
        for row in counts.annotate(
            recent=Count("pk", filter=Q(opened_at__gte=since)), ever=Count("pk"), newest=Max("opened_at")
        )
    }
    nothing = {"recent": 0, "ever": 0, "newest": None}
    changes = _last_changes(causes)
    lines = []
    for cause in causes:
        own = counted.get(cause.pk, nothing)
        below = [row for row in causes if row.lineage.startswith(f"{cause.lineage}/")]
        whole = own["ever"] + sum(counted.get(row.pk, nothing)["ever"] for row in below)
        lines.append(Line(cause, own["recent"], own["ever"], whole, own["newest"], changes.get(cause.pk)))
    return [line for line in lines if line.cause.retired_at is None], [line for line in lines if line.cause.retired_at]


def _last_changes(causes) -> dict[int, Change]:
    ids = [cause.pk for cause in causes]
    lines = Change.objects.filter(model=Cause._meta.label_lower, object_id__in=ids).order_by("pk")
    return {line.object_id: line for line in lines}
