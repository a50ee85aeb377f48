"""The input boundary of stores, teams and people. Forms validate; accounts.services write."""

from accounts.forms.absences import AbsenceForm, BackForm
from accounts.forms.calendar import CopyForm, DayFileForm, DayForm, DaysForm, RestDaysForm
from accounts.forms.own import LoginForm, MeForm, OwnPasswordForm
from accounts.forms.people import NewPersonForm, PasswordForm, PersonForm, TeamForm
from accounts.forms.stores import StoreForm

__all__ = [
    "AbsenceForm",
    "BackForm",
    "CopyForm",
    "DayFileForm",
    "DayForm",
    "DaysForm",
    "RestDaysForm",
    "LoginForm",
    "MeForm",
    "NewPersonForm",
    "OwnPasswordForm",
    "PasswordForm",
    "PersonForm",
    "StoreForm",
    "TeamForm",
]
