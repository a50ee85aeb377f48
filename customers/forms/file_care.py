"""What a customer answered on the call about her own file. Every field carries a prefix: the desk around it is one form."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.birthdays import BadBirthday
from common.birthdays import parse as parse_birthday
from common.phones import BadPhone, parse_phone
from common.plates import BadPlate, clean_plate
from customers import completeness as care
from customers.forms.phones import phone_error
from customers.models import Customer
from customers.sheets.owners import LARGEST_ODOMETER

PREFIX = "care"
LENGTHS = {name: Customer._meta.get_field(name).max_length for name in ("name", "address", "wechat", "contact_person")}
MOST_KM_A_DAY = 1_000  # customers.care.pace


class AnswerForm(forms.Form):
    """`deed`: "confirm" (it is still right), "correct" (`value` is right), "owner" (form 3: name, number, address, postcode)."""

    prefix = PREFIX
    deed = forms.ChoiceField(choices=[(deed, deed) for deed in ("confirm", "correct", "owner")])
    part = forms.ChoiceField(choices=[(part, part) for part in (*care.PARTS, care.OWNER)])

    def __init__(self, data, *, page, today):
        deed, _colon, part = data.get(f"{PREFIX}-answer", "").partition(":")
        given = {f"{PREFIX}-deed": deed, f"{PREFIX}-part": part}
        names = (care.NAME, care.PHONE, care.ADDRESS, care.POSTCODE) if deed == "owner" else (part,)
        for name in names:
            prefix = care.OWNER if deed == "owner" else "value"
            given[f"{PREFIX}-{name}"] = data.get(f"{PREFIX}-{prefix}-{name}", "")
        super().__init__(given)
        self.page, self.today = page, today
        for name in names if deed != "confirm" else ():
            self.fields[name] = forms.CharField(
                max_length=LENGTHS.get(name, 40), required=deed == "correct" or name == care.NAME
            )

    def clean(self):
        data = super().clean()
        for name in list(data):
            check = getattr(self, f"_check_{name}", None)
            if check and data[name] and name in self.fields:
                try:
                    data[name] = check(data[name])
                except ValidationError as error:
                    self.add_error(name, error)
        return data

    def _check_phone(self, value):
        try:
            return parse_phone(value).number
        except BadPhone as error:
            raise phone_error(error) from error

    def _check_postcode(self, value):
        if not (value.isascii() and value.isdigit() and len(value) == 6):
            raise ValidationError(_("A postcode has six digits."))
        return value

    def _check_birthday(self, value):
        try:
            found = parse_birthday(value)
        except BadBirthday as error:
            raise ValidationError(_("Month and day, like 10-07.")) from error
        if found is None:
            raise ValidationError(_("Month and day, like 10-07."))
        return found

    def _check_plate(self, value):
        try:
            return clean_plate(value)
        except BadPlate as error:
            raise ValidationError(_("This is not a valid plate.")) from error

    def _check_mileage(self, value):
        text = value.replace(",", "").replace("，", "").removesuffix("公里").strip()
        if not (text.isascii() and text.isdigit()) or int(text) > LARGEST_ODOMETER:
            raise ValidationError(_("Kilometres as a whole number, like 23500."))
        km, car = int(text), self.page.car
        if car is not None and car.odometer_km is not None:
            days = (self.today - car.odometer_on).days + 1 if car.odometer_on else None
            if km < car.odometer_km:
                raise ValidationError(_("Less than the last reading of %(km)s km."), params={"km": car.odometer_km})
            if days is not None and km - car.odometer_km > MOST_KM_A_DAY * max(days, 1):
                raise ValidationError(_("That is more than 1,000 km a day since the last reading."))
        return km
