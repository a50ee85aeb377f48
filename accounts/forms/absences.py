"""Entering who is away when."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.forms.base import ChangesMixin, helper
from accounts.models import Absence, User

CALLING = (Role.SPECIALIST, Role.MANAGER)


class BackForm(forms.Form):
    back_on = forms.DateField(
        label=_("Back at work on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
    )


class AbsenceForm(ChangesMixin, forms.ModelForm):
    """`store` is whose people are offered; the service has the last word on overlaps and deputies."""

    class Meta:
        model = Absence
        fields = ["person", "kind", "first_on", "last_on", "deputy", "note"]
        widgets = {name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in ("first_on", "last_on")}
        help_texts = {"last_on": _("Empty only for somebody who has left for good.")}

    def __init__(self, *args, store, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(store=store, is_active=True).order_by("full_name", "pk")
        self.fields["person"].queryset = people
        self.fields["deputy"].queryset = people.filter(role__in=CALLING)  # a promise waits for nobody who does not call
        self.fields["deputy"].empty_label = _("The team")
        if self.instance.pk:
            del self.fields["person"]
        first = [] if self.instance.pk else ["person"]
        self.helper = helper(*first, "kind", ("first_on", "last_on"), "deputy", "note")

    def changes(self):
        return {name: value for name, value in super().changes().items() if name != "person"}

    def _post_clean(self):
        """The service checks the rows against each other and names the fields; the model's own constraints would say it again."""

    def blame(self, fault) -> None:
        for name, errors in getattr(fault, "message_dict", {"__all__": fault.messages}).items():
            self.add_error(name if name in self.fields else None, errors)
