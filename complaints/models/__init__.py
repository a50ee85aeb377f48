from complaints.models.cases import Complaint, ComplaintNote
from complaints.models.causes import Cause
from complaints.models.lessons import Lesson, LessonDial, Measure, MeasureLine, Recurrence

__all__ = [
    "Cause",
    "Complaint",
    "ComplaintNote",
    "Lesson",
    "LessonDial",
    "Measure",
    "MeasureLine",
    "Recurrence",
]
