"""A case's lesson with its measures, and lists of measures."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from complaints.choices import MEASURE_STEPS, MeasureState
from complaints.models import Lesson, LessonDial, Measure, MeasureLine, Recurrence
from complaints.permissions import lesson_lacks, may_do, may_judge


@dataclass
class MeasureSheet:
    """One measure with what this reader may do to it now."""

    measure: Measure
    is_late: bool
    is_to_check: bool
    may_do: bool
    may_judge: bool
    may_reopen: bool


@dataclass
class LessonPage:
    """`lacks`: what has to be written before the case may be closed. `against`: earlier measures whose cause this case brought back."""

    lesson: Lesson | None
    measures: list[MeasureSheet] = field(default_factory=list)
    lacks: list = field(default_factory=list)
    against: list[Recurrence] = field(default_factory=list)


def lesson_of(complaint) -> Lesson | None:
    """With its measures, their logs and what came back since; at most five queries."""
    lines = Prefetch("lines", MeasureLine.objects.select_related("by"))
    returned = Prefetch("recurrences", Recurrence.objects.select_related("complaint"))
    measures = Prefetch("measures", Measure.objects.select_related("owner", "store").prefetch_related(lines, returned))
    found = Lesson.objects.filter(complaint=complaint).select_related("cause", "by").prefetch_related(measures)
    return found.first()


def lesson_page(complaint, user, today) -> LessonPage:
    lesson = lesson_of(complaint)
    need = LessonDial.objects.values_list("need", flat=True).get(store_id=complaint.store_id)
    sheets = [_sheet(measure, user, today) for measure in lesson.measures.all()] if lesson else []
    lacks = lesson_lacks(complaint, need, lesson, sheets) if complaint.is_open else []
    against = Recurrence.objects.filter(complaint=complaint).select_related(
        "measure__lesson__complaint", "measure__owner"
    )
    return LessonPage(lesson, sheets, lacks, list(against))


def _sheet(measure, user, today) -> MeasureSheet:
    state, doer = MeasureState(measure.state), may_do(user, measure)
    return MeasureSheet(
        measure,
        is_late=state == MeasureState.OPEN and measure.due_on < today,
        is_to_check=state == MeasureState.DONE and measure.check_on is not None and measure.check_on <= today,
        may_do=doer and state == MeasureState.OPEN,
        may_judge=may_judge(user, measure) and state == MeasureState.DONE,
        may_reopen=doer and MeasureState.OPEN in MEASURE_STEPS[state],
    )
