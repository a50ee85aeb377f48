"""The filters of the customer list."""

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from customers.choices import CustomerKind, Stage
from customers.models import Customer, Vehicle


class CustomerFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=Stage, empty_label=_("All stages"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=CustomerKind, empty_label=_("Private and company"))
    car = django_filters.ChoiceFilter(
        label=_("Cars"),
        choices=[("yes", _("With a car")), ("no", _("Without a car"))],
        empty_label=_("With and without a car"),
        method="filter_car",
    )
    quiet = django_filters.ChoiceFilter(
        label=_("Do not call"),
        choices=[("yes", _("Do not call")), ("no", _("May be called"))],
        empty_label=_("Calls allowed or not"),
        method="filter_quiet",
    )

    class Meta:
        model = Customer
        fields = ["stage", "kind"]

    def filter_car(self, queryset, name, value):
        has_car = Exists(Vehicle.objects.alive().filter(owner=OuterRef("pk")))
        return queryset.filter(has_car if value == "yes" else ~has_car)

    def filter_quiet(self, queryset, name, value):
        return queryset.filter(do_not_call=value == "yes")
