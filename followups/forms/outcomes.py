"""One outcome as it is written. The services judge what fits together."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.choices import GoneReason
from followups.choices import Effect, Level
from followups.models import Outcome
from followups.services.aftermath import gone_why
from followups.services.outcomes import EFFECTS, FIELDS


class OutcomeForm(forms.ModelForm):
    """`is_used`: calls have it, so what it does is only shown. `seen`: which line of its history was the newest."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Outcome
        fields = FIELDS
        help_texts = {
            "label_zh": _("As it stands on the desk; past calls are called so too."),
            "note_required": _("The call cannot be saved without a note."),
            "why_gone": _("Written on the car. Only for results after which a car is gone."),
        }

    def __init__(self, data=None, *, instance, is_used=False):
        known = {"why_gone": gone_why(instance)} if instance.effect == Effect.CAR_GONE else {}
        super().__init__(data, instance=instance, initial=known)
        level = Level(instance.level)
        self.fields["effect"].choices = [(effect.value, effect.label) for effect in EFFECTS[level]]
        self.fields["effect"].label = _("What it does")
        self.fields["why_gone"].choices = [("", "–"), *GoneReason.choices]
        if Effect.CAR_GONE not in EFFECTS[level]:
            del self.fields["why_gone"]
        if is_used:
            words = _("Calls have this result: what it does stays. Retire it and make a new one.")
            for name in ("effect", "why_gone"):
                if name in self.fields:
                    self.fields[name].disabled = True
            self.fields["effect"].help_text = words

    def _post_clean(self):
        """The row itself is the service's to change."""

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}

    def blame(self, fault: ValidationError) -> None:
        """Show a service's refusal at its field, or above the form."""
        for name, errors in getattr(fault, "error_dict", {"": fault}).items():
            self.add_error(name if name in self.fields else None, errors)

    def seeing(self, change_id: int) -> None:
        """Saved again, it is meant to follow that change."""
        self.data = self.data.copy()
        self.data["seen"] = str(change_id)
