"""What a manager asks of cards: whose they shall be, or until when they are put aside, and why."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from followups.choices import MoveDeed
from followups.move_filters import TEAM

_BACKEND = "django.contrib.auth.backends.ModelBackend"
BULK = (MoveDeed.ASSIGN, MoveDeed.RETURN, MoveDeed.PUT_ASIDE)
DEEDS = {
    MoveDeed.ASSIGN: _("Reserve for people"),
    MoveDeed.RETURN: _("Back to the team"),
    MoveDeed.PUT_ASIDE: _("Put aside until a day"),
}


def people_of(store):
    """Who may be given cards, by name."""
    people = User.objects.with_perm("followups.work_queue", backend=_BACKEND)
    return people.filter(store=store, is_active=True).order_by("full_name", "pk")


def _day(label, **options):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


class NoteForm(forms.Form):
    """A reason, and nothing else; the service wants one."""

    note = forms.CharField(label=_("Why"), required=False, max_length=200)


class AssignForm(NoteForm):
    """One customer's card: for a person until a day, or for the team. Cleaned, `person` is a User, or None for the team."""

    person = forms.ChoiceField(label=_("For whom"), error_messages={"required": _("Choose who shall call.")})
    until = _day(_("Reserved until"), help_text=_("Empty: for a week."))
    field_order = ["person", "until", "note"]

    def __init__(self, *args, store, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people_of(store)}
        names = [(pk, person.full_name) for pk, person in self.people.items()]
        self.fields["person"].choices = [("", "—"), *names, (TEAM, _("The team"))]

    def clean_person(self):
        return self.people.get(self.cleaned_data["person"])


class MoveForm(NoteForm):
    """Many cards. `whole`: all that the filter finds, else the ids of `card`; `form_key` names the page, so that sent twice is once."""

    deed = forms.ChoiceField(
        choices=list(DEEDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what shall become of the cards.")},
    )
    people = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    reserved_until = _day(pgettext_lazy("move", "until"))
    aside_until = _day(pgettext_lazy("move", "until"))
    promises = forms.BooleanField(label=_("Their promises too"), required=False, initial=True)
    whole = forms.BooleanField(required=False)
    card = forms.TypedMultipleChoiceField(coerce=int, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, data=None, *, store, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["people"].queryset = people_of(store)
        ids = data.getlist("card") if data is not None else []
        self.fields["card"].choices = [(pk, pk) for pk in ids if pk.isascii() and pk.isdigit() and len(pk) < 19]

    def clean(self):
        values = super().clean()
        if not values.get("whole") and not values.get("card"):
            raise forms.ValidationError(_("Mark the customers that you mean, or choose all that the filter finds."))
        return values

    def asked(self) -> dict:
        """What services.steering wants of the deed."""
        values = self.cleaned_data
        until = {MoveDeed.ASSIGN: "reserved_until", MoveDeed.PUT_ASIDE: "aside_until"}.get(values["deed"])
        return {
            "deed": values["deed"],
            "people": tuple(values["people"]) if values["deed"] == MoveDeed.ASSIGN else (),
            "until": values[until] if until else None,
            "note": values["note"],
        }
