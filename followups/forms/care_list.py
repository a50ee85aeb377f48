"""What becomes of the messages on the care list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.choices import Channel
from followups.choices import Festival

WAYS = [(Channel.SMS, Channel.SMS.label), (Channel.WECHAT, Channel.WECHAT.label)]


class SendForm(forms.Form):
    """`deed` is "sent" or "drop" (then `note` says why); the messages are those of `item`, or `whole`: all of `tab` and `kind`
    that stood there when the page was made (`as_of`)."""

    deed = forms.ChoiceField(choices=[("sent", ""), ("drop", "")])
    channel = forms.ChoiceField(choices=WAYS, required=False)
    note = forms.CharField(required=False, max_length=200)
    tab = forms.ChoiceField(choices=[("now", ""), ("later", "")])
    kind = forms.CharField(required=False, max_length=32)
    as_of = forms.DateTimeField()
    whole = forms.BooleanField(required=False)
    item = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["item"].choices = [(pk, pk) for pk in data.getlist("item") if pk.isdigit()]

    def clean(self):
        values = super().clean()
        if not values.get("whole") and not values.get("item"):
            raise forms.ValidationError(_("Mark the messages that you mean."))
        return values


class FestivalForm(forms.Form):
    """`festival` is "<code>.<year>", as the page offers it."""

    festival = forms.CharField(max_length=20)

    def clean_festival(self):
        code, _dot, year = self.cleaned_data["festival"].partition(".")
        if code not in Festival.values or not year.isdigit() or not 2000 < int(year) < 2100:
            raise forms.ValidationError(_("Choose a festival."))
        return code, int(year)
