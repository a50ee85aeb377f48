"""A script as it is written: both languages, from which version, why, and with whom it is tried."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from followups.script_check import LONGEST
from followups.services.scripts import NOTE_LENGTH

_AREA = {"spellcheck": "false", "autocomplete": "off"}


class ScriptForm(forms.Form):
    """`base` is the number of the version that is being changed. The services judge the texts."""

    body_zh = forms.CharField(
        strip=False,
        label=_("Chinese text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={**_AREA, "rows": 20, "lang": "zh-CN", "data-text": "zh"}),
    )
    body_en = forms.CharField(
        strip=False,
        label=_("English text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={**_AREA, "rows": 20, "lang": "en", "data-text": "en"}),
    )
    note = forms.CharField(
        label=_("Remarks"), max_length=NOTE_LENGTH, required=False, help_text=_("Why, for those who ask later.")
    )
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @property
    def texts(self) -> dict[str, str]:
        return {"zh": self.cleaned_data["body_zh"], "en": self.cleaned_data["body_en"]}

    def blame(self, fault: ValidationError) -> None:
        """Show a service's refusal at its field."""
        for name, errors in fault.message_dict.items():
            self.add_error(name, errors)

    def rebased(self, number: int) -> None:
        """Saved again, it is meant to follow this version."""
        self.data = self.data.copy()
        self.data["base"] = str(number)
