from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import ChangesMixin, helper
from accounts.models import Store, Team, User
from accounts.passwords import generate_password


def offer_stores(field, user, current=None):
    """Let `field` choose among the stores `user` may see; with only one there is nothing to choose."""
    field.queryset = Store.objects.visible_to(user).active_or(current)
    field.required = True
    field.empty_label = _("Choose…")
    stores = list(field.queryset[:2])
    if len(stores) == 1:
        field.initial = stores[0].pk
        field.widget = forms.HiddenInput()


class TeamChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, team):
        return f"{team.store} · {team}"


class PersonForm(ChangesMixin, forms.ModelForm):
    """`user` is who fills it in: the stores and teams offered are those visible to them."""

    team = TeamChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team"))

    class Meta:
        model = User
        fields = ["full_name", "username", "role", "department", "phone", "store", "team"]
        help_texts = {"username": _("For logging in: letters, digits and @ . + - _")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_stores(self.fields["store"], user, self.instance.store)
        teams = Team.objects.visible_to(user).active_or(self.instance.team)
        self.fields["team"].queryset = teams.select_related("store").order_by("store__code", "name")
        self.helper = helper(("full_name", "username"), ("role", "department"), ("phone", "team"), "store")

    def clean(self):
        cleaned = super().clean()
        team, store = cleaned.get("team"), cleaned.get("store")
        if team and store and team.store_id != store.pk:
            self.add_error("team", _("This team belongs to another store."))
        return cleaned


class PasswordForm(forms.Form):
    """A password that an administrator hands over; a strong one is offered."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("Hand it over personally. The person can change it under “My account”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, *args, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password"].initial = generate_password
        self.helper = helper("password")

    def clean_password(self):
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.person)
        return password


class NewPersonForm(PersonForm):
    password = forms.CharField(
        label=_("Initial password"),
        help_text=_("Hand it over personally. The person can change it under “My account”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].initial = generate_password
        self.helper.layout.append("password")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("password"):
            try:
                password_validation.validate_password(cleaned["password"], self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class TeamForm(ChangesMixin, forms.ModelForm):
    class Meta:
        model = Team
        fields = ["store", "name", "is_active"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # A team stays where it is: its people's history would move along.
            self.fields["store"].disabled = True
            self.fields["store"].queryset = Store.objects.filter(pk=self.instance.store_id)
            self.helper = helper("store", "name", "is_active")
        else:
            del self.fields["is_active"]
            offer_stores(self.fields["store"], user)
            self.helper = helper("store", "name")
