"""A situation of a call as the dialog of the desk posts it, beside the desk's own form."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.choices import Department
from followups.services.situations import HandOver
from followups.situations import CHECK_MINUTES, USES, Told, What

OF_CARS = (What.SOLD, What.SCRAPPED, What.MOVED, What.USE)


class SituationForm(forms.Form):
    """`cars`: ids of the cars that may be meant; where there is but one it goes without saying. `people`: {id: person} who may be told."""

    prefix = "situation"
    what = forms.ChoiceField(choices=What, error_messages={"required": _("Choose the situation by its number.")})
    cars = forms.TypedMultipleChoiceField(coerce=int, required=False)
    use = forms.ChoiceField(choices=[("", ""), *USES], required=False)
    note = forms.CharField(required=False, max_length=200)
    words = forms.CharField(required=False, max_length=150)
    to = forms.TypedMultipleChoiceField(coerce=int, required=False)
    department = forms.ChoiceField(choices=[("", ""), *Department.choices], required=False)
    minutes = forms.TypedChoiceField(
        choices=[(str(minutes), "") for minutes in CHECK_MINUTES], coerce=int, required=False, empty_value=60
    )

    def __init__(self, data, *, cars, people):
        super().__init__(data)
        self.fields["cars"].choices = [(pk, "") for pk in cars]
        self.fields["to"].choices = [(pk, "") for pk in people]
        self.only_car = cars[0] if len(cars) == 1 else None

    def clean(self):
        values = super().clean()
        what = values.get("what")
        if what in OF_CARS and "cars" not in self.errors:
            values["cars"] = values["cars"] or ([self.only_car] if self.only_car else [])
            if not values["cars"]:
                self.add_error("cars", _("Choose the car."))
        if what == What.USE and not values.get("use"):
            self.add_error("use", _("What is the car driven for?"))
        if what == What.WORKSHOP:
            if not values.get("words"):
                self.add_error("words", _("Write down what she wants."))
            if not values.get("to") and "to" not in self.errors:
                self.add_error("to", _("Choose who is to ring her back."))
        return values

    def errors_of_fields(self) -> dict:
        """Under the names that the page has them by."""
        return {f"situation-{name}": found for name, found in self.errors.items()}

    def told(self) -> Told:
        values = self.cleaned_data
        note = values["words"] if values["what"] == What.WORKSHOP else values["note"]
        return Told(values["what"], tuple(values["cars"]), values["use"], note)

    def check_at(self, now: dt.datetime) -> dt.datetime:
        """When she is asked whether somebody rang: a whole minute."""
        minutes = self.cleaned_data.get("minutes") or 60
        return (now + dt.timedelta(minutes=minutes)).replace(second=0, microsecond=0)

    def hand_over(self, now: dt.datetime) -> HandOver | None:
        values = self.cleaned_data
        if values["what"] != What.WORKSHOP:
            return None
        return HandOver(values["words"], tuple(values["to"]), values["department"], self.check_at(now))
