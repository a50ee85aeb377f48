"""The daily callback report (日回访报表): declared figures in tables, and what customers said, for one store or one person.

Tables and listings are what the page, the print and the workbook show alike. The number of queries does not depend on the rows.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.figures import Figure, Scope, split_counts, totals
from cvp.choices import Scale
from cvp.models import Answer
from followups.wording import rule_label
from reports.reading.figures import PERIODS_TO_A_DAY, Line, all_figures, cells_of, scope_of

MOST_ROWS = 100  # of a listing; the rest is counted, and opened by its number
OLDEST = 20  # of the overdue topics


@dataclass(frozen=True)
class Block:
    """A table of figures. `head` names the first column, `note` what has to be known about the whole."""

    code: str
    title: LazyText
    head: LazyText
    split: str
    figures: tuple[str, ...]
    empty: LazyText
    for_store: bool = True
    for_person: bool = True
    note: LazyText = ""


TOPIC = pgettext_lazy("figures", "Topic")
PERSON = pgettext_lazy("figures", "Person")
REASON = _("Reason")
WORK = ("calls", "customers_called", "customers_spoken", "topics_dialled", "topics_connected", "topics_effective")
BLOCKS = (
    Block(
        "people",
        _("Worked, by person"),
        PERSON,
        "person",
        (*WORK, "topics_first_call"),
        _("Nobody has called in this period."),
        for_person=False,
        note=_("A topic or customer that several people called counts once for each of them, and once in all."),
    ),
    Block(
        "work",
        _("Worked, by topic"),
        TOPIC,
        "topic",
        ("topics_dialled", "topics_connected", "topics_effective", "topics_first_call"),
        _("No topic was called about in this period."),
        for_store=False,
    ),
    Block(
        "due",
        _("Due in the period, by topic"),
        TOPIC,
        "rule",
        ("due", "dialled", "connected", "effective", "first_call", "overdue_then"),
        _("No call is due in this period."),
        for_person=False,
    ),
    Block(
        "results",
        _("How the calls ended"),
        _("Result"),
        "outcome",
        ("outcomes",),
        _("Nobody has called in this period."),
    ),
    Block(
        "answers",
        _("Satisfaction"),
        TOPIC,
        "topic",
        ("answered", "satisfied", "dissatisfied"),
        _("No questionnaire was answered in this period."),
    ),
    Block(
        "promises",
        _("Promised calls"),
        PERSON,
        "person",
        ("promises_given", "promises_due", "promises_kept", "promises_late", "promises_waiting"),
        _("No promised call was given or due in this period."),
    ),
    Block(
        "overdue",
        _("Overdue, by age"),
        _("Past the deadline"),
        "age",
        ("overdue_then",),
        _("Nothing was overdue."),
        for_person=False,
    ),
    Block(
        "not_called",
        _("Could not be called"),
        REASON,
        "reason",
        ("not_called",),
        _("Nothing ended without a call."),
    ),
    Block(
        "skipped",
        _("Put aside, with a reason"),
        REASON,
        "skip_reason",
        ("skipped",),
        _("Nothing was put aside."),
        note=_("Says why a call was not possible then. It counts against nobody."),
    ),
)


@dataclass(frozen=True)
class FilledBlock:
    block: Block
    figures: list[Figure]
    lines: list[Line]
    total: Line


@dataclass(frozen=True)
class Row:
    """`cells` are words ready to show, the first of them the customer's name."""

    customer_id: int
    cells: list


@dataclass(frozen=True)
class Listing:
    code: str
    title: LazyText
    columns: list
    rows: list[Row]
    more: int = 0  # rows left out

    @property
    def labelled(self):
        """Each row with its cells beside the names of their columns."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True)
class Report:
    store: object
    person: object | None
    period: str
    scope: Scope
    made_at: dt.datetime
    blocks: list[FilledBlock]
    listings: list[Listing] = field(default_factory=list)

    @property
    def period_name(self) -> LazyText:
        return PERIODS_TO_A_DAY[self.period]

    @property
    def figures(self) -> list[Figure]:
        """Each figure shown, once, in the order of the blocks."""
        return list({figure.code: figure for block in self.blocks for figure in block.figures}.values())

    @property
    def is_past(self) -> bool:
        return self.scope.end < self.scope.today

    @property
    def customer_ids(self) -> set[int]:
        """Who is named in it."""
        return {row.customer_id for listing in self.listings for row in listing.rows}


def callback_report(store, *, day, period, person, now) -> Report:
    """`now` in the store's zone. The numbers of a past day are as stored today, judged by the day they belong to."""
    scope = scope_of(store, period, now, day)
    keys = {"person": person.pk} if person else {}
    wanted = [block for block in BLOCKS if (block.for_person if person else block.for_store)]
    blocks = [_filled(block, scope, period, keys) for block in wanted]
    listings = [_words(scope, keys, now.tzinfo), _complaints(scope, keys, now.tzinfo), _broken(scope, keys, now.tzinfo)]
    if not person:
        listings.append(_oldest(scope))
    listings.append(_put_aside(scope, keys, now.tzinfo))
    return Report(store, person, period, scope, now, blocks, listings)


def _filled(block, scope, period, keys) -> FilledBlock:
    figures = [all_figures()[code] for code in block.figures]
    counts = split_counts(figures, scope, block.split, **keys)
    whole = totals(figures, scope, **keys)
    if block.code == "results":  # each result is a share of all numbers tried
        whole["calls"] = whole["outcomes"]
        for numbers in counts.values():
            numbers["calls"] = whole["calls"]
    names = figures[0].source.splits[block.split].names([key for key in counts if key not in ("", None)])
    where = {"period": period, "day": scope.end.isoformat(), **keys}
    lines = [Line(label, cells_of(figures, counts[key], where | {block.split: key})) for key, label in names.items()]
    return FilledBlock(block, figures, lines, Line("", cells_of(figures, whole, where)))


