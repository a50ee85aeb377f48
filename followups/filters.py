"""What a list of due items can be narrowed to."""

import django_filters
from django.db.models import Exists, OuterRef
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from followups.choices import ItemState
from followups.models import CallOutcome, DueItem
from followups.rules import RULES


def _day(name, lookup, label):
    widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(field_name=name, lookup_expr=lookup, label=label, widget=widget)


class ItemFilter(django_filters.FilterSet):
    """`start` and `end` are deadlines, both included; `person` made a call about the item that stands."""

    rule = django_filters.ChoiceFilter(
        label=_("Topic"), choices=[(rule.code, rule.label) for rule in RULES], empty_label=_("All topics")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=ItemState, empty_label=_("All states"))
    start = _day("due_on", "gte", _("Deadline from"))
    end = _day("due_on", "lte", _("Deadline until"))
    person = django_filters.ModelChoiceFilter(
        label=_("Person"), queryset=User.objects.none(), method="called_by", empty_label=_("Everybody")
    )

    class Meta:
        model = DueItem
        fields = ["rule", "state", "start", "end", "person"]

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["person"].queryset = people

    def called_by(self, items, name, person):
        calls = CallOutcome.objects.filter(item=OuterRef("pk"), call__by=person, call__undone_at__isnull=True)
        return items.filter(Exists(calls))
