"""Forms about a car's care: it is gone; how often it wants service."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.meanwhile import MeanwhileMixin
from customers.choices import GoneReason
from customers.forms.base import DayInput, helper
from customers.models import CareInterval

NUMBERS = ["first_months", "first_km", "months", "km", "warranty_months", "warranty_km"]


class GoneForm(forms.Form):
    gone_why = forms.ChoiceField(label=_("Why gone"), choices=GoneReason.choices, widget=forms.RadioSelect)
    gone_on = forms.DateField(label=_("Gone since"), widget=DayInput())

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, initial={"gone_on": today}, **kwargs)
        self.today = today
        self.helper = helper("gone_why", "gone_on")

    def clean_gone_on(self):
        day = self.cleaned_data["gone_on"]
        if not dt.date(1980, 1, 1) <= day <= self.today:
            raise ValidationError(_("This day cannot be right."), code="impossible")
        return day


class IntervalForm(MeanwhileMixin, forms.ModelForm):
    """cars: [(series, model)] that may still get a row of their own; none where a row is edited."""

    of = forms.ChoiceField(label=_("For which cars"))

    class Meta:
        model = CareInterval
        fields = NUMBERS
        help_texts = {name: _("0: no limit") for name in NUMBERS}

    def __init__(self, *args, cars=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.cars = {str(number): pair for number, pair in enumerate(cars)}
        if cars:
            names = [
                (key, series if not model else f"{series} · {model}") for key, (series, model) in self.cars.items()
            ]
            self.fields["of"].choices = names
        else:
            del self.fields["of"]
        pairs = [("first_months", "first_km"), ("months", "km"), ("warranty_months", "warranty_km")]
        self.helper = helper(*(["of"] if cars else []), *pairs)

    def clean(self):
        data = super().clean()
        if not data.get("first_months") and not data.get("first_km"):
            self.add_error(
                "first_km", ValidationError(_("Months or kilometres: one of them has to be given."), code="none")
            )
        if not data.get("months") and not data.get("km"):
            self.add_error("km", ValidationError(_("Months or kilometres: one of them has to be given."), code="none"))
        return data

    def values(self):
        """Of a row that is there what was touched, of a new one all."""
        touched = NUMBERS if self.opened_on is None else self.touched
        return {name: self.cleaned_data[name] for name in NUMBERS if name in touched}

    def pair(self):
        """(series, model) of the row."""
        if "of" in self.fields:
            return self.cars[self.cleaned_data["of"]]
        return self.instance.series, self.instance.model
