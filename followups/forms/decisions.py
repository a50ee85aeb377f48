"""What a manager decides about calls that expired."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from followups.choices import Decision

OFFERED_DAYS = 7


class DecisionForm(forms.Form):
    """`rule` and `use` name the group, `as_of` the moment its page was made: what expired since is not decided unseen.

    `whole`: the group, else the items of `item`. Services check what the decision needs beside it.
    """

    rule = forms.CharField(max_length=32, widget=forms.HiddenInput)
    use = forms.CharField(max_length=8, widget=forms.HiddenInput)
    as_of = forms.DateTimeField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=Decision,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what shall become of these calls.")},
    )
    until = forms.DateField(
        label=_("until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("Why"), required=False, max_length=200)
    whole = forms.BooleanField(required=False)
    item = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data=None, *, today, **kwargs):
        super().__init__(data, initial={"until": today + dt.timedelta(days=OFFERED_DAYS)}, **kwargs)
        ids = data.getlist("item") if data is not None else []
        self.fields["item"].choices = [(pk, pk) for pk in ids if pk.isdigit()]

    def clean(self):
        values = super().clean()
        if not values.get("whole") and not values.get("item"):
            raise forms.ValidationError(_("Mark the calls that you mean, or choose the whole group."))
        return values
