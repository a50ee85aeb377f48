"""The store's clocks as one form: opening hours, a span for each channel, severity and step, the ladder, the maker's engineer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints import clocks
from complaints.choices import Rung, Severity, Step
from complaints.forms.cases import plain_helper

MOST_HOURS, MOST_DAYS = 200, 60
UNITS = [(clocks.HOURS, _("working hours")), (clocks.DAYS, _("work days"))]
CHANNEL_LABELS = {clocks.HOUSE: _("Our own cases"), clocks.OEM: _("Cases sent by the maker")}


class SpanWidget(forms.MultiWidget):
    template_name = "complaints/_span.html"

    def __init__(self):
        number = forms.NumberInput(attrs={"class": "form-control", "min": 0, "max": MOST_HOURS})
        super().__init__([number, forms.Select(choices=UNITS, attrs={"class": "form-select"})])

    def decompress(self, value):
        return [value.amount, value.unit] if value else [None, clocks.HOURS]


class SpanField(forms.MultiValueField):
    """A clocks.Span: an amount and its unit."""

    widget = SpanWidget

    def __init__(self, *, least=1, **kwargs):
        parts = (forms.IntegerField(min_value=least, max_value=MOST_HOURS), forms.ChoiceField(choices=UNITS))
        super().__init__(parts, require_all_fields=True, **kwargs)

    def compress(self, values):
        amount, unit = values
        if unit == clocks.DAYS and amount > MOST_DAYS:
            raise forms.ValidationError(_("At most %(most)s work days.") % {"most": MOST_DAYS})
        return clocks.Span(amount, unit)


class ClocksForm(forms.Form):
    """`rules()` is what was typed. `seen` is the edition that was looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    opens = forms.TimeField(label=_("Opens"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label=_("Closes"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    warn = forms.IntegerField(label=_("Warn when so many percent of the time are left"), min_value=5, max_value=90)
    engineer = forms.CharField(label=_("Regional engineer of the maker"), max_length=80, required=False)
    engineer_phone = forms.CharField(label=_("Phone"), max_length=30, required=False)

    def __init__(self, *args, rules, seen, **kwargs):
        initial = {"seen": seen, **{name: getattr(rules, name) for name in ("opens", "closes", "warn")}}
        initial |= {"engineer": rules.engineer, "engineer_phone": rules.engineer_phone}
        super().__init__(*args, initial=initial, **kwargs)
        for name, span, label, least in _spans(rules):
            self.fields[name] = field = SpanField(label=label, initial=span, least=least)
            for widget in field.widget.widgets:
                widget.attrs["aria-label"] = label
        self.helper = plain_helper()

    def tables(self):
        """For the page: [(label, [column labels], [(severity label, [bound fields])])], the ladder last."""
        whole = []
        for channel, label in CHANNEL_LABELS.items():
            rows = [(s.label, [self[f"{channel}-{s}-{step}"] for step in Step]) for s in Severity]
            whole.append((label, [step.label for step in Step], rows))
        rows = [(s.label, [self[f"ladder-{s}-{int(rung)}"] for rung in clocks.LADDER]) for s in Severity]
        whole.append((_("Ladder: told so long after a deadline"), [rung.label for rung in clocks.LADDER], rows))
        return whole

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("Later than it opens, please."))
        return cleaned

    def rules(self) -> clocks.Rules:
        data = self.cleaned_data
        return clocks.Rules(
            opens=data["opens"],
            closes=data["closes"],
            warn=data["warn"],
            clocks={
                channel: {s: {step: data[f"{channel}-{s}-{step}"] for step in Step} for s in Severity}
                for channel in clocks.CHANNELS
            },
            ladder={s: {rung: data[f"ladder-{s}-{int(rung)}"] for rung in clocks.LADDER} for s in Severity},
            engineer=data["engineer"].strip(),
            engineer_phone=data["engineer_phone"].strip(),
        )


def _spans(rules):
    """(name of the field, span, label, least amount) of all that are dials."""
    for channel in clocks.CHANNELS:
        for severity in Severity:
            for step in Step:
                label = f"{severity.label}: {step.label}"
                yield f"{channel}-{severity}-{step}", rules.clocks[channel][severity][step], label, 1
    for severity in Severity:
        for rung in clocks.LADDER:
            label = f"{severity.label}: {Rung(rung).label}"
            yield f"ladder-{severity}-{int(rung)}", rules.ladder[severity][rung], label, 0