# --- What was said, opened, broken, left ------------------------------------------------------------------------------
def _cut(rows, most=MOST_ROWS) -> tuple[list, int]:
    found = list(rows[:most])
    return found, rows.count() - len(found) if len(found) == most else 0


def _moment(at, zone) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M")


def _words(scope, keys, zone) -> Listing:
    """Who is not satisfied, and what else was written down about the surveys; the dissatisfied first."""
    sour = all_figures()["dissatisfied"]
    worded = Answer.objects.filter(response=OuterRef("response"), text__gt="")
    spoken = Q(note__gt="") | Q(call__note__gt="") | Q(Exists(worded))
    columns = {sour.source.splits[split].column: key for split, key in keys.items()}
    rows = sour.source.rows(scope).filter(**columns)
    is_sour = Case(When(sour.where, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = rows.annotate(is_sour=is_sour).filter(Q(is_sour=1) | spoken)
    answers = Answer.objects.select_related("question").order_by("question__order")
    rows = rows.select_related("call__customer", "call__by", "item", "complaint")
    rows = rows.prefetch_related(Prefetch("response__answers", answers)).order_by("-is_sour", "call__at", "pk")
    found, more = _cut(rows)
    return Listing(
        "words",
        _("What customers said"),
        [_("Customer"), TOPIC, _("Satisfied"), _("Answers"), _("Her words"), _("Complaint"), _("By"), _("When")],
        [
            Row(
                row.call.customer_id,
                [
                    row.call.customer.name,
                    rule_label(row.item.rule),
                    (sour if row.is_sour else all_figures()["satisfied"]).label,
                    _told(row.response.answers.all()),
                    _said(row),
                    row.complaint.number if row.complaint else "",
                    row.call.by.full_name,
                    _moment(row.call.at, zone),
                ],
            )
            for row in found
        ],
        more,
    )


def _told(answers) -> str:
    """The dissatisfied answers with their questions."""
    return "\n".join(f"{answer.question}: {answer.words}" for answer in answers if answer.is_alarm)


def _said(row) -> str:
    """Her words and the notes, each once."""
    texts = [answer.text for answer in row.response.answers.all() if answer.question.scale == Scale.TEXT]
    return "\n".join(dict.fromkeys(text for text in [*texts, row.note, row.call.note] if text))


def _complaints(scope, keys, zone) -> Listing:
    rows = all_figures()["complaints_opened"].rows(scope, **keys).select_related("customer", "opened_by", "cause")
    found, more = _cut(rows.order_by("opened_at", "pk"))
    return Listing(
        "complaints",
        _("Complaints opened"),
        [
            _("Customer"),
            pgettext_lazy("of a complaint", "Number"),
            _("Cause"),
            _("Severity"),
            _("Department"),
            _("What the customer says"),
            pgettext_lazy("figures", "State"),
            _("By"),
        ],
        [
            Row(
                row.customer_id,
                [
                    row.customer.name,
                    row.number,
                    str(row.cause),
                    row.get_severity_display(),
                    row.get_department_display(),
                    row.summary,
                    row.get_state_display(),
                    row.opened_by.full_name if row.opened_by else "",
                ],
            )
            for row in found
        ],
        more,
    )


def _broken(scope, keys, zone) -> Listing:
    """Promises not kept in time: what was agreed, and when the number was dialled at last."""
    rows = all_figures()["promises_due"].rows(scope, **keys).exclude(all_figures()["promises_kept"].where)
    found, more = _cut(rows.select_related("customer").order_by("due_at", "pk"))
    return Listing(
        "broken",
        _("Promised calls not made in time"),
        [_("Customer"), _("Agreed time"), _("First dialled"), pgettext_lazy("figures", "State")],
        [
            Row(
                row.customer_id,
                [
                    row.customer.name,
                    _moment(row.due_at, zone),
                    _moment(row.dialled_at, zone) if row.dialled_at else _("Not dialled so far"),
                    row.get_state_display(),
                ],
            )
            for row in found
        ],
        more,
    )


def _oldest(scope) -> Listing:
    rows = all_figures()["overdue_then"].rows(scope).select_related("customer", "vehicle")
    found, more = _cut(rows.order_by("due_on", "pk"), OLDEST)
    return Listing(
        "oldest",
        _("Overdue, the oldest first"),
        [_("Customer"), TOPIC, _("Vehicle"), _("Deadline"), _("Days past it"), _("Attempts")],
        [
            Row(
                row.customer_id,
                [
                    row.customer.name,
                    rule_label(row.rule),
                    row.vehicle.name if row.vehicle else "",
                    row.due_on.isoformat(),
                    str((scope.end - row.due_on).days),
                    str(row.attempts),
                ],
            )
            for row in found
        ],
        more,
    )


def _put_aside(scope, keys, zone) -> Listing:
    """Those that say more than their reason, which is counted above."""
    rows = all_figures()["skipped"].rows(scope, **keys).exclude(note="").select_related("card__customer", "by")
    found, more = _cut(rows.order_by("at", "pk"))
    return Listing(
        "aside",
        _("Put aside, with a note"),
        [_("Customer"), REASON, pgettext_lazy("on a call", "Note"), _("By"), _("When")],
        [
            Row(
                row.card.customer_id,
                [
                    row.card.customer.name,
                    row.get_reason_display(),
                    row.note,
                    row.by.full_name,
                    _moment(row.at, zone),
                ],
            )
            for row in found
        ],
        more,
    )
