"""What is typed about a check."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cvp.choices import Scale
from followups.choices import AnsweredBy
from quality.choices import Decision, Manner, Told, Unreached
from quality.matching import UNKNOWN
from quality.models import QualityDial
from quality.services import checks


class UnreachedForm(forms.Form):
    reason = forms.ChoiceField(
        label=pgettext_lazy("spot check", "Why not"), choices=Unreached, widget=forms.RadioSelect
    )


class RecallForm(forms.Form):
    """The mini-questionnaire that matches one call: `key_<outcome id>` asks its key question again."""

    called = forms.ChoiceField(label=_("Did somebody of us call you that day?"), choices=Told, widget=forms.RadioSelect)
    answered_by = forms.ChoiceField(
        label=_("Who answered"),
        choices=[*AnsweredBy.choices, (UNKNOWN, Told.UNKNOWN.label)],
        widget=forms.RadioSelect,
        required=False,
    )
    follow_up = forms.ChoiceField(
        label=_("Was what we promised then done?"), choices=Told, widget=forms.RadioSelect, required=False
    )
    manner = forms.ChoiceField(
        label=_("How was the manner on the phone?"), choices=Manner, widget=forms.RadioSelect, required=False
    )
    note = forms.CharField(label=_("Her words"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args, check, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = checks.asked_again(check)
        keys = {}
        for outcome in self.outcomes:
            question = outcome.key.question
            words = [(str(number), word) for _key, number, word in question.options]
            if question.scale == Scale.TEXT:
                continue
            keys[f"key_{outcome.pk}"] = forms.ChoiceField(
                label=str(question),
                choices=[*words, (UNKNOWN, Told.UNKNOWN.label)],
                widget=forms.RadioSelect,
                required=False,
            )
        if not checks.has_follow_up(check):
            del self.fields["follow_up"]
        order = ["called", "answered_by", *keys, "follow_up", "manner", "note"]
        self.fields |= keys
        self.order_fields(order)

    def clean(self):
        """Who was called is asked everything; who was not, nothing more."""
        values = super().clean()
        if values.get("called") == Told.YES:
            for name in self.fields:
                if name not in ("called", "note") and name not in self.errors and not values.get(name):
                    self.add_error(name, _("Please ask this too; “does not remember” is an answer."))
        return values

    @property
    def told(self) -> checks.Told:
        values = self.cleaned_data
        answers = {}
        for outcome in self.outcomes:
            raw = values.get(f"key_{outcome.pk}") or UNKNOWN
            answers[outcome.pk] = None if raw == UNKNOWN else int(raw)
        return checks.Told(
            called=values["called"],
            answered_by=values.get("answered_by", ""),
            answers=answers,
            follow_up=values.get("follow_up", ""),
            manner=values.get("manner", ""),
            note=values.get("note", ""),
        )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("How was it?"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class DecideForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), choices=Decision, widget=forms.RadioSelect)
    text = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea({"rows": 2}))


class DialForm(forms.ModelForm):
    class Meta:
        model = QualityDial
        fields = [
            "share",
            "weekly_least",
            "pause_days",
            "attempts",
            "shortest",
            "burst",
            "run",
            "same_minute",
            "least",
        ]
