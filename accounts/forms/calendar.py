"""Days of the calendar: one, or a list that was typed, pasted or read from a file; weekly days off; another store's days."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import DaySource
from accounts.day_lists import read_list, rows_of
from accounts.models import Store


class _ForAll(forms.Form):
    """For the own store, or for all: administrators may, and people without a store can do nothing else."""

    for_all = forms.BooleanField(label=gettext_lazy("For all stores"), required=False)

    def __init__(self, *args, may_for_all, has_store, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_store = has_store
        self.order_fields([*(name for name in self.fields if name != "for_all"), "for_all"])
        if not may_for_all:
            del self.fields["for_all"]

    def clean(self):
        data = super().clean()
        if not self.has_store and not data.get("for_all"):
            self.add_error(
                "for_all" if "for_all" in self.fields else None,
                _("You belong to no store: days can only be entered for all."),
            )
        return data


class DayForm(_ForAll):
    """One day, as the year at a glance offers it."""

    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[("off", gettext_lazy("Day off")), ("work", gettext_lazy("Workday"))],
        widget=forms.Select({"class": "form-select"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )


class DaysForm(_ForAll):
    """A list. `read`: accounts.day_lists.Line for each row, wrong or right, once the form was validated."""

    lines = forms.CharField(
        label=gettext_lazy("Days, one a line"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        help_text=gettext_lazy(
            "Like 2027-01-01 off New Year: day, off or work, name; with spaces, commas or as copied from a table."
        ),
    )
    source = forms.ChoiceField(
        choices=[(source, source) for source in (DaySource.PASTED, DaySource.IMPORTED)],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, year, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.year, self.today = year, today
        self.read = []

    def clean_lines(self):
        """[(day, is_work, name)], the last of several for a day; every wrong line is named, and nothing is entered until all are right."""
        self.read = read_list(rows_of(self.cleaned_data["lines"]), year=self.year, today=self.today)
        if faults := [
            _("Line %(number)s: %(fault)s") % {"number": line.number, "fault": line.fault}
            for line in self.read
            if line.fault
        ]:
            raise ValidationError(faults)
        found = {day[0]: day for line in self.read for day in line.days}
        if not found:
            raise ValidationError(_("There is no day in this list."))
        return list(found.values())

    def clean_source(self):
        return self.cleaned_data["source"] or DaySource.PASTED


class DayFileForm(_ForAll):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput({"class": "form-control", "accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )


class CopyForm(forms.Form):
    """The own days of one store for another; both among `stores`."""

    origin = forms.ModelChoiceField(
        Store.objects.none(), label=gettext_lazy("From the store"), widget=forms.Select({"class": "form-select"})
    )
    store = forms.ModelChoiceField(
        Store.objects.none(), label=gettext_lazy("For the store"), widget=forms.Select({"class": "form-select"})
    )

    def __init__(self, *args, stores, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["origin"].queryset = self.fields["store"].queryset = stores

    def clean(self):
        data = super().clean()
        if data.get("origin") is not None and data["origin"] == data.get("store"):
            self.add_error("store", _("Choose two different stores."))
        return data


class RestDaysForm(forms.Form):
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Weekly days off"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
    )

    def clean_weekdays(self):
        if len(self.cleaned_data["weekdays"]) == 7:
            raise ValidationError(_("One day of the week must be a workday."))
        return "".join(sorted(self.cleaned_data["weekdays"]))
