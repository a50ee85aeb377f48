"""The pages of those who answer for cases: a handler's own, a department's, the whole house at a glance."""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.choices import IN_WORK, ComplaintState, Department, Rung
from complaints.models import Complaint, Escalation

SHOWN = 30  # of each part; the list has the rest
_S = ComplaintState


@dataclass
class Part:
    """A heading with its cases; `more`: there are further ones."""

    code: str
    title: LazyText
    rows: list
    tone: str = ""
    more: bool = False


@dataclass
class Board:
    parts: list[Part] = field(default_factory=list)
    counts: list[tuple] = field(default_factory=list)  # rows of the table: (label, [numbers])
    columns: list = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(part.rows for part in self.parts)


def _part(code, title, rows, order=("next_due_at", "id"), tone=""):
    found = list(rows.order_by(*order)[: SHOWN + 1])
    return Part(code, title, found[:SHOWN], tone, len(found) > SHOWN)


def _cases(user):
    return Complaint.objects.visible_to(user).select_related("customer", "vehicle", "handler", "cause")


def own_board(user, now) -> Board:
    """Of a handler: hers by urgency, what waits, what of her department nobody has taken on."""
    mine = _cases(user).open().filter(handler=user)
    running = mine.filter(state__in=(_S.RECEIVED, _S.HANDLING))
    free = _cases(user).open().filter(handler=None, state__in=IN_WORK)
    return Board(
        [
            _part("late", pgettext_lazy("complaints", "Late"), running.filter(next_due_at__lt=now), tone="bad"),
            _part("running", _("To be done"), running.filter(next_due_at__gte=now)),
            _part("free", _("Nobody has taken these on yet"), free, tone="warn"),
            _part("waiting", pgettext_lazy("complaints", "Waiting"), mine.filter(state=_S.WAITING)),
            _part("asked", _("Solved, the customer is asked again"), mine.filter(state__in=(_S.SOLVED, _S.CONFIRMED))),
        ]
    )


def department_board(user, now) -> Board:
    """Of a department's head: what is late, what nobody handles, what was escalated, and who has how many."""
    cases = _cases(user).open().filter(department=user.works_in)
    late = cases.overdue(now).filter(state__in=IN_WORK)
    board = Board(
        [
            _part("emergency", _("Emergencies"), cases.filter(state__in=IN_WORK).exclude(emergency=""), tone="bad"),
            _part("late", pgettext_lazy("complaints", "Late"), late, tone="bad"),
            _part(
                "free", _("Nobody has taken these on yet"), cases.filter(handler=None, state__in=IN_WORK), tone="warn"
            ),
            _part(
                "running", _("In work"), cases.filter(state__in=IN_WORK, next_due_at__gte=now, handler__isnull=False)
            ),
            _part("asked", _("Solved, the customer is asked again"), cases.filter(state__in=(_S.SOLVED, _S.CONFIRMED))),
        ]
    )
    board.columns = [
        pgettext_lazy("complaints", "Open"),
        pgettext_lazy("complaints", "Late"),
        pgettext_lazy("complaints", "Waiting"),
    ]
    rows = (
        cases.order_by().values("handler__full_name").annotate(**_numbers(now)).order_by("-open", "handler__full_name")
    )
    board.counts = [
        (row["handler__full_name"] or _("Nobody yet"), [row["open"], row["late"], row["waiting"]]) for row in rows
    ]
    return board


def _numbers(now):
    late = Q(next_due_at__lt=now) & ~Q(next_step="")
    return {
        "open": Count("id"),
        "late": Count("id", filter=late),
        "waiting": Count("id", filter=Q(state=_S.WAITING)),
        "asked": Count("id", filter=Q(state__in=(_S.SOLVED, _S.CONFIRMED))),
    }


def whole_board(user, now) -> Board:
    """Of the general manager: every department in a line, then what presses most."""
    cases = _cases(user).open()
    high = Escalation.objects.filter(rung__gte=Rung.GENERAL, is_passed=False, complaint__in=cases.values("pk"))
    late = cases.overdue(now).exclude(pk__in=high.values("complaint"))
    calm = cases.exclude(pk__in=high.values("complaint")).exclude(pk__in=late.values("pk"))
    board = Board(
        [
            _part("emergency", _("Emergencies"), cases.filter(state__in=IN_WORK).exclude(emergency=""), tone="bad"),
            _part("decide", _("Appeals to be decided"), cases.filter(state=_S.APPEALED), tone="warn"),
            _part(
                "high", _("Escalated to the general manager"), cases.filter(pk__in=high.values("complaint")), tone="bad"
            ),
            _part("late", pgettext_lazy("complaints", "Late"), late, tone="bad"),
            _part("major", _("Major, in time"), calm.filter(severity="major")),
            _part("confirmed", _("Confirmed, to be closed"), cases.filter(state=_S.CONFIRMED)),
        ]
    )
    board.columns = [
        pgettext_lazy("complaints", "Open"),
        pgettext_lazy("complaints", "Late"),
        pgettext_lazy("complaints", "Waiting"),
        _("Being asked again"),
    ]
    rows = {row["department"]: row for row in cases.order_by().values("department").annotate(**_numbers(now))}
    for department in Department:
        if row := rows.get(department.value):
            board.counts.append((department.label, [row["open"], row["late"], row["waiting"], row["asked"]]))
    return board
