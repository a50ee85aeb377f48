"""How right the stored data is: what customers themselves said of it (DOMAIN 2.11, 信息准确率). The formulas are printed below
the figures.

Counted are customers, in the history of what people did: a number or field that was confirmed is right, one that was changed
while confirming it, and a number that a call found to be wrong or dead, is not. A call that was undone does not count.
"""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from audit.choices import Source as Door
from audit.models import Change
from common.figures import Figure, Source, Split
from customers.models import Customer

_CONFIRMED_NUMBER = Q(model="customers.phone", deed="verify")
_WRONG_NUMBER = Q(model="customers.phone", source=Door.CALL) & (
    Q(changes__state__1="wrong") | Q(changes__state__1="dead")
)
_FIELDS = Q(model="customers.customer", params__has_key="verified")
_NUMBER = _CONFIRMED_NUMBER | _WRONG_NUMBER


def _field(name):
    """Checked: this field stands among the confirmed ones."""
    return _FIELDS & Q(params__verified__icontains=f'"{name}"')


def _corrected(name):
    return _field(name) & Q(changes__has_key=name)


def _period(scope):
    taken_back = Change.objects.filter(model="customers.phone", object_id=OuterRef("object_id"), pk__gt=OuterRef("pk"))
    taken_back = taken_back.exclude(deed="verify").filter(Q(changes__state__0="wrong") | Q(changes__state__0="dead"))
    rows = Change.objects.filter(store_id=scope.store.pk, batch_id__isnull=True, customer_id__isnull=False)
    rows = rows.filter(at__gte=scope.since, at__lt=scope.until)
    return rows.exclude(_WRONG_NUMBER & Exists(taken_back))


def _checks(scope):
    """The lines of history in which something was checked, each knowing what was wrong about its customer in the period."""
    hers = _period(scope).filter(customer_id=OuterRef("customer_id"))
    wrong = {
        "number_is_wrong": _WRONG_NUMBER,
        "name_is_wrong": _corrected("name"),
        "address_is_wrong": _corrected("address"),
        "something_is_wrong": _WRONG_NUMBER | (_FIELDS & ~Q(changes={})),
    }
    rows = _period(scope).filter(_NUMBER | _FIELDS)
    return rows.annotate(**{name: Exists(hers.filter(condition)) for name, condition in wrong.items()})


def _people(keys):
    return dict(User.objects.filter(pk__in=keys).order_by("full_name", "pk").values_list("pk", "full_name"))


CHECKS = Source(
    _checks,
    {"checker": Split("actor_id", _people)},
    unit="customer_id",
    opens=lambda rows: Customer.objects.filter(pk__in=rows.values("customer_id")),
)

FIGURES = [
    Figure(
        "info_checked",
        pgettext_lazy("figure", "Records checked"),
        _(
            "Customers of whom a number, the name, the address or another field was confirmed, or found wrong, in the period."
        ),
        CHECKS,
    ),
    Figure(
        "info_right",
        pgettext_lazy("figure", "Information accuracy"),
        _("Of these customers, those with whom everything checked was right; per cent of records checked."),
        CHECKS,
        Q(something_is_wrong=False),
        of="info_checked",
    ),
    Figure(
        "numbers_checked",
        pgettext_lazy("figure", "Numbers checked"),
        _("Customers of whom a number was confirmed, or found to be wrong or not in service by a call."),
        CHECKS,
        _NUMBER,
    ),
    Figure(
        "numbers_right",
        pgettext_lazy("figure", "Numbers right"),
        _(
            "Of these customers, those of whom no number was found wrong or not in service; per cent of numbers checked."
        ),
        CHECKS,
        _NUMBER & Q(number_is_wrong=False),
        of="numbers_checked",
    ),
    Figure(
        "names_checked",
        pgettext_lazy("figure", "Names checked"),
        _("Customers who confirmed their name, as it stood or corrected."),
        CHECKS,
        _field("name"),
    ),
    Figure(
        "names_right",
        pgettext_lazy("figure", "Names right"),
        _("Of these customers, those whose name needed no correction; per cent of names checked."),
        CHECKS,
        _field("name") & Q(name_is_wrong=False),
        of="names_checked",
    ),
    Figure(
        "addresses_checked",
        pgettext_lazy("figure", "Addresses checked"),
        _("Customers who confirmed their address, as it stood or corrected."),
        CHECKS,
        _field("address"),
    ),
    Figure(
        "addresses_right",
        pgettext_lazy("figure", "Addresses right"),
        _("Of these customers, those whose address needed no correction; per cent of addresses checked."),
        CHECKS,
        _field("address") & Q(address_is_wrong=False),
        of="addresses_checked",
    ),
]
