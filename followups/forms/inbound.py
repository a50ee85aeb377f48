"""A call that the customer made to us."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cvp.forms import parse_answers, question_fields


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
        self.items = items
        self.fields["topics"].choices = [(item.pk, label_of(item)) for item in items]
        if not items:
            del self.fields["topics"]
            self.fields["note"].required = True

    def lines(self):
        """[(item, its words, is ticked, its questions)] for the page."""
        ticked = {str(pk) for pk in self["topics"].value() or ()} if self.items else set()
        for item in self.items:
            yield item, label_of(item), str(item.pk) in ticked, asked_of(item, self.data)

    def answers(self) -> dict:
        return answers_of(self.items, self.data)


def prefix_of(item) -> str:
    return f"topic{item.pk}-"


def asked_of(item, data) -> list:
    """The questions of the topic's questionnaire (`item.version`), with what has been answered."""
    if item.version is None:
        return []
    return question_fields(
        item.version, prefix=prefix_of(item), values=parse_answers(item.version, data, prefix=prefix_of(item))
    )


def answers_of(items, data) -> dict[int, dict]:
    """{item id: {question id: raw}} of what was asked."""
    asked = [item for item in items if item.version is not None]
    return {item.pk: parse_answers(item.version, data, prefix=prefix_of(item)) for item in asked}


def label_of(item) -> str:
    why = item.why
    return " · ".join(str(text) for text in (why.label, why.car, why.subject, why.age, why.urgency) if text)
