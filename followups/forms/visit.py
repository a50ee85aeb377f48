"""What is typed at the desk, read into the shapes that services.visits takes.

The services judge what was typed; here stands only what they cannot know: which fields there are, that the number on the
screen is this customer's, and that a dissatisfied answer is not passed over in silence. Errors are keyed by form field.
"""

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.choices import Department, Severity
from cvp.forms import parse_answers
from cvp.services import alarms
from followups.choices import AnsweredBy, Effect, Level
from followups.reading.topics import LEAVE, prefix_of
from followups.rules import BY_CODE
from followups.services.situations import GONE_CODES, Also, CarMark
from followups.services.visits import Attempt, ComplaintDraft, Topic

MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def _id_of(text) -> int | None:
    """Of a field that no person fills; nonsense is nothing."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


class AttemptForm(forms.Form):
    """Which number was dialled, and how that went. `outcomes`: {code: Outcome} of the store; `phones`: the customer's own."""

    level = forms.ChoiceField(
        choices=Level, error_messages={"required": _("First say how the call went: F1, F2 or F3.")}
    )
    phone = forms.IntegerField(required=False)
    outcome = forms.CharField(required=False, max_length=30)
    answered_by = forms.ChoiceField(choices=[("", ""), *AnsweredBy.choices], required=False)
    note = forms.CharField(required=False, max_length=500)

    def __init__(self, data, *, phones, outcomes):
        super().__init__(data)
        self.phones = {phone.pk: phone for phone in phones}
        self.outcomes = outcomes

    def clean_phone(self):
        phone = self.phones.get(self.cleaned_data["phone"])
        if phone is None and self.phones:
            raise forms.ValidationError(_("Choose the number you dialled."))
        return phone

    def clean_outcome(self):
        """The chosen one if it is of the chosen level; where somebody was reached, the first of the list goes without saying.

        One that was retired while it stood on the screen is asked for again: nothing else may take its place unseen.
        """
        level = self.cleaned_data.get("level")
        code = self.cleaned_data["outcome"]
        outcome = self.outcomes.get(code)
        if code and outcome is None:
            raise forms.ValidationError(_("This result is no longer in use: choose another one."))
        if outcome is not None and outcome.level == level:
            return outcome
        if level == Level.REACHED:
            return next((found for found in self.outcomes.values() if found.level == level), None)
        if level:
            raise forms.ValidationError(_("Choose a reason: 1 to 9."))
        return None

    def attempt(self) -> Attempt:
        values = self.cleaned_data
        phone = values["phone"]
        return Attempt(
            phone_id=phone.pk if phone else None,
            number=phone.number if phone else "",
            outcome=values["outcome"].code,
            answered_by=values["answered_by"],
            note=values["note"],
        )


class TriedForm(AttemptForm):
    """A number tried in vain while she stays on the card."""

    def clean_level(self):
        if self.cleaned_data["level"] == Level.REACHED:
            raise forms.ValidationError(_("Somebody was reached: save the card instead."))
        return self.cleaned_data["level"]


