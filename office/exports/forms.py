"""What an export, and a look at the log, is asked for."""

import datetime as dt
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.choices import AccessKind

MASKED, FULL = "masked", "full"
DAYS = 30  # that the log shows unless days are chosen


class ExportForm(forms.Form):
    """How much is shown, and why; whether somebody may is for the service to say."""

    data = forms.ChoiceField(
        label=_("Personal data"),
        choices=[(MASKED, _("Masked")), (FULL, _("In full"))],
        initial=MASKED,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("What the full data are needed for"), required=False, max_length=200)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data=None):
        super().__init__(data, initial={"form_key": uuid.uuid4(), "data": MASKED})
        self.fields["reason"].widget.attrs["class"] = "form-control"

    def wish(self) -> dict:
        """For asking.ask_export."""
        values = self.cleaned_data
        return {"is_full": values["data"] == FULL, "reason": values["reason"], "form_key": str(values["form_key"])}


class _LogForm(forms.Form):
    """Whose, and of which days; a garbled value narrows nothing."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=None, required=False, empty_label=_("Everybody"))
    start = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data, *, store, today):
        super().__init__({"start": (today - dt.timedelta(days=DAYS - 1)).isoformat()} | data.dict())
        self.zone = store.zone
        people = User.objects.filter(store=store).order_by("-is_active", "full_name", "pk")
        self.fields["person"].queryset = people
        for field in self.fields.values():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs |= {"class": look, "aria-label": field.label}
        self.full_clean()

    def moments(self, column) -> dict:
        """The chosen days as a filter on a column of moments."""
        found, days = {}, self.cleaned_data
        if days.get("start"):
            found[f"{column}__gte"] = dt.datetime.combine(days["start"], dt.time(), tzinfo=self.zone)
        if days.get("end"):
            after = days["end"] + dt.timedelta(days=1)
            found[f"{column}__lt"] = dt.datetime.combine(after, dt.time(), tzinfo=self.zone)
        return found


class JobFilterForm(_LogForm):
    data = forms.ChoiceField(
        label=_("Personal data"),
        required=False,
        choices=[("", _("Masked and in full")), (MASKED, _("Masked")), (FULL, _("In full"))],
    )

    def narrowed(self, jobs):
        chosen = self.cleaned_data
        jobs = jobs.filter(**self.moments("made_at"))
        if chosen.get("person"):
            jobs = jobs.filter(made_by=chosen["person"])
        return jobs.filter(params__full=chosen["data"] == FULL) if chosen.get("data") else jobs


class AccessFilterForm(_LogForm):
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *AccessKind.choices])

    def narrowed(self, accesses):
        chosen = self.cleaned_data
        accesses = accesses.filter(**self.moments("at"))
        if chosen.get("person"):
            accesses = accesses.filter(actor_id=chosen["person"].pk)
        return accesses.filter(kind=chosen["kind"]) if chosen.get("kind") else accesses
