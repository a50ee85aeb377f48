"""What an import changed in the queue: asked from the facts it touched, so that whichever run made the items, they are its own."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from audit.models import Change
from followups import explain, wording
from followups.choices import CloseReason, ItemState
from followups.models import CallCard, DueItem, ImportEffect
from followups.reading.items import WhyWords, with_facts
from followups.rules import RULES

FIRST = 20
LOT = 500
# What a run closes because a fact has changed; the other reasons come with time or from people.
BY_FACTS = (
    CloseReason.FACT_VOID,
    CloseReason.FACT_MOVED,
    CloseReason.FACT_CHANGED,
    CloseReason.CAR_GONE,
    CloseReason.CAME,
    CloseReason.RENEWED,
)
_FACT_RULES = tuple(rule for rule in RULES if not rule.is_planned)


def _changes(batch, label, ref="fact_id"):
    return Exists(Change.objects.filter(batch_id=batch.pk, model=label, object_id=OuterRef(ref)))


def touched(rule, batch) -> Q:
    """Of items of `rule`: whether the batch made or changed the fact they are about."""
    made = rule.fact.objects.filter(pk=OuterRef("fact_id"), batch=batch)
    return Q(Exists(made)) | Q(_changes(batch, rule.fact._meta.label_lower))


def items_of(items, batch):
    """Of a queryset of due items those about facts of this import, whatever became of them."""
    found = Q(pk__in=[])
    for rule in _FACT_RULES:
        found |= Q(rule=rule.code) & touched(rule, batch)
    return items.filter(found)


def created_after(batch, *, is_new) -> Q:
    """Of items: whether they came after the batch had begun."""
    return Q(**{"created_at__gte" if is_new else "created_at__lt": batch.started_at or batch.created_at})


def effect_of(batch, *, today: dt.date, now: dt.datetime) -> ImportEffect:
    """The (unsaved) effect of a batch that has run and whose items have been generated."""
    since = batch.started_at or batch.created_at
    counts, queued = {}, []
    for rule in _FACT_RULES:
        items = DueItem.objects.filter(store_id=batch.store_id, rule=rule.code)
        ours = items.filter(touched(rule, batch))
        fresh, known = (
            found.filter(created_after(batch, is_new=is_new)) for found, is_new in ((ours, True), (items, False))
        )
        states = dict(fresh.order_by().values_list("state").annotate(Count("pk")))
        back = known.filter(_revived(batch, rule), state=ItemState.OPEN)
        moved = _moved(known, batch, rule)
        by_car = Q(_changes(batch, "customers.vehicle", "vehicle_id"))
        closed = known.filter(touched(rule, batch) | by_car, closed_at__gte=since, closed_by=None, reason__in=BY_FACTS)
        numbers = {
            "open": states.get(ItemState.OPEN, 0),
            "late": states.get(ItemState.EXPIRED, 0),
            "declined": states.get(ItemState.DECLINED, 0),
            "back": back.count(),
            "moved": len(moved),
            "closed": dict(closed.order_by().values_list("reason").annotate(Count("pk"))),
        }
        if any(numbers.values()):
            counts[rule.code] = numbers
        open_now = fresh.filter(state=ItemState.OPEN) | back
        queued += open_now.order_by().values_list("due_on", "pk", "customer_id")
        queued += [(item.due_on, item.pk, item.customer_id) for item in moved]
    queued.sort()
    customers = {customer for _due_on, _pk, customer in queued}
    return ImportEffect(
        store_id=batch.store_id,
        batch=batch,
        at=now,
        day=today,
        counts=counts,
        customers=len(customers),
        today=_callable_on(today, batch, customers),
        items=[pk for _due_on, pk, _customer in queued[:FIRST]],
    )


def _revived(batch, rule):
    label = rule.fact._meta.label_lower
    return Exists(Change.objects.filter(batch_id=batch.pk, model=label, object_id=OuterRef("fact_id"), deed="revive"))


def _moved(known, batch, rule):
    """Items that were there before and now count from the day which the import has corrected."""
    changes = Change.objects.filter(
        batch_id=batch.pk, model=rule.fact._meta.label_lower, changes__has_key=rule.anchor
    ).exclude(deed="revive")
    days = {pk: pair[1] for pk, pair in changes.values_list("object_id", f"changes__{rule.anchor}")}
    ids, found = sorted(days), []
    for start in range(0, len(ids), LOT):
        items = known.filter(fact_id__in=ids[start : start + LOT], state=ItemState.OPEN, anchor_on__isnull=False)
        found += [item for item in items if item.anchor_on.isoformat() == days[item.fact_id]]
    return found


def _callable_on(today, batch, customers):
    end = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), tzinfo=batch.store.zone)
    ids, found = sorted(customers), 0
    for start in range(0, len(ids), LOT):
        cards = CallCard.objects.open().filter(customer_id__in=ids[start : start + LOT], callable_at__lt=end)
        found += cards.count()
    return found


# --- words --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RuleLine:
    """What became of the calls of one rule; `closed` is [(reason worded, number)]."""

    rule: str
    label: str
    open: int
    back: int
    moved: int
    late: int
    declined: int
    closed: list

    @property
    def closed_count(self):
        return sum(number for _reason, number in self.closed)


def lines_of(effect) -> list[RuleLine]:
    """In the order of the rules' declaration."""
    places = {rule.code: place for place, rule in enumerate(RULES)}
    return [
        RuleLine(
            rule=code,
            label=str(wording.rule_label(code)),
            closed=[
                (explain.because(reason, None, effect.day), number)
                for reason, number in sorted(numbers["closed"].items())
            ],
            **{name: numbers[name] for name in ("open", "back", "moved", "late", "declined")},
        )
        for code, numbers in sorted(effect.counts.items(), key=lambda entry: places.get(entry[0], len(places)))
    ]


@dataclass(frozen=True)
class First:
    """Who came into the queue: `rows` [(customer, [WhyNow])] of the first due items that are still open, one line a customer,
    the nearest deadline first; `further` customers are not named at all."""

    rows: list[tuple]
    further: int


def first_customers(effect, now: dt.datetime) -> First:
    items = with_facts(DueItem.objects.filter(pk__in=effect.items)).select_related("customer", "vehicle")
    words, named, topics = WhyWords(now), set(), defaultdict(list)
    for item in items.order_by("due_on", "pk"):
        named.add(item.customer_id)
        if item.state == ItemState.OPEN:
            topics[item.customer].append(words.of(item, item.vehicle.name if item.vehicle else ""))
    return First(list(topics.items()), max(effect.customers - len(named), 0))
