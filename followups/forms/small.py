"""The small forms around the desk."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from common.phones import BadPhone, parse_phone
from followups.choices import SkipReason


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SkipForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=SkipReason, error_messages={"required": _("Choose a reason by its number.")}
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def clean(self):
        values = super().clean()
        if values.get("reason") == SkipReason.OTHER and not values.get("note"):
            self.add_error("note", _("Please say why."))
        return values


class NumberForm(forms.Form):
    """A number put right in place: `fix_deed` is "verify:<phone id>", "replace:<phone id>" or "add"; `phones` the customer's.

    The digits stand in the field `fix-<phone id>`, a further number's in `fix-new`.
    """

    fix_deed = forms.CharField(max_length=30)

    def __init__(self, data, *, phones):
        super().__init__(data)
        self.deed, _colon, pk = data.get("fix_deed", "").partition(":")
        self.phone = next((phone for phone in phones if str(phone.pk) == pk), None)
        self.typed_in = f"fix-{self.phone.pk if self.phone else 'new'}"
        self.fields[self.typed_in] = forms.CharField(required=False, max_length=40)

    @property
    def number(self) -> str:
        return self.cleaned_data[self.typed_in]

    def clean(self):
        values = super().clean()
        if self.deed not in ("verify", "replace", "add") or (self.deed != "add" and self.phone is None):
            raise forms.ValidationError(_("This number is no longer the customer's."))
        if self.deed != "verify":
            try:
                values[self.typed_in] = parse_phone(values.get(self.typed_in, "")).number
            except BadPhone as fault:
                words = fault.suggestion or _("This is no phone number.")
                self.add_error(self.typed_in, forms.ValidationError(words, code=fault.code))
        return values


class PlanForm(forms.Form):
    """A task of one's own for a customer, or a call that she was promised (then `agreed_at` says when)."""

    subject = forms.CharField(label=_("What about"), max_length=200)
    vehicle = forms.ModelChoiceField(
        label=_("Vehicle"), queryset=None, required=False, empty_label=_("No car in particular")
    )
    agreed_at = forms.DateTimeField(
        label=_("Promised time"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_(
            "Only where you promised the customer a call: it then comes to you at that time, before everything else."
        ),
    )
    opens_on = forms.DateField(label=_("May be called from"), required=False, widget=_day())
    due_on = forms.DateField(label=_("Deadline"), required=False, widget=_day())

    def __init__(self, *args, vehicles, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["vehicle"].queryset = vehicles

    def clean(self):
        values = super().clean()
        if values.get("agreed_at") or self.errors:
            return values
        values["opens_on"] = values.get("opens_on") or self.today
        if values.get("due_on") is None:
            self.add_error("due_on", _("Until when?"))
        elif values["due_on"] < self.today:
            self.add_error("due_on", _("This day has passed."))
        elif values["due_on"] > self.today + dt.timedelta(days=366):
            self.add_error("due_on", _("At most a year ahead."))
        return values
