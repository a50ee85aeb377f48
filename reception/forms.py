"""The input boundary of the reception; services write."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from complaints.choices import Department, Severity
from complaints.reading.causes import cause_choices
from followups.choices import ItemState
from followups.forms.inbound import answers_of, asked_of
from reception.choices import DECIDED, DecidedHow, Mood, Purpose
from reception.services.lounge import ComplaintDraft

PLEASE = ("", _("Please choose"))
WORK_LINES = 5
SETTLED = {"": _("Leave open"), ItemState.DONE: _("Settled"), ItemState.DECLINED: _("Does not want it")}


class CarField(forms.ModelChoiceField):
    def label_from_instance(self, vehicle):
        return f"{vehicle.name} · {vehicle.title}"


class PartForm(forms.Form):
    """Base of the forms of a person's page: each has ids of its own. `cars`: those that she owns, drives or has brought; `begin`: the
    field in which one begins to type as the page opens."""

    def __init__(self, *args, cars=None, begin="", **kwargs):
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **kwargs)
        if "vehicle" in self.fields:
            self.fields["vehicle"].queryset = cars
            first = next(iter(cars), None)
            if first is not None and not self.is_bound:
                self.initial.setdefault("vehicle", first.pk)
        if begin:
            self.fields[begin].widget.attrs["autofocus"] = True
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
                widget.attrs.setdefault("class", "form-select")
            elif not isinstance(widget, forms.RadioSelect | forms.CheckboxInput | forms.HiddenInput):
                widget.attrs.setdefault("class", "form-control")


class ArriveForm(PartForm):
    vehicle = CarField(label=_("Vehicle"), queryset=None, required=False, empty_label=_("Without a car"))
    purpose = forms.ChoiceField(
        label=pgettext_lazy("arrival", "Comes for"), choices=[PLEASE, *Purpose.choices], required=False
    )
    note = forms.CharField(label=pgettext_lazy("reception", "Note"), max_length=200, required=False)


class ExpectForm(ArriveForm):
    field_order = ["day", "time", "vehicle", "purpose", "told_by", "note"]
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(
        label=pgettext_lazy("arrival", "Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    told_by = forms.CharField(label=_("Who told us"), max_length=40, required=False)


class SaidForm(ExpectForm):
    """The same in a line beside a call; who told us is whoever is on the line."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="expect", **kwargs)
        del self.fields["told_by"], self.fields["note"]
        for field in self.fields.values():
            field.widget.attrs |= {"aria-label": field.label, "data-enter": True}
            field.widget.attrs["class"] += f" {field.widget.attrs['class']}-sm"


