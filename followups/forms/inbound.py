"""A call that the customer made to us."""

from django import forms
from django.utils.translation import gettext_lazy as _


class InboundForm(forms.Form):
    """`items`: her open topics, each with its WhyNow as `why`."""

    topics = forms.TypedMultipleChoiceField(
        label=_("What was settled with her"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody will ring her about these again."),
    )
    note = forms.CharField(
        label=_("What she rang about"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(item.pk, label_of(item)) for item in items]
        if not items:
            del self.fields["topics"]
            self.fields["note"].required = True


def label_of(item) -> str:
    why = item.why
    return " · ".join(str(text) for text in (why.label, why.car, why.subject, why.age, why.urgency) if text)
