"""The form for one vehicle."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.plates import BadPlate, clean_plate
from customers.choices import VehicleUse
from customers.forms.base import DayInput, EditForm, helper
from customers.models import Vehicle


class VehicleForm(EditForm):
    class Meta:
        model = Vehicle
        fields = [
            "plate",
            "brand",
            "series",
            "model",
            "color",
            "engine_no",
            "registered_on",
            "odometer_km",
            "odometer_on",
            "use",
        ]
        widgets = {"registered_on": DayInput(), "odometer_on": DayInput()}

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["use"].choices = [("", _("Private use")), *VehicleUse.choices]
        self.fields["use"].help_text = _("Fleets and taxis get no reminders and no care calls about this car.")
        self.helper = helper(
            ("plate", "color"),
            ("brand", "series"),
            "model",
            ("engine_no", "registered_on"),
            ("odometer_km", "odometer_on"),
            "use",
        )

    def clean_plate(self):
        try:
            return clean_plate(self.cleaned_data["plate"])
        except BadPlate as error:
            if error.suggestion:
                words = _("This is not a valid plate. Did you mean %(suggestion)s?")
            else:
                words = _(
                    "This is not a valid plate: a province, a letter, and five or six more characters (no I, no O)."
                )
            raise ValidationError(words, code=error.code, params={"suggestion": error.suggestion}) from error

    def _clean_day(self, name):
        day = self.cleaned_data[name]
        if day and not dt.date(1980, 1, 1) <= day <= self.today:
            raise ValidationError(_("This day cannot be right."), code="impossible")
        return day

    def clean_registered_on(self):
        return self._clean_day("registered_on")

    def clean_odometer_on(self):
        return self._clean_day("odometer_on")

    def clean(self):
        """A new reading without its day was read today."""
        data = super().clean()
        if "odometer_km" in self.touched and data.get("odometer_km") and "odometer_on" not in self.touched:
            data["odometer_on"] = self.today
        return data

    def changes(self):
        touched = super().changes()
        if "odometer_km" in touched and "odometer_on" not in touched:
            touched["odometer_on"] = self.cleaned_data.get("odometer_on")
        return touched
