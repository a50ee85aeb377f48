from complaints.models.analysis import WeekAnalysis
from complaints.models.cases import Complaint, ComplaintNote
from complaints.models.causes import Cause
from complaints.models.clocks import ClockDial, Escalation, Pause
from complaints.models.emergencies import Callout
from complaints.models.files import ComplaintFile
from complaints.models.lessons import Lesson, LessonDial, Measure, MeasureLine, Recurrence
from complaints.models.library import CasePick, LibraryEntry
from complaints.models.penalties import Penalty, PenaltyLine

__all__ = [
    "Callout",
    "CasePick",
    "Cause",
    "ClockDial",
    "Complaint",
    "ComplaintFile",
    "ComplaintNote",
    "Escalation",
    "Lesson",
    "LessonDial",
    "LibraryEntry",
    "Measure",
    "MeasureLine",
    "Pause",
    "Penalty",
    "PenaltyLine",
    "Recurrence",
    "WeekAnalysis",
]
