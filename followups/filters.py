"""What a list of due items can be narrowed to."""

import django_filters
from django.db.models import Exists, OuterRef
from django.forms import DateInput, HiddenInput
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dms.models import Batch
from followups.choices import ItemState
from followups.models import CallOutcome, DueItem
from followups.reading.effects import created_after, items_of
from followups.rules import RULES


def _day(name, lookup, label):
    widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(field_name=name, lookup_expr=lookup, label=label, widget=widget)


def listed(user, query) -> "ItemFilter":
    """What the list of due items shows under `query`."""
    people = User.objects.filter(store_id=user.store_id).order_by("full_name")
    batches = Batch.objects.visible_to(user)
    return ItemFilter(query, DueItem.objects.visible_to(user), people=people, batches=batches)


class ItemFilter(django_filters.FilterSet):
    """`start` and `end` are deadlines, both included; `person` made a call about the item that stands; `batch` made or
    changed what it is about, and `is_new` says whether the item itself came after it."""

    rule = django_filters.ChoiceFilter(
        label=_("Topic"), choices=[(rule.code, rule.label) for rule in RULES], empty_label=_("All topics")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=ItemState, empty_label=_("All states"))
    start = _day("due_on", "gte", _("Deadline from"))
    end = _day("due_on", "lte", _("Deadline until"))
    person = django_filters.ModelChoiceFilter(
        label=_("Person"), queryset=User.objects.none(), method="called_by", empty_label=_("Everybody")
    )

    batch = django_filters.ModelChoiceFilter(
        label=_("Import"), queryset=Batch.objects.none(), method="by_import", widget=HiddenInput
    )

    is_new = django_filters.BooleanFilter(method="made_after_import", widget=HiddenInput)

    class Meta:
        model = DueItem
        fields = ["rule", "state", "start", "end", "person", "batch", "is_new"]

    def __init__(self, *args, people, batches, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["person"].queryset = people
        self.filters["batch"].queryset = batches

    def by_import(self, items, name, batch):
        return items_of(items, batch)

    def made_after_import(self, items, name, is_new):
        batch = self.form.cleaned_data.get("batch")
        return items if batch is None else items.filter(created_after(batch, is_new=is_new))

    def called_by(self, items, name, person):
        calls = CallOutcome.objects.filter(item=OuterRef("pk"), call__by=person, call__undone_at__isnull=True)
        return items.filter(Exists(calls))
