from complaints.models.cases import Complaint, ComplaintNote
from complaints.models.causes import Cause
from complaints.models.lessons import Lesson, LessonDial, Measure, MeasureLine, Recurrence
from complaints.models.library import CasePick, LibraryEntry

__all__ = [
    "CasePick",
    "Cause",
    "Complaint",
    "ComplaintNote",
    "Lesson",
    "LessonDial",
    "LibraryEntry",
    "Measure",
    "MeasureLine",
    "Recurrence",
]
