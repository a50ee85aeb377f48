"""Forms for one customer."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.birthdays import BadBirthday, check
from common.birthdays import parse as parse_birthday
from common.phones import BadPhone, parse_phone
from customers.choices import EARLIEST_HOUR, LATEST_HOUR
from customers.forms.base import EditForm, helper
from customers.forms.phones import phone_error
from customers.models import Customer, Phone
from customers.wording import birthday_words

_ABOUT = [
    "name",
    "kind",
    "stage",
    "contact_person",
    "address",
    "postcode",
    "wechat",
    "note",
    "birthday",
    "birthday_is_lunar",
    "preferred_hour",
]
_HELP = {"contact_person": _("For a company: whom to ask for.")}


class BirthdayField(forms.CharField):
    """A month and a day as `10-07`; the value is the number 1007."""

    def to_python(self, value):
        if isinstance(value, int):
            return value
        try:
            found = parse_birthday(value)
        except BadBirthday as error:
            raise ValidationError(_("Month and day, like 10-07."), code="birthday") from error
        return found[0] if found else None

    def prepare_value(self, value):
        return f"{value // 100:02d}-{value % 100:02d}" if isinstance(value, int) else value


def birthday_field():
    return BirthdayField(
        label=_("Birthday"),
        required=False,
        help_text=_("Month and day, like 10-07. The year is not asked."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 12}),
    )


class HourField(forms.TypedChoiceField):
    """An hour of the day; the value is a number before it is cleaned too, as a ModelForm that remembers what it showed needs it."""

    def to_python(self, value):
        return self._coerce(super().to_python(value))


def hour_field():
    hours = range(EARLIEST_HOUR, LATEST_HOUR + 1)
    return HourField(
        label=_("Preferred hour"),
        required=False,
        choices=[("", _("No preference")), *((hour, f"{hour}:00") for hour in hours)],
        coerce=int,
        empty_value=None,
        help_text=_("A call is offered at this hour where it may wait for it."),
    )


class BirthdayMixin:
    """There is such a day in the calendar that is ticked."""

    def clean(self):
        data = super().clean()
        data = self.cleaned_data if data is None else data
        if data.get("birthday"):
            try:
                check(data["birthday"], is_lunar=data.get("birthday_is_lunar", False))
            except BadBirthday:
                self.add_error("birthday", ValidationError(_("There is no such day."), code="birthday"))
        return data


class CustomerForm(BirthdayMixin, EditForm):
    birthday = birthday_field()
    preferred_hour = hour_field()
    verified = forms.BooleanField(
        label=_("Checked with the customer"),
        required=False,
        help_text=_("A DMS import then no longer overwrites these values."),
    )

    class Meta:
        model = Customer
        fields = _ABOUT
        help_texts = _HELP
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "name",
            ("kind", "stage"),
            "contact_person",
            "address",
            ("postcode", "wechat"),
            ("birthday", "birthday_is_lunar"),
            "preferred_hour",
            "note",
            "verified",
        )

    def word(self, name, value):
        is_day = name == "birthday" and isinstance(value, int)
        return birthday_words(value, False) if is_day else super().word(name, value)

    def changes(self):
        """What was touched; with “checked with the customer” every field that says something."""
        if not self.cleaned_data["verified"]:
            return super().changes()
        return {name: self.cleaned_data[name] for name in _ABOUT if self.cleaned_data[name] or name in self.touched}


class NewCustomerForm(BirthdayMixin, forms.ModelForm):
    birthday = birthday_field()
    preferred_hour = hour_field()
    number = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    class Meta:
        model = Customer
        fields = _ABOUT
        help_texts = _HELP
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.helper = helper(
            ("name", "number"),
            ("kind", "stage"),
            "contact_person",
            "address",
            ("postcode", "wechat"),
            ("birthday", "birthday_is_lunar"),
            "preferred_hour",
            "note",
        )

    def clean_number(self):
        try:
            return parse_phone(self.cleaned_data["number"]).number
        except BadPhone as error:
            raise phone_error(error) from error

    def clean(self):
        """A person is found by name and number within the store; a second file of the same person splits her history."""
        data = super().clean()
        if data.get("name") and data.get("number"):
            twin = (
                Phone.objects.visible_to(self.user)
                .alive()
                .filter(number=data["number"], customer__name=data["name"], customer__is_void=False)
                .first()
            )
            if twin is not None:
                words = format_html(
                    '{} <a href="{}">{}</a>',
                    _("There is already a customer of that name with that number:"),
                    reverse("customers:detail", args=[twin.customer_id]),
                    data["name"],
                )
                raise ValidationError(words, code="twin")
        return data
