"""The filters of the customer list."""

import datetime as dt

import django_filters
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import CustomerKind, PhoneState, Segment, Stage
from customers.models import Customer, Phone, Policy, Vehicle

RENEWAL_DAYS, YEAR = 90, 365


def listed(user, query) -> "CustomerFilter":
    """What the list of customers shows under `query`: `.qs` the rows, `.form` what is chosen."""
    return CustomerFilter(query, queryset=Customer.objects.visible_to(user).alive())


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

    segment = django_filters.ChoiceFilter(label=_("Segment"), choices=Segment, empty_label=_("All segments"))
    gap = django_filters.ChoiceFilter(
        label=_("What is missing"),
        choices=[
            ("number", _("Number not verified within a year")),
            ("address", _("No address")),
            ("wechat", _("No WeChat")),
            ("birthday", _("No birthday")),
        ],
        empty_label=_("Complete or not"),
        method="filter_gap",
    )

    # Lists that somebody works through by hand or for a campaign; none of them is a queue (docs/rules.md).
    care = django_filters.ChoiceFilter(
        label=_("Lists"),
        choices=[
            ("renewal", _("Insurance ends within 90 days")),
            ("lost", _("Not seen for two years")),
            ("unreachable", _("No number reaches them")),
            ("no_number", _("No usable number")),
        ],
        empty_label=_("All customers"),
        method="filter_care",
    )

    class Meta:
        model = Customer
        fields = ["stage", "kind", "segment"]

    def filter_car(self, queryset, name, value):
        has_car = Exists(Vehicle.objects.alive().filter(owner=OuterRef("pk")))
        return queryset.filter(has_car if value == "yes" else ~has_car)

    def filter_gap(self, queryset, name, value):
        """By single columns, newest customers first: a score is worked out per person and stands in no index."""
        if value == "number":
            fresh = Phone.objects.alive().filter(verified_at__gte=timezone.now() - dt.timedelta(days=YEAR))
            return queryset.filter(~Exists(fresh.filter(customer=OuterRef("pk"))))
        if value == "birthday":
            return queryset.filter(birthday__isnull=True, kind=CustomerKind.PRIVATE)
        return queryset.filter(**{value: ""})

    def filter_care(self, queryset, name, value):
        today = timezone.localdate()
        if value == "no_number":
            usable = Phone.objects.alive().exclude(state__in=(PhoneState.WRONG, PhoneState.DEAD))
            return queryset.filter(~Exists(usable.filter(customer=OuterRef("pk"))))
        if value == "renewal":
            ending = (today, today + dt.timedelta(days=RENEWAL_DAYS))
            policies = Policy.objects.alive().filter(renewal_on__range=ending, vehicle__gone_on__isnull=True)
            return queryset.filter(Exists(policies.filter(customer=OuterRef("pk"))))
        if value == "lost":
            cars = Vehicle.objects.alive().filter(care__lost_on__lte=today, gone_on__isnull=True)
            return queryset.filter(Exists(cars.filter(owner=OuterRef("pk"))))
        return queryset.filter(unreachable_on__isnull=False)

    def filter_quiet(self, queryset, name, value):
        return queryset.filter(do_not_call=value == "yes")
