"""Intake: a complaint taken down at a counter, on the hotline, from the maker, the web or a social channel."""

from dataclasses import dataclass

from django.db import transaction

from audit.choices import Source
from common.locks import lock_words
from complaints.choices import ComplaintState
from complaints.models import Complaint
from complaints.services.base import SUMMARY_LENGTH, words_of
from complaints.services.cases import SAME_CLICK, open_complaint
from complaints.services.files import add_files
from customers.choices import Stage
from customers.models import Customer
from customers.services import create_customer


@dataclass(frozen=True)
class Stranger:
    """Somebody who complains and is not in the file yet."""

    name: str
    number: str


@transaction.atomic
def take_in(store, *, by, now, customer=None, stranger: Stranger | None = None, uploads=(), **fields) -> Complaint:
    """A complaint that somebody at a counter, on the hotline or before a screen takes down, of a customer or of a stranger.

    A stranger becomes a prospect with that number; whom the store knows under this very name and number it is. The same complaint
    by the same person within `SAME_CLICK` is the one that is there already. Raises as `open_complaint`, and BadPhone.
    """
    lock_words(f"complaint numbers:{store.pk}")
    if customer is None:
        customer = known_as(store, stranger) or create_customer(
            store, name=stranger.name, number=stranger.number, by=by, source=Source.FORM, now=now, stage=Stage.PROSPECT
        )
    summary = words_of("summary", fields.pop("summary", ""), SUMMARY_LENGTH)
    twins = Complaint.objects.filter(customer=customer, opened_by=by, summary=summary, opened_at__gt=now - SAME_CLICK)
    if (twin := twins.exclude(state=ComplaintState.VOID).first()) is not None:
        return twin
    complaint = open_complaint(customer, by=by, now=now, summary=summary, **fields)
    if uploads:
        add_files(complaint, uploads, by=by, now=now)
    return complaint


def known_as(store, stranger) -> Customer | None:
    """The customer of the store with this very name and number; never by the number alone."""
    found = Customer.objects.filter(store=store, is_void=False, name=" ".join(stranger.name.split()))
    return found.filter(phones__number=stranger.number, phones__is_void=False).order_by("pk").first()
