"""What a report is asked for."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import User
from reports.reading.figures import PERIODS_TO_A_DAY


class CallbackForm(forms.Form):
    """Day, period up to it, and person; what is left out is today, the day alone, and the whole store."""

    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    period = forms.ChoiceField(label=_("Period"), required=False, choices=PERIODS_TO_A_DAY.items())
    person = forms.ModelChoiceField(label=_("Person"), required=False, queryset=None, empty_label=_("The whole store"))

    def __init__(self, data, *, store, today, only=None):
        """`only`: the person whose own report it is, whatever else is asked for."""
        values = {"day": today.isoformat(), "period": "day", **{name: data[name] for name in data if data[name]}}
        super().__init__(values)
        self.today, self.only = today, only
        if only is not None:
            del self.fields["person"]
            return
        people = User.objects.filter(store=store, role__in=(Role.SPECIALIST, Role.MANAGER))
        self.fields["person"].queryset = people.order_by("full_name", "pk")

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day is not None and day > self.today:
            raise ValidationError(_("This day is still to come."))
        return day

    @property
    def chosen(self) -> dict:
        """`day`, `period`, `person`, each as far as it was understood."""
        self.is_valid()
        found = self.cleaned_data
        return {
            "day": found.get("day") or self.today,
            "period": found.get("period") or "day",
            "person": self.only or found.get("person"),
        }
