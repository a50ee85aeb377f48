"""Why a restraint is gone past."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from followups.choices import OverrideReason, Restraint
from followups.forms.small import _day


class OverrideForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=OverrideReason, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def clean(self):
        values = super().clean()
        if values.get("reason") == OverrideReason.OTHER and not values.get("note"):
            self.add_error("note", _("Please say why."))
        return values


class OverrideFilter(forms.Form):
    """What the list of overrides is narrowed by; a garbled value narrows nothing."""

    first = forms.DateField(label=_("From"), required=False, widget=_day())
    last = forms.DateField(label=_("Until"), required=False, widget=_day())
    by = forms.ModelChoiceField(label=_("By"), queryset=None, required=False, empty_label=_("Everybody"))
    restraint = forms.ChoiceField(label=_("Restraint"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)

    def __init__(self, data, *, store):
        super().__init__(data)
        self.fields["by"].queryset = User.objects.filter(store=store).order_by("full_name")
        self.fields["restraint"].choices = [("", _("All")), *Restraint.choices]
        self.fields["reason"].choices = [("", _("All")), *OverrideReason.choices]

    def narrow(self, rows):
        """`rows` of Override within what was chosen; days are those of the current time zone."""
        chosen = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if chosen.get("first"):
            rows = rows.filter(at__gte=_day_starts(chosen["first"]))
        if chosen.get("last"):
            rows = rows.filter(at__lt=_day_starts(chosen["last"], after=1))
        exact = {name: chosen[name] for name in ("by", "restraint", "reason") if chosen.get(name)}
        return rows.filter(**exact)


def _day_starts(day, after=0):
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=after), dt.time()))
