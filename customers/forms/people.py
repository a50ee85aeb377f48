"""Forms for one customer."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.phones import BadPhone, parse_phone
from customers.forms.base import EditForm, helper
from customers.forms.phones import phone_error
from customers.models import Customer, Phone

_ABOUT = ["name", "kind", "stage", "contact_person", "address", "postcode", "wechat", "note"]
_HELP = {"contact_person": _("For a company: whom to ask for.")}


class CustomerForm(EditForm):
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
            "name", ("kind", "stage"), "contact_person", "address", ("postcode", "wechat"), "note", "verified"
        )

    def changes(self):
        """What was touched; with “checked with the customer” every field that says something."""
        if not self.cleaned_data["verified"]:
            return super().changes()
        return {
            name: self.cleaned_data[name] for name in _ABOUT if self.cleaned_data[name] or name in self.changed_data
        }


class NewCustomerForm(forms.ModelForm):
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
            ("name", "number"), ("kind", "stage"), "contact_person", "address", ("postcode", "wechat"), "note"
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


class DoNotCallForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the customer does not want to be called"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In the customer's own words, if possible."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("reason")