class VisitForm(AttemptForm):
    """An attempt with its topics: per topic an outcome of its own, answers, and what to do about a dissatisfied one.

    `items` are the open topics shown, `scripts` {rule: Script} name the questions asked, `causes` those that may be chosen.
    """

    promise_at = forms.DateTimeField(required=False, input_formats=MOMENT)

    def __init__(self, data, *, items, scripts, causes, **kwargs):
        super().__init__(data, **kwargs)
        self.items, self.causes = items, causes
        self.version_of = {
            item.pk: scripts[item.rule].version for item in items if item.rule in scripts and scripts[item.rule].version
        }
        for item in items:
            self._add_topic(prefix_of(item))

    def _add_topic(self, prefix):
        words = {"required": False}
        self.fields |= {
            f"{prefix}outcome": forms.CharField(max_length=30, **words),
            f"{prefix}note": forms.CharField(max_length=500, **words),
            f"{prefix}complaint": forms.ChoiceField(choices=[("", ""), ("open", ""), ("waive", "")], **words),
            f"{prefix}cause": forms.ChoiceField(choices=[("", ""), *self.causes], **words),
            f"{prefix}severity": forms.ChoiceField(choices=[("", ""), *Severity.choices], **words),
            f"{prefix}department": forms.ChoiceField(choices=[("", ""), *Department.choices], **words),
            f"{prefix}summary": forms.CharField(max_length=500, **words),
            f"{prefix}waiver": forms.CharField(max_length=200, **words),
            f"{prefix}script": forms.CharField(**words),
        }

    def clean(self):
        values = super().clean()
        self.read, self.marks = [], ()
        if values.get("level") == Level.REACHED and values.get("outcome"):
            marks = map(CarMark.read, self.data.getlist("mark"))
            self.marks = tuple(mark for mark in marks if mark is not None)
            topics = [self._topic(item, prefix_of(item)) for item in self.items if not self._is_settled(item)]
            self.read = [topic for topic in topics if topic is not None]
        return values

    def topics(self) -> list[Topic]:
        """The topics spoken about; none where nobody was reached (the attempt then stands for all of them)."""
        return self.read

    def attempt(self) -> Attempt:
        """Where all that was said is what became of a car, that is the result of the call."""
        attempt = super().attempt()
        if self.marks and not self.read:
            effect = Effect.FLEET if self.marks[0].use is not None else Effect.CAR_GONE
            fitting = [found.code for found in self.outcomes.values() if found.effect == effect]
            wanted = GONE_CODES.get(self.marks[0].why)
            code = wanted if wanted in fitting else next(iter(fitting), attempt.outcome)
            return replace(attempt, outcome=code)
        return attempt

    def also(self, hand_over=None) -> Also:
        """What was said of the cars, and whom it is handed over to."""
        return Also(self.marks, hand_over)

    def answers_of(self, item) -> dict:
        version = self.version_of.get(item.pk)
        return parse_answers(version, self.data, prefix=prefix_of(item)) if version else {}

    def _is_settled(self, item) -> bool:
        rule = BY_CODE.get(item.rule)
        return any(mark.vehicle_id == item.vehicle_id and rule and mark.settles(rule) for mark in self.marks)

    def _topic(self, item, prefix) -> Topic | None:
        values = self.cleaned_data
        outcome = values.get(f"{prefix}outcome") or values["outcome"].code
        if outcome == LEAVE:
            return None
        version, answers = self.version_of.get(item.pk), self.answers_of(item)
        complaint, waiver = self._complaint(prefix, version, answers)
        return Topic(
            item_id=item.pk,
            outcome=outcome,
            note=" ".join(text for text in (values.get(f"{prefix}note"), waiver) if text),
            answers=answers,
            promise_at=values.get("promise_at"),
            complaint=complaint,
            script_id=_id_of(values.get(f"{prefix}script")),
        )

    def _complaint(self, prefix, version, answers) -> tuple[ComplaintDraft | None, str]:
        """(the complaint, why there is none) of one topic; one of them is needed where an answer alarms."""
        values = self.cleaned_data
        wish = values.get(f"{prefix}complaint")
        if not self._is_alarmed(version, answers) and wish != "open":
            return None, ""
        if wish == "waive":
            if not values.get(f"{prefix}waiver"):
                self.add_error(f"{prefix}complaint", _("Why is this no complaint?"))
            return None, values.get(f"{prefix}waiver")
        draft = ComplaintDraft(
            **{name: values.get(f"{prefix}{name}") or "" for name in ("cause", "severity", "department", "summary")}
        )
        if not (draft.cause and draft.severity and draft.department and draft.summary):
            words = _(
                "The customer is dissatisfied: write down what she says, or give a reason why it is no complaint."
            )
            self.add_error(f"{prefix}complaint", words)
        return draft, ""

    def _is_alarmed(self, version, answers) -> bool:
        try:
            return version is not None and bool(alarms(version, answers))
        except forms.ValidationError:
            return False  # save_visit names the answers that mean nothing
