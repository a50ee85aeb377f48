"""To whom each kind of thing goes that a person holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

KEEP, TEAM, EVENLY = "", "team", "evenly"


class HandOverForm(forms.Form):
    """A field for each of `holdings` (reading.holdings); `receivers` are the people offered, `team` those who share evenly. `deputy`
    stands there by itself where there is one."""

    note = forms.CharField(
        label=_("Note for whoever gets it"),
        max_length=200,
        required=False,
        help_text=_("Stands on the card and in the notice."),
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    through = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, holdings, receivers, team, deputy=None, **kwargs):
        super().__init__(data, **kwargs)
        self.holdings = holdings
        self.people = {str(person.pk): person for person in receivers}
        self.team = team
        names = [(key, str(person)) for key, person in self.people.items()]
        first = str(deputy.pk) if deputy is not None and str(deputy.pk) in self.people else TEAM
        for held in holdings:
            choices = [(KEEP, _("stays"))]
            if held.kind != "draft":
                choices.append((TEAM, _("to the team")))
            if held.kind != "lease":
                choices += [*([(EVENLY, _("evenly to those present"))] if len(team) > 1 else []), *names]
            offered = {key for key, _words in choices}
            self.fields[f"to_{held.kind}"] = forms.ChoiceField(
                label=held.label,
                choices=choices,
                required=False,
                initial=first if first in offered else TEAM if TEAM in offered else KEEP,
                widget=forms.Select({"class": "form-select"}),
            )

    @property
    def lines(self):
        """(holding, its bound field) for the page."""
        return [(held, self[f"to_{held.kind}"]) for held in self.holdings]

    def targets(self) -> dict:
        """{kind: people} for services.handing; what stays is not in it."""
        chosen = {held.kind: self.cleaned_data.get(f"to_{held.kind}", KEEP) for held in self.holdings}
        people = {TEAM: [], EVENLY: self.team, **{key: [person] for key, person in self.people.items()}}
        return {kind: people[to] for kind, to in chosen.items() if to != KEEP}
