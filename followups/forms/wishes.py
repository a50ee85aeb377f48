"""What a customer does not want to be contacted about, as she says it."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.choices import Channel
from followups.forms.small import _day
from followups.rules import topic_choices

OUTWARD = (Channel.PHONE_OUT, Channel.SMS, Channel.WECHAT)
LONGEST_DAYS = 3660


class WishForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    vehicle = forms.ModelChoiceField(label=_("Vehicle"), queryset=None, required=False, empty_label=_("All cars"))
    expires_on = forms.DateField(
        label=_("Until"), required=False, widget=_day(), help_text=_("The last day; empty: until it is lifted.")
    )
    reason = forms.CharField(
        label=_("What the customer said"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In the customer's own words, if possible."),
    )

    def __init__(self, *args, vehicles, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["vehicle"].queryset = vehicles
        self.fields["channel"].choices = [("", _("All channels")), *((code, code.label) for code in OUTWARD)]
        self.fields["topic"].choices = [("", _("All topics")), *topic_choices()]

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day < self.today:
            raise forms.ValidationError(_("This day has passed."))
        if day and day > self.today + dt.timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("At most ten years ahead."))
        return day
