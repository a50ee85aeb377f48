"""Telephone numbers put right while the customer is on the line."""

from django.db import transaction

from audit.choices import Source
from customers.choices import PhoneState
from customers.models import Phone
from customers.services import add_phone, mark_phone, verify_phone


@transaction.atomic
def confirm_number(phone, *, by, now) -> Phone:
    """She says that this is her number."""
    verify_phone(phone, by=by, now=now, source=Source.CALL)
    return phone


@transaction.atomic
def replace_number(phone, number: str, *, by, now) -> Phone:
    """Her number is another one: it is added as confirmed and takes the former's place, which is kept and marked wrong.

    The former row stays, so that the next import finds the number known and wrong, and does not bring it back.
    Raises common.phones.BadPhone.
    """
    fresh = add_phone(
        phone.customer, number, by=by, source=Source.CALL, now=now, make_primary=phone.is_primary, verified=True
    )
    if fresh.pk != phone.pk:
        mark_phone(phone, PhoneState.WRONG, by=by, source=Source.CALL, now=now)
    return fresh


@transaction.atomic
def add_number(customer, number: str, *, by, now) -> Phone:
    """She names a further number. Raises common.phones.BadPhone."""
    return add_phone(customer, number, by=by, source=Source.CALL, now=now, verified=True)
