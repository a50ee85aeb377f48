"""Who may be the same person, and what the duplicates list shows of them. Reads only.

Looked for are spellings of one name that share a number, a car or an address, and one number under two names of the same
kind (private or company). The same name alone says nothing, and a number that many share is a switchboard.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

import common.lookups  # noqa: F401 - registers `among`
from common.companies import bare_name, spellings
from common.paging import KeysetPage, capped_count, keyset_page
from customers.choices import DuplicateReason, DuplicateState, PhoneState
from customers.models import Contact, Customer, DuplicatePair, Ownership, Phone, RepairOrder
from customers.search import with_contents

CHUNK = 1_000
CROWD = 4  # more customers than this on one number, car or address: no sign of a duplicate any more
SHORTEST_ADDRESS = 6  # characters; less is a district
PAGE = 40
TABS = {state.value: state.label for state in DuplicateState}
RANK = {reason.value: place for place, reason in enumerate(DuplicateReason)}


# --- Finding ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Found:
    reason: str
    shared: str


def find_pairs(store, ids) -> dict[tuple[int, int], Found]:
    """{(smaller id, larger id): why} of the living pairs that these customers are part of. A fixed number of queries, whatever the
    ids."""
    ids = set(ids)
    touched = Customer.objects.filter(store=store, pk__among=ids).alive()
    names = set().union(*(spellings(name) for name in touched.values_list("name", flat=True)))
    numbers = set(_numbers(store).filter(customer__among=ids).values_list("number", flat=True))
    by_number = set(_numbers(store).filter(number__among=numbers).values_list("customer_id", flat=True))
    living = Customer.objects.filter(store=store).alive()
    people = {}
    for rows in (living.filter(pk__among=ids | by_number), living.filter(name__among=names)):
        for pk, name, kind, address in rows.values_list("pk", "name", "kind", "address"):
            people[pk] = (bare_name(name), kind, address)
    found: dict[tuple[int, int], Found] = {}
    shared_numbers = _buckets(_numbers(store).filter(customer__among=set(people)).values_list("number", "customer_id"))
    for reason, buckets in (
        (DuplicateReason.NAME_AND_NUMBER, shared_numbers),
        (DuplicateReason.NAME_AND_CAR, _cars(people)),
        (DuplicateReason.NAME_AND_ADDRESS, _addresses(people)),
    ):
        _note(found, people, ids, reason, buckets, lambda one, other: one[0] == other[0])
    _note(found, people, ids, DuplicateReason.NUMBER_ONLY, shared_numbers, lambda one, other: one[1] == other[1])
    return found


def _note(found, people, ids, reason, buckets, is_alike):
    for shared, members in buckets.items():
        if len(members) > CROWD:
            continue
        for pair in combinations(sorted(members), 2):
            if pair not in found and ids & set(pair) and is_alike(people[pair[0]], people[pair[1]]):
                found[pair] = Found(reason.value, shared[:200])


def _numbers(store):
    bad = (PhoneState.WRONG, PhoneState.DEAD)
    return Phone.objects.filter(store=store, customer__is_void=False).alive().exclude(state__in=bad).order_by()


def _buckets(rows) -> dict:
    buckets = defaultdict(set)
    for key, pk in rows:
        buckets[key].add(pk)
    return buckets


def _cars(people):
    ids = set(people)
    owned = Ownership.objects.filter(customer__among=ids).alive().values_list("vehicle__vin", "customer_id")
    brought = RepairOrder.objects.filter(bringer__among=ids).alive().values_list("vehicle__vin", "bringer_id")
    paid = RepairOrder.objects.filter(owner__among=ids).alive().values_list("vehicle__vin", "owner_id")
    return _buckets(row for rows in (owned, brought, paid) for row in rows.order_by())


def _addresses(people):
    rows = ((address, pk) for pk, (_name, _kind, address) in people.items())
    return _buckets(("".join(address.split()), pk) for address, pk in rows if len(address) >= SHORTEST_ADDRESS)


# --- The list ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Side:
    customer: Customer
    orders: int
    last_contact: dt.datetime | None
    last_visit: dt.date | None


@dataclass(frozen=True)
class PairLine:
    pair: DuplicatePair
    sides: list[Side]

    @property
    def is_open(self) -> bool:
        return self.pair.state == DuplicateState.OPEN


def tab_of(query) -> str:
    """The tab that a query of the list names; by default the pairs to be decided."""
    return query["tab"] if query.get("tab") in TABS else DuplicateState.OPEN.value


def pairs_of(user, state=DuplicateState.OPEN):
    """The pairs of the reader's store whose people are both still there."""
    pairs = DuplicatePair.objects.visible_to(user).filter(state=state)
    return pairs.filter(first__is_void=False, second__is_void=False)


def open_pairs_count(user) -> str:
    """How many are to be decided, as text; "" for none and for who may not decide."""
    count = capped_count(pairs_of(user)) if user.has_perm("customers.resolve_conflict") else ""
    return "" if count == "0" else count


def pair_page(user, *, state, after) -> tuple[list[PairLine], str]:
    """(lines, token of the next page), the strongest reasons first."""
    page: KeysetPage = keyset_page(
        pairs_of(user, state).select_related("decided_by"), ("rank", "id"), after=after, size=PAGE
    )
    return read_pairs(page.rows), page.next


def picked_pair(first: Customer, second: Customer) -> DuplicatePair:
    """The pair of two files of one store, the older one first; not stored where nothing ever put them side by side."""
    stored = DuplicatePair.objects.filter(first=first, second=second).select_related("first", "second").first()
    reason = DuplicateReason.PICKED
    return stored or DuplicatePair(
        store_id=first.store_id, first=first, second=second, reason=reason, rank=RANK[reason]
    )


def read_pairs(pairs) -> list[PairLine]:
    ids = {pk for pair in pairs for pk in (pair.first_id, pair.second_id)}
    people = {person.pk: person for person in with_contents(Customer.objects.filter(pk__in=ids))}
    contacts = Contact.objects.alive().filter(customer__in=ids).order_by().values_list("customer_id")
    contacts = dict(contacts.annotate(at=Max("at")))
    visits = defaultdict(lambda: (set(), []))
    orders = RepairOrder.objects.alive().filter(Q(owner__in=ids) | Q(bringer__in=ids))
    rows = orders.annotate(day=Coalesce("settled_on", "opened_on")).order_by()
    for pk, owner, bringer, day in rows.values_list("pk", "owner_id", "bringer_id", "day"):
        for person in {owner, bringer} & ids:
            visits[person][0].add(pk)
            visits[person][1].append(day)
    sides = {
        pk: Side(people[pk], len(visits[pk][0]), contacts.get(pk), max(filter(None, visits[pk][1]), default=None))
        for pk in ids
    }
    return [PairLine(pair, [sides[pair.first_id], sides[pair.second_id]]) for pair in pairs]
