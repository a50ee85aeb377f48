"""The small forms on a case's page; `seen` is the stamp of what the person looked at."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import DEPARTMENT_ROLES, Role
from accounts.models import User
from complaints.choices import Department, Emergency, FileKind, NoteKind, WaitsFor
from complaints.forms.cases import MOMENT, plain_helper
from complaints.services import NOTE_LENGTH, RESOLUTION_LENGTH
from complaints.services.emergencies import ENGINEER_LENGTH, PHONE_LENGTH
from complaints.services.steps import COMPENSATION_LENGTH
from complaints.services.waiting import LONGEST_EXTENSION
from office.fields import FilesField

HANDLING_ROLES = (Role.SPECIALIST, Role.MANAGER, *DEPARTMENT_ROLES)


def _text(label, *, rows=2, length=NOTE_LENGTH, **more):
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more)


class StepForm(forms.Form):
    """Base: ids of its own, since several stand on one page."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, complaint=None, user=None, **kwargs):
        kwargs.setdefault("auto_id", f"{self.code()}_%s")
        if complaint is not None and not args:
            kwargs.setdefault("initial", {"seen": complaint.stamp})
        super().__init__(*args, **kwargs)
        self.complaint, self.user = complaint, user
        self.helper = plain_helper()

    @classmethod
    def code(cls) -> str:
        return cls.__name__.removesuffix("Form").lower()


class TakeoverForm(StepForm):
    pass


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        place = person.works_in and Department(person.works_in).label
        return " · ".join(str(part) for part in (person.full_name, place or person.get_role_display()) if part)


class AssignForm(StepForm):
    """Department and person; a department head chooses among the own people."""

    department = forms.ChoiceField(label=_("Department"), choices=Department.choices)
    to = PersonField(label=_("Handler"), queryset=User.objects.none(), empty_label=_("Please choose"))
    note = forms.CharField(label=pgettext_lazy("complaints", "What to do"), max_length=NOTE_LENGTH, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.complaint is None:
            return
        people = User.objects.filter(store=self.complaint.store_id, is_active=True, role__in=HANDLING_ROLES)
        own = self.user.works_in
        if own:
            of_role = [role for role in DEPARTMENT_ROLES if User(role=role).works_in == own]
            people = people.filter(role__in=DEPARTMENT_ROLES).filter(
                Q(department=own) | Q(department="", role__in=of_role)
            )
            self.fields["department"].choices = [(own, Department(own).label)]
        self.fields["to"].queryset = people.order_by("role", "full_name", "pk")
        self.initial.setdefault("department", own or self.complaint.department)
        self.initial.setdefault("to", self.complaint.handler_id)

    def clean(self):
        cleaned = super().clean()
        to, department = cleaned.get("to"), cleaned.get("department")
        if to and department and to.works_in and to.works_in != department:
            self.add_error("to", _("%(person)s works in another department.") % {"person": to.full_name})
        return cleaned


class NoteForm(StepForm):
    text = _text(_("Note"), rows=3)
    kind = forms.ChoiceField(
        label=pgettext_lazy("a note", "For whom"),
        choices=NoteKind.choices,
        initial=NoteKind.INTERNAL,
        required=False,
        widget=forms.RadioSelect,
    )
    uploads = FilesField(label=_("Attachments"))

    def clean_kind(self):
        return self.cleaned_data["kind"] or NoteKind.INTERNAL


class WaitForm(StepForm):
    waits_for = forms.ChoiceField(label=_("Waits for"), choices=WaitsFor.choices)
    until = forms.DateTimeField(label=_("Agreed date"), widget=MOMENT)
    reason = _text(_("Reason"))


class ResumeForm(StepForm):
    note = _text(_("Note"), required=False)


class ExtendForm(StepForm):
    days = forms.IntegerField(label=_("Work days more"), min_value=1, max_value=LONGEST_EXTENSION, initial=2)
    reason = _text(_("Reason"))


class SolveForm(StepForm):
    resolution = _text(_("How it was solved"), rows=3, length=RESOLUTION_LENGTH)
    compensation = forms.CharField(
        label=_("What the customer was given for it"),
        max_length=COMPENSATION_LENGTH,
        required=False,
        help_text=_(
            "Money, vouchers, free work. Then the case closes only with a confirmation signed by the customer."
        ),
    )


class AskedForm(StepForm):
    note = _text(_("What the customer says to the solution"))


class CloseForm(StepForm):
    note = _text(_("What the customer says to the solution"), required=False)
    unasked = _text(_("Why it is closed without asking the customer"), required=False)


class ReopenForm(StepForm):
    reason = _text(_("Why it is not solved"))


class RejectForm(StepForm):
    reason = _text(_("Why it is no complaint of ours"))


class ForceForm(StepForm):
    reason = _text(_("Why it is closed by force"))


class AppealForm(StepForm):
    reason = _text(_("What is said against it"))


class DecideForm(StepForm):
    reason = _text(_("Reason of the decision"))


class FilesForm(StepForm):
    uploads = FilesField(label=_("Attachments"), required=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=FileKind.choices)


class EmergencyForm(StepForm):
    kind = forms.ChoiceField(label=_("What has happened"), choices=Emergency.choices)


class CalloutForm(StepForm):
    engineer = forms.CharField(label=_("Engineer"), max_length=ENGINEER_LENGTH)
    phone = forms.CharField(label=_("Phone"), max_length=PHONE_LENGTH, required=False)
    called_at = forms.DateTimeField(label=_("Called at"), widget=MOMENT)


class ArrivalForm(StepForm):
    arrived_at = forms.DateTimeField(label=pgettext_lazy("an engineer", "Arrived at"), widget=MOMENT)
    done = _text(_("What he found and did"))