class SettleForm(forms.Form):
    """Her open topics, settled face to face. `items`: with their WhyNow as `why`; each has a choice `topic<id>`."""

    note = forms.CharField(
        label=pgettext_lazy("settled", "What the customer says"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, auto_id="settle_%s", **kwargs)
        self.items = items
        for item in items:
            self.fields[f"topic{item.pk}"] = forms.ChoiceField(choices=list(SETTLED.items()), required=False)

    def lines(self):
        """[(item, name, [(value, label, is chosen)], questions)] for the page."""
        for item in self.items:
            chosen = self[f"topic{item.pk}"].value() or ""
            choices = [(value, label, value == chosen) for value, label in SETTLED.items()]
            yield item, f"topic{item.pk}", choices, asked_of(item, self.data)

    def answers(self) -> dict:
        return answers_of(self.items, self.data)

    def topics(self) -> dict[int, str]:
        chosen = {item.pk: self.cleaned_data.get(f"topic{item.pk}") for item in self.items}
        return {pk: state for pk, state in chosen.items() if state}


class NoteForm(PartForm):
    """One conversation in the lounge. A dissatisfied word asks for what its complaint needs."""

    mood = forms.ChoiceField(
        label=pgettext_lazy("lounge", "What the customer said"), choices=Mood.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In the customer's words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    sat_with = forms.CharField(label=_("Who sat with the customer"), max_length=40)
    refreshment = forms.CharField(label=_("Refreshment"), max_length=60, required=False)
    wait_minutes = forms.IntegerField(
        label=_("Waiting time told (minutes)"), min_value=0, max_value=1440, required=False
    )
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    department = forms.ChoiceField(
        label=_("Department"), choices=[("", _("The usual one for the cause")), *Department.choices], required=False
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity, required=False)

    def __init__(self, *args, store_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [PLEASE, *cause_choices(store_id)]

    def clean(self):
        values = super().clean()
        if values.get("mood") in (Mood.UNHAPPY, Mood.QUESTION) and not (values.get("words") or "").strip():
            self.add_error("words", _("Please write down what the customer says."))
        if values.get("mood") == Mood.UNHAPPY and not values.get("cause"):
            self.add_error("cause", _("Please choose one."))
        return values

    def note(self) -> dict:
        """What services.add_note takes."""
        values = {
            name: self.cleaned_data[name] for name in ("mood", "words", "sat_with", "refreshment", "wait_minutes")
        }
        if values["mood"] == Mood.UNHAPPY:
            about = {name: self.cleaned_data[name] for name in ("cause", "department")}
            values["complaint"] = ComplaintDraft(**about, severity=self.cleaned_data["severity"] or Severity.NORMAL)
        return values


class DecideForm(PartForm):
    decision = forms.ChoiceField(
        label=pgettext_lazy("added work", "Decision"), choices=DECIDED, widget=forms.RadioSelect
    )
    decided_by = forms.CharField(label=_("Who decided"), max_length=80)
    how = forms.ChoiceField(
        label=pgettext_lazy("added work", "How"),
        choices=DecidedHow,
        initial=DecidedHow.IN_PERSON,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=pgettext_lazy("reception", "Note"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class WorkForm(PartForm):
    """A proposal of added work; up to WORK_LINES items, each a name and a price in yuan. Decided at once where a decision is chosen."""

    vehicle = CarField(label=_("Vehicle"), queryset=None, required=False, empty_label=_("Without a car"))
    minutes_more = forms.IntegerField(label=_("Minutes more"), min_value=0, max_value=10000, required=False)
    asked_by = forms.CharField(label=_("Who asks"), max_length=40)
    reason = forms.CharField(label=pgettext_lazy("added work", "Why"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for place in range(1, WORK_LINES + 1):
            name, price = (
                {"class": "form-control", "aria-label": f"{label} {place}"}
                for label in (_("Item of work"), pgettext("added work", "Price"))
            )
            self.fields[f"item{place}"] = forms.CharField(
                max_length=80, required=False, widget=forms.TextInput(attrs=name)
            )
            self.fields[f"price{place}"] = forms.DecimalField(
                min_value=Decimal(0),
                max_digits=10,
                decimal_places=2,
                required=False,
                widget=forms.NumberInput(attrs={**price, "inputmode": "decimal", "step": "0.01"}),
            )

    def lines(self):
        """The pairs of bound fields, for the page."""
        return [(self[f"item{place}"], self[f"price{place}"]) for place in range(1, WORK_LINES + 1)]

    def clean(self):
        values = super().clean()
        self.read = []
        for place in range(1, WORK_LINES + 1):
            name, price = (values.get(f"item{place}") or "").strip(), values.get(f"price{place}")
            if name and price is None and f"price{place}" not in self.errors:
                self.add_error(f"price{place}", _("What does it cost?"))
            elif price is not None and not name:
                self.add_error(f"item{place}", _("What is this price for?"))
            elif name:
                self.read.append((name, price))
        if not self.read and not self.errors:
            self.add_error("item1", _("Please write down each item with its price."))
        return values

    def proposal(self) -> dict:
        """What services.propose takes."""
        values = self.cleaned_data
        told = {name: values[name] for name in ("vehicle", "asked_by", "reason")}
        return {**told, "items": self.read, "minutes_more": values["minutes_more"] or 0}
