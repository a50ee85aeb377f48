"""Which cards a move is about: what a manager can narrow them to."""

import datetime as dt

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.forms import CheckboxInput, DateInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.choices import Segment
from customers.models import Delivery, RepairOrder
from followups.models import CallCard, DueItem
from followups.rules import RULES

TEAM = "team"
MOMENTS = {"now": _("Callable now"), "later": _("Later"), "aside": _("Put aside")}
_TELLS = {RepairOrder: "service_advisor", Delivery: "sales_consultant"}


def _day(lookup, label):
    widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(field_name="due_on", lookup_expr=lookup, label=label, widget=widget)


class MoveFilter(django_filters.FilterSet):
    """Open cards. `start` and `end` bound the earliest deadline of a card; `whose`: for whom it is reserved or who promised the call;
    `adviser`: who served the visit, or sold the car, that a topic is about.
    """

    rule = django_filters.ChoiceFilter(
        label=_("Topic"),
        choices=[(rule.code, rule.label) for rule in RULES],
        empty_label=_("All topics"),
        method="about",
    )
    start = _day("gte", _("Deadline from"))
    end = _day("lte", _("Deadline until"))
    overdue = django_filters.BooleanFilter(label=_("Only overdue"), widget=CheckboxInput, method="only_overdue")
    moment = django_filters.ChoiceFilter(
        label=_("When"), choices=list(MOMENTS.items()), empty_label=_("Now and later"), method="at_moment"
    )
    whose = django_filters.ChoiceFilter(label=_("Whose"), empty_label=_("Everybody's"), method="belongs_to")
    segment = django_filters.ChoiceFilter(
        field_name="customer__segment", label=_("Segment"), choices=Segment, empty_label=_("All segments")
    )
    series = django_filters.CharFilter(label=_("Series"), max_length=40, method="of_series")
    adviser = django_filters.CharFilter(label=_("Adviser or consultant"), max_length=40, method="served_by")

    class Meta:
        model = CallCard
        fields = ["rule", "start", "end", "overdue", "moment", "whose", "segment", "series", "adviser"]

    def __init__(self, data, cards, *, store, today, now):
        super().__init__(data, cards)
        self.today, self.now = today, now
        people = User.objects.filter(store=store).order_by("-is_active", "full_name", "pk")
        self.filters["whose"].extra["choices"] = [
            (TEAM, _("Nobody's: the team's")),
            *((str(pk), name) for pk, name in people.values_list("pk", "full_name")),
        ]

    def about(self, cards, name, rule):
        return cards.filter(_a_topic(rule=rule))

    def only_overdue(self, cards, name, is_on):
        return cards.filter(due_on__lt=self.today) if is_on else cards

    def at_moment(self, cards, name, moment):
        if moment == "aside":
            return cards.filter(skipped_until__gt=self.now)
        return cards.filter(callable_at__lte=self.now) if moment == "now" else cards.filter(callable_at__gt=self.now)

    def belongs_to(self, cards, name, whose):
        reserved = Q(assigned_to__isnull=False, assigned_until__gt=self.now)
        promised = DueItem.objects.open().filter(customer_id=OuterRef("customer_id"), due_at__isnull=False)
        if whose == TEAM:
            return cards.exclude(reserved).filter(~Exists(promised.filter(pinned_to__isnull=False)))
        mine = Q(assigned_to_id=int(whose), assigned_until__gt=self.now) | Q(
            Exists(promised.filter(pinned_to_id=int(whose)))
        )
        return cards.filter(mine)

    def of_series(self, cards, name, series):
        return cards.filter(_a_topic(vehicle__series__icontains=series.strip()))

    def served_by(self, cards, name, person):
        found = Q(pk__in=[])
        for fact, column in _TELLS.items():
            codes = [rule.code for rule in RULES if rule.fact is fact]
            told = fact.objects.filter(**{"pk": OuterRef("fact_id"), f"{column}__icontains": person.strip()})
            found |= Q(Exists(told), rule__in=codes)
        return cards.filter(Exists(DueItem.objects.open().filter(found, customer_id=OuterRef("customer_id"))))


def _a_topic(**conditions):
    return Exists(DueItem.objects.open().filter(customer_id=OuterRef("customer_id"), **conditions))


def found_cards(store, query: dict, *, now: dt.datetime):
    """The open cards of `store` that `query` ({field of MoveFilter: text}) finds, unordered; `now` in the store's zone."""
    return MoveFilter(query, CallCard.objects.open().filter(store=store), store=store, today=now.date(), now=now).qs
