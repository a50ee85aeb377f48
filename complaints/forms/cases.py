"""The input boundary of complaints; services write."""

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.phones import BadPhone, parse_phone
from complaints.choices import Department, Emergency, Origin, Severity
from complaints.models import Cause, Complaint
from complaints.reading.causes import cause_choices
from customers.models import RepairOrder, Vehicle
from office.fields import FilesField

LAST_ORDERS = 10  # how far back a complaint usually reaches


class CarField(forms.ModelChoiceField):
    def label_from_instance(self, vehicle):
        return f"{vehicle.name} · {vehicle.title}"


class OrderField(forms.ModelChoiceField):
    def label_from_instance(self, order):
        day = order.settled_on or order.opened_on
        return " · ".join(str(part) for part in (order.order_no, day, order.vehicle) if part)


MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
# How a complaint reaches us beside our own calls and the DMS.
DOORS = (Origin.PHONE, Origin.WALK_IN, Origin.OEM, Origin.WEB, Origin.SOCIAL)


class IntakeForm(forms.ModelForm):
    """What is taken down of a complaint that did not come out of a call of ours."""

    cause = forms.ChoiceField(label=_("Cause"))
    origin = forms.ChoiceField(label=_("How it reached us"), choices=[(key, Origin(key).label) for key in DOORS])
    oem_due_at = forms.DateTimeField(
        label=_("Deadline set by the maker"),
        required=False,
        widget=MOMENT,
        help_text=_("Takes the place of our own deadline."),
    )
    uploads = FilesField(label=_("Attachments"))

    class Meta:
        model = Complaint
        fields = ["summary", "wish", "severity", "department", "origin", "emergency", "oem_no"]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4, "autofocus": True}),
            "wish": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {"emergency": _("Alerts the manager, the department head and the general manager at once.")}

    def __init__(self, *args, store_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [("", _("Please choose")), *cause_choices(store_id)]
        self.fields["cause"].widget.attrs |= {
            "hx-get": reverse("complaints:similar"),
            "hx-include": "[name=summary]",
            "hx-target": "#similar",
            "hx-sync": "this:replace",
        }
        department = self.fields["department"]
        department.required = False
        department.choices = [("", _("The usual one for the cause")), *department.choices[1:]]
        self.fields["emergency"].choices = [("", _("No emergency")), *Emergency.choices]
        self.helper = plain_helper()

    def clean_oem_due_at(self):
        due = self.cleaned_data["oem_due_at"]
        if due and due <= timezone.now():
            raise forms.ValidationError(_("This lies in the past."))
        return due


class StrangerForm(IntakeForm):
    """The complaint of somebody who is not in the file yet."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autofocus": True}))
    number = forms.CharField(label=_("Phone"), max_length=30)

    class Meta(IntakeForm.Meta):
        widgets = {"summary": forms.Textarea(attrs={"rows": 4}), "wish": forms.Textarea(attrs={"rows": 2})}

    def clean_number(self):
        try:
            return parse_phone(self.cleaned_data["number"]).number
        except BadPhone as fault:
            raise forms.ValidationError(_("This is no phone number.")) from fault


class ComplaintForm(IntakeForm):
    """The complaint of a customer of the file."""

    vehicle = CarField(queryset=Vehicle.objects.none(), label=_("Vehicle"), required=False, empty_label=_("No car"))
    repair_order = OrderField(
        queryset=RepairOrder.objects.none(), label=_("Repair order"), required=False, empty_label=_("None")
    )

    class Meta(IntakeForm.Meta):
        fields = [*IntakeForm.Meta.fields, "vehicle", "repair_order"]

    def __init__(self, *args, customer, **kwargs):
        super().__init__(*args, store_id=customer.store_id, **kwargs)
        self.fields["vehicle"].queryset = customer.vehicles.alive()
        ours = RepairOrder.objects.alive().filter(Q(owner=customer) | Q(bringer=customer))
        last = ours.order_by("-opened_on", "-id").values("pk")[:LAST_ORDERS]
        self.fields["repair_order"].queryset = (
            RepairOrder.objects.filter(pk__in=last).select_related("vehicle").order_by("-opened_on", "-id")
        )

    def clean(self):
        cleaned = super().clean()
        order = cleaned.get("repair_order")
        if order and not cleaned.get("vehicle"):
            cleaned["vehicle"] = order.vehicle
        elif order and cleaned["vehicle"] != order.vehicle:
            self.add_error("repair_order", _("This order is about another car."))
        return cleaned


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


def plain_helper():
    """Fields alone: the form's tag and token stand in the template."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
