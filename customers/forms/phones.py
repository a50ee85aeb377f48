"""The form for one number."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.meanwhile import MeanwhileMixin
from common.phones import BadPhone, parse_phone
from customers.forms.base import helper
from customers.models import Phone


def phone_error(error: BadPhone) -> ValidationError:
    """A refused number as an error at its field, with the suggestion where there is one."""
    if error.suggestion:
        return ValidationError(
            _("This is not a valid phone number. Did you mean %(suggestion)s?"),
            code=error.code,
            params={"suggestion": error.suggestion},
        )
    return ValidationError(
        _("This is not a valid phone number: write 11 digits of a mobile, or a landline with its area code."),
        code=error.code,
    )


class PhoneForm(MeanwhileMixin, forms.Form):
    """`phone` None: a new number. The present digits are shown only where `shows_number`."""

    number = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    verified = forms.BooleanField(label=_("The customer confirmed this number"), required=False)
    primary = forms.BooleanField(label=_("Dial this number first"), required=False)

    def __init__(self, *args, customer, phone=None, shows_number=False, **kwargs):
        initial = {"primary": phone is not None and phone.is_primary}
        if phone is not None and shows_number:
            initial["number"] = phone.number
        super().__init__(*args, initial=initial, **kwargs)
        self.customer, self.phone = customer, phone
        self.secret = () if shows_number else ("number",)
        if phone is not None and phone.is_primary:
            del self.fields["primary"]
        self.helper = helper(*self.fields)

    def watched(self):
        return [] if self.phone is None else [name for name in ("number", "primary") if name in self.fields]

    def written(self, name):
        return self.phone, {"number": "number", "primary": "is_primary"}[name]

    def seen(self):
        return {"number": self.phone.number}

    def stored_value(self, name):
        """What is compared is the stored number, also where the page does not show it (`secret`)."""
        return self.phone.number if name == "number" else super().stored_value(name)

    def clean_number(self):
        try:
            number = parse_phone(self.cleaned_data["number"]).number
        except BadPhone as error:
            raise phone_error(error) from error
        others = Phone.objects.alive().filter(customer=self.customer, number=number)
        if others.exclude(pk=getattr(self.phone, "pk", None)).exists():
            raise ValidationError(_("This customer has that number already."), code="taken")
        return number
