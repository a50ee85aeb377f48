"""The input boundary of complaints; services write."""

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.choices import Department, Origin, Severity
from complaints.models import Cause, Complaint
from complaints.reading.causes import cause_choices
from complaints.services import NOTE_LENGTH, RESOLUTION_LENGTH
from customers.models import RepairOrder, Vehicle

LAST_ORDERS = 10  # how far back a complaint usually reaches


class CarField(forms.ModelChoiceField):
    def label_from_instance(self, vehicle):
        return f"{vehicle.name} · {vehicle.title}"


class OrderField(forms.ModelChoiceField):
    def label_from_instance(self, order):
        day = order.settled_on or order.opened_on
        return " · ".join(str(part) for part in (order.order_no, day, order.vehicle) if part)


class ComplaintForm(forms.ModelForm):
    """A complaint that did not come out of a call of ours."""

    vehicle = CarField(queryset=Vehicle.objects.none(), label=_("Vehicle"), required=False, empty_label=_("No car"))
    repair_order = OrderField(
        queryset=RepairOrder.objects.none(), label=_("Repair order"), required=False, empty_label=_("None")
    )
    cause = forms.ChoiceField(label=_("Cause"))
    origin = forms.ChoiceField(
        label=_("How it reached us"), choices=[(key, Origin(key).label) for key in (Origin.PHONE, Origin.WALK_IN)]
    )

    class Meta:
        model = Complaint
        fields = ["summary", "severity", "department", "origin", "vehicle", "repair_order"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 4, "autofocus": True})}

    def __init__(self, *args, customer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [("", _("Please choose")), *cause_choices(customer.store_id)]
        self.fields["cause"].widget.attrs |= {
            "hx-get": reverse("complaints:similar"),
            "hx-include": "[name=summary]",
            "hx-target": "#similar",
            "hx-sync": "this:replace",
        }
        department = self.fields["department"]
        department.required = False
        department.choices = [("", _("The usual one for the cause")), *department.choices[1:]]
        self.fields["vehicle"].queryset = customer.vehicles.alive()
        ours = RepairOrder.objects.alive().filter(Q(owner=customer) | Q(bringer=customer))
        last = ours.order_by("-opened_on", "-id").values("pk")[:LAST_ORDERS]
        self.fields["repair_order"].queryset = (
            RepairOrder.objects.filter(pk__in=last).select_related("vehicle").order_by("-opened_on", "-id")
        )
        self.helper = _helper()

    def clean(self):
        cleaned = super().clean()
        order = cleaned.get("repair_order")
        if order and not cleaned.get("vehicle"):
            cleaned["vehicle"] = order.vehicle
        elif order and cleaned["vehicle"] != order.vehicle:
            self.add_error("repair_order", _("This order is about another car."))
        return cleaned


class StepForm(forms.Form):
    """Base of the small forms on a complaint's page; `seen` is the stamp of what the person looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **kwargs)
        self.helper = _helper()


class TakeoverForm(StepForm):
    pass


class NoteForm(StepForm):
    text = forms.CharField(label=_("Note"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class SolveForm(StepForm):
    resolution = forms.CharField(
        label=_("How it was solved"), max_length=RESOLUTION_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )


class CloseForm(StepForm):
    note = forms.CharField(
        label=_("What the customer says to the solution"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    unasked = forms.CharField(
        label=_("Why it is closed without asking the customer"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AskedForm(StepForm):
    note = forms.CharField(
        label=_("What the customer says to the solution"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReopenForm(StepForm):
    reason = forms.CharField(
        label=_("Why it is not solved"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )


class FilterForm(forms.Form):
    """The list's filters. Anything outside the lists counts as not set."""

    severity = forms.ChoiceField(label=_("Severity"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    q = forms.CharField(label=_("Number or customer"), required=False, max_length=40)

    def __init__(self, *args, store_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.store_id = store_id
        causes = cause_choices(store_id)
        for name, choices in (("severity", Severity.choices), ("department", Department.choices), ("cause", causes)):
            field = self.fields[name]
            field.choices = [("", field.label), *choices]
            field.widget.attrs |= {"class": "form-select", "aria-label": field.label}
        self.fields["q"].widget = forms.TextInput(
            attrs={
                "class": "form-control",
                "type": "search",
                "placeholder": self.fields["q"].label,
                "aria-label": self.fields["q"].label,
            }
        )

    def narrowed(self, complaints):
        """`complaints` as far as the filters ask."""
        self.full_clean()
        chosen = self.cleaned_data
        for name in ("severity", "department"):
            if chosen.get(name):
                complaints = complaints.filter(**{name: chosen[name]})
        if chosen.get("cause"):
            complaints = complaints.caused_by(Cause.objects.get(store_id=self.store_id, code=chosen["cause"]))
        return complaints.matching(chosen["q"].strip()) if chosen.get("q", "").strip() else complaints


def _helper():
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
