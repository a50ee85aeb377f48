"""What can be counted at the reception (F76). The formulas are printed below the figures. Counted are customers: who comes twice on a day,
or is asked twice, is one."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common.figures import Figure, Source, Split
from customers.models import Customer
from reception.choices import WorkDecision
from reception.models import AddedWork, Arrival, LoungeNote


def _arrivals(scope):
    rows = Arrival.objects.standing().filter(store=scope.store, arrived_at__gte=scope.since, arrived_at__lt=scope.until)
    return rows.annotate(is_spoken_to=Exists(LoungeNote.objects.filter(arrival=OuterRef("pk"))))


def _works(scope):
    return AddedWork.objects.filter(store=scope.store, asked_at__gte=scope.since, asked_at__lt=scope.until)


def _people(keys):
    return dict(User.objects.filter(pk__in=keys).order_by("full_name", "pk").values_list("pk", "full_name"))


def _customers(rows):
    return Customer.objects.filter(pk__in=rows.values("customer_id"))


ARRIVALS = Source(_arrivals, {"receiver": Split("arrived_by", _people)}, unit="customer_id", opens=_customers)
WORKS = Source(_works, {"receiver": Split("recorded_by", _people)}, unit="customer_id", opens=_customers)

FIGURES = [
    Figure(
        "arrived",
        pgettext_lazy("figure", "Received"),
        _("Customers who were marked as arrived at the store in the period; by person: who received them."),
        ARRIVALS,
    ),
    Figure(
        "cared_for",
        pgettext_lazy("figure", "Cared for in the lounge"),
        _("Of these customers, those with at least one lounge note on that visit; per cent of received."),
        ARRIVALS,
        Q(is_spoken_to=True),
        of="arrived",
    ),
    Figure(
        "work_asked",
        pgettext_lazy("figure", "Asked about added work"),
        _("Customers to whom work beyond the order was proposed in the period; by person: who wrote it down."),
        WORKS,
    ),
    Figure(
        "work_agreed",
        pgettext_lazy("figure", "Added work agreed"),
        _("Of these customers, those who agreed to at least one proposal, as last decided; per cent of asked."),
        WORKS,
        Q(decision=WorkDecision.AGREED),
        of="work_asked",
    ),
]
