"""What a customer said of her own file on the call: confirmed values get her stamp, corrected ones are written and stamped."""

from django.db import transaction

from audit.choices import Source
from customers import completeness as care
from customers.services.people import update_customer
from customers.services.phones import add_phone, verify_phone
from customers.services.vehicles import update_vehicle


@transaction.atomic
def confirm_part(customer, page, part: str, *, by, now):
    """It is still right. `page` is her FileCare."""
    if part == care.PHONE and page.phone is not None:
        verify_phone(page.phone, by=by, now=now, source=Source.CALL)
    elif part in (care.ADDRESS, care.NAME):
        _write(customer, {part: getattr(customer, part)}, by=by, now=now)


@transaction.atomic
def correct_part(customer, page, part: str, value, *, by, now, today):
    """She said another value. A new number is dialled first from now on; the one on the line stays hers until somebody retires it."""
    if part == care.PHONE:
        add_phone(customer, value, by=by, source=Source.CALL, now=now, make_primary=True, verified=True)
    elif part == care.PLATE and page.car is not None:
        update_vehicle(page.car, {"plate": value}, by=by, source=Source.CALL, now=now)
    elif part == care.MILEAGE and page.car is not None:
        update_vehicle(page.car, {"odometer_km": value, "odometer_on": today}, by=by, source=Source.CALL, now=now)
    elif part == care.BIRTHDAY:
        _write(customer, {"birthday": value[0], "birthday_is_lunar": value[1]}, by=by, now=now)
    else:
        _write(customer, {part: value}, by=by, now=now)


@transaction.atomic
def confirm_owner(customer, page, told: dict, *, by, now):
    """New-owner confirmation (form 3): name, number, address and postcode at once, each as it stood or as she corrected it."""
    number = told.get(care.PHONE)
    if number:
        add_phone(customer, number, by=by, source=Source.CALL, now=now, make_primary=True, verified=True)
    elif page.phone is not None:
        verify_phone(page.phone, by=by, now=now, source=Source.CALL)
    fields = {name: told.get(name) or getattr(customer, name) for name in (care.NAME, care.ADDRESS, care.POSTCODE)}
    _write(customer, {name: value for name, value in fields.items() if value}, by=by, now=now)


def _write(customer, fields, *, by, now):
    if fields:
        update_customer(customer, fields, by=by, source=Source.CALL, now=now, verified=True)
