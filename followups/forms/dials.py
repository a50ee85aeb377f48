"""The dials as a manager sets them: one form for a rule with all its steps, one for the desk."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.meanwhile import MeanwhileMixin
from followups.choices import Band
from followups.models import DeskDial
from followups.models.dials import MOST_PATIENCE
from followups.reading.dials import WINDOW_LABELS

FARTHEST = 1100  # days before or after the anchor
WHOLE = ("weight", "patience")  # of the rule, whatever its steps
WINDOW = ("opens", "due", "expires")


class RuleDialForm(MeanwhileMixin, forms.Form):
    """`dials` are the RuleDial rows of one rule, in order. Fields of a step are named "<step>-<field>"; weight and intake hold for the
    rule as a whole. `seen` is what the forecast on the page was made for (see `fingerprint`)."""

    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=0,
        max_value=99,
        help_text=_("Of what is due on the same day the smaller weight is called first."),
    )
    patience = forms.IntegerField(
        label=_("May wait (days)"),
        min_value=0,
        max_value=MOST_PATIENCE,
        help_text=_(
            "In the queue its deadline counts so many days later, so that calls judged by the day come before it."
        ),
    )
    daily = forms.IntegerField(
        label=_("At most so many new a day"),
        min_value=1,
        max_value=5000,
        required=False,
        help_text=_("Empty: no limit. With a limit the most valuable customers come first."),
    )
    note = forms.CharField(
        label=_("Remarks"), max_length=200, required=False, help_text=_("Why, for those who ask later.")
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, dials, has_intake=True):
        self.dials = dials
        initial = {name: min(getattr(dial, name) for dial in dials) for name in WHOLE} | {"daily": dials[0].daily}
        super().__init__(data, initial=initial)
        if not has_intake:
            del self.fields["daily"]
        for dial in dials:
            on = forms.BooleanField(label=_("On"), required=False, initial=dial.is_on)
            self.fields[f"{dial.step}-is_on"] = on
            for name in WINDOW:
                self.fields[f"{dial.step}-{name}"] = forms.IntegerField(
                    label=WINDOW_LABELS[name], min_value=-FARTHEST, max_value=FARTHEST, initial=getattr(dial, name)
                )

    def watched(self):
        return [name for name in self.fields if name not in ("note", "seen")]

    def written(self, name):
        step, _dash, column = name.rpartition("-")
        return next((dial for dial in self.dials if dial.step == step), self.dials[0]), column

    @property
    def steps(self):
        """(step code, bound fields: on, opens, due, expires) for the page."""
        return [(dial.step, [self[f"{dial.step}-{name}"] for name in ("is_on", *WINDOW)]) for dial in self.dials]

    def clean(self):
        values = super().clean()
        for dial in self.dials:
            opens, due, expires = (values.get(f"{dial.step}-{name}") for name in WINDOW)
            if None in (opens, due, expires):
                continue
            if due < opens:
                self.add_error(f"{dial.step}-due", _("The deadline lies before the first day."))
            if expires < due:
                self.add_error(f"{dial.step}-expires", _("The last day lies before the deadline."))
        return values

    def changes(self) -> dict:
        """{(rule, step): {field: value}} for the services."""
        values = self.cleaned_data
        shared = {name: values[name] for name in WHOLE}
        if "daily" in self.fields:
            shared["daily"] = values["daily"]
        return {
            (dial.rule, dial.step): {name: values[f"{dial.step}-{name}"] for name in ("is_on", *WINDOW)} | shared
            for dial in self.dials
        }

    def touched_changes(self) -> dict:
        """Of `changes` what this editor has changed: the rest stays as somebody else may have set it."""
        steps = {
            (dial.rule, dial.step): {
                name: value
                for name, value in self.changes()[dial.rule, dial.step].items()
                if name in self.touched or f"{dial.step}-{name}" in self.touched
            }
            for dial in self.dials
        }
        return {key: values for key, values in steps.items() if values}

    def fingerprint(self) -> str:
        """What is typed, as one word: whether the forecast on the page is that of these values."""
        return ";".join(f"{step}:{sorted(values.items())}" for (_rule, step), values in sorted(self.changes().items()))


NUMBERS = {
    "lease_minutes": (1, 120),
    "stuck_minutes": (5, 120),
    "undo_minutes": (0, 60),
    "max_failures": (1, 6),
    "promise_lead_minutes": (0, 120),
    "promise_grace_minutes": (0, 240),
    "skip_minutes": (5, 480),
    "budget_contacts": (1, 20),
    "budget_days": (1, 90),
    "max_callers": (1, 20),
    "keep_minutes": (0, 1440),
}


class DeskDialForm(MeanwhileMixin, forms.Form):
    """The desk's numbers; bands as two times each."""

    def __init__(self, data=None, *, dial: DeskDial):
        self.dial = dial
        super().__init__(data)
        for code, label in Band.choices:
            start, end = dial.bands.get(code, ("", ""))
            self.fields[f"{code}_from"] = _time(label, start)
            self.fields[f"{code}_to"] = _time(label, end)
        for name, (least, most) in NUMBERS.items():
            label = DeskDial._meta.get_field(name).verbose_name
            self.fields[name] = forms.IntegerField(
                label=label, min_value=least, max_value=most, initial=getattr(dial, name)
            )
        hold = DeskDial._meta.get_field("hours_hold")
        self.fields["hours_hold"] = forms.TypedChoiceField(
            label=hold.verbose_name,
            help_text=hold.help_text,
            choices=[("yes", _("yes")), ("no", _("no"))],
            coerce=lambda value: value == "yes",
            empty_value=dial.hours_hold,
            required=False,
            initial="yes" if dial.hours_hold else "no",
        )
        self.fields["note"] = forms.CharField(label=_("Remarks"), max_length=200, required=False)

    def watched(self):
        return [name for name in self.fields if name != "note"]

    def written(self, name):
        return self.dial, name if name in NUMBERS or name == "hours_hold" else "bands"

    @property
    def bands(self):
        return [(label, self[f"{code}_from"], self[f"{code}_to"]) for code, label in Band.choices]

    @property
    def numbers(self):
        return [self[name] for name in (*NUMBERS, "hours_hold")]

    def clean(self):
        values, ends = super().clean(), None
        for code in Band.values:
            start, end = values.get(f"{code}_from"), values.get(f"{code}_to")
            if start is None or end is None:
                continue
            if end <= start:
                self.add_error(f"{code}_to", _("This band ends before it begins."))
            elif ends is not None and start < ends:
                self.add_error(f"{code}_from", _("This band begins before the one before it has ended."))
            ends = end
        return values

    def changes(self) -> dict:
        values = self.cleaned_data
        bands = {code: [f"{values[f'{code}_from']:%H:%M}", f"{values[f'{code}_to']:%H:%M}"] for code in Band.values}
        kept = {name: values[name] for name in (*NUMBERS, "hours_hold") if name in self.touched}
        return kept | ({"bands": bands} if self.touched.difference(kept) else {})

    def blame(self, fault: ValidationError) -> None:
        """Show a service's refusal at its field, or above the form."""
        for name, errors in getattr(fault, "message_dict", {"__all__": fault.messages}).items():
            self.add_error(name if name in self.fields else None, errors)


def _time(label, value):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, initial=value, widget=widget)
