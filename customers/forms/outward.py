"""Which new owners go on the manufacturer's form."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.forms.base import DayInput


class NewOwnersForm(forms.Form):
    """Days of the store; empty: from its first working day, until today."""

    start = forms.DateField(label=_("Delivered from"), widget=DayInput(), required=False)
    end = forms.DateField(label=_("Delivered until"), widget=DayInput(), required=False)
    with_unconfirmed = forms.BooleanField(label=_("Also owners whose data nobody has confirmed"), required=False)

    def __init__(self, *args, store, today, **kwargs):
        super().__init__(*args, initial={"start": store.live_on, "end": today}, **kwargs)
        self.store, self.today = store, today

    def clean(self):
        data = super().clean()
        data["start"] = data.get("start") or self.store.live_on
        data["end"] = data.get("end") or self.today
        if data["end"] < data["start"]:
            raise ValidationError(_("The last day lies before the first."), code="order")
        return data
