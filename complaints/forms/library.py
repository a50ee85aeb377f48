"""The case library as it is written and searched."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.meanwhile import MeanwhileMixin
from complaints.choices import PickPeriod
from complaints.forms.steps import StepForm
from complaints.models import Cause, LibraryEntry
from complaints.reading.causes import cause_choices
from complaints.services.library import FIELDS, GivesAway


class EntryForm(MeanwhileMixin, forms.ModelForm):
    """`confirmed` is asked for once the text was found to give somebody away."""

    cause = forms.ChoiceField(label=_("Cause"))
    confirmed = forms.BooleanField(label=_("I have looked: nobody can be recognised by it."), required=False)

    class Meta:
        model = LibraryEntry
        fields = ["title", "cause", "situation", "done", "reply"]
        widgets = {name: forms.Textarea({"rows": 4}) for name in ("situation", "done", "reply")}
        help_texts = {
            "title": _("What a colleague would search for."),
            "reply": _("In words that can be sent to a customer as they are. No names, numbers or plates."),
        }

    def __init__(self, *args, store_id, instance=None, **kwargs):
        if instance is not None:
            kwargs["initial"] = {"cause": instance.cause.code, **kwargs.get("initial", {})}
        super().__init__(*args, instance=instance, **kwargs)
        choices = cause_choices(store_id)
        if instance is not None and instance.cause.code not in dict(choices):
            choices = [(instance.cause.code, str(instance.cause)), *choices]
        self.fields["cause"].choices = choices
        for name, field in self.fields.items():
            if name != "confirmed":
                field.widget.attrs["class"] = "form-select" if name == "cause" else "form-control"
        self.gives_away = None

    def stored_value(self, name):
        return self.initial.get(name)

    def _post_clean(self):
        """The row itself is the service's to change."""

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def seen(self):
        return super().seen() if self.opened_on is not None else None

    def collide(self, stored):
        super().collide({name: value.code if name == "cause" else value for name, value in stored.items()})

    def blame(self, fault):
        if isinstance(fault, GivesAway):
            self.gives_away = fault
        for name, errors in getattr(fault, "error_dict", {"": fault}).items():
            name = "reply" if isinstance(fault, GivesAway) and fault.is_reply else name
            self.add_error(name if name in self.fields else None, errors)


class FindForm(forms.Form):
    """Anything outside the lists counts as not set."""

    q = forms.CharField(label=_("Words in the case"), required=False, max_length=60)
    cause = forms.ChoiceField(label=_("Cause"), required=False)

    def __init__(self, *args, store_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.store_id = store_id
        self.fields["cause"].choices = [("", _("Every cause")), *cause_choices(store_id)]
        self.fields["cause"].widget.attrs |= {"class": "form-select", "aria-label": _("Cause")}
        self.fields["q"].widget = forms.TextInput(
            {
                "class": "form-control",
                "type": "search",
                "placeholder": _("Words in the case"),
                "aria-label": _("Words in the case"),
            }
        )

    def wanted(self) -> dict:
        """What reading.library.find_entries takes."""
        self.full_clean()
        code = self.cleaned_data.get("cause")
        cause = Cause.objects.get(store_id=self.store_id, code=code) if code else None
        return {"text": self.cleaned_data.get("q", ""), "cause": cause}


class PickForm(StepForm):
    period = forms.ChoiceField(label=_("Chosen as"), choices=PickPeriod)
    day = forms.DateField(
        label=_("In the week or month of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    why = forms.CharField(label=_("Why this one"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["class"] = (
                    "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                )
