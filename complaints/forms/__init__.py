"""The input boundary of complaints; services write."""

from complaints.forms.cases import (
    AskedForm,
    CloseForm,
    ComplaintForm,
    FilterForm,
    NoteForm,
    ReopenForm,
    SolveForm,
    StepForm,
    TakeoverForm,
)

__all__ = [
    "AskedForm",
    "CloseForm",
    "ComplaintForm",
    "FilterForm",
    "NoteForm",
    "ReopenForm",
    "SolveForm",
    "StepForm",
    "TakeoverForm",
]
