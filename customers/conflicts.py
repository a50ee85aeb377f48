"""What the conflict list shows: one line a value that DCRC verified and the DMS contradicts. Reads only; a fixed number of
queries, whatever the rows."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from audit.models import Change
from common.paging import KeysetPage, capped_count, keyset_page
from customers.models import Contact, Customer, Phone
from customers.outward import told_on
from customers.search import with_contents
from customers.services.conflicts import OURS_MODEL, PHONE, fingerprint, shown_value
from dms.choices import ConflictState
from dms.models import Batch, Conflict

PAGE = 50
OPEN, VERIFY, DECIDED = "open", "verify", "decided"
TABS = {OPEN: _("To be decided"), VERIFY: _("Waiting for a call"), DECIDED: _("Decided")}
_STATES = {
    OPEN: (ConflictState.OPEN,),
    VERIFY: (ConflictState.VERIFY,),
    DECIDED: (ConflictState.OURS, ConflictState.THEIRS),
}


@dataclass(frozen=True)
class Line:
    """One conflict as a person decides it. `verified_by` is a name or ""; `files` is how many files have said so."""

    conflict: Conflict
    customer: Customer
    ours: str
    theirs: str
    seen: str
    verified_at: dt.datetime | None = None
    verified_by: str = ""
    files: int = 1
    since: dt.datetime | None = None
    last_contact: dt.datetime | None = None
    sent_on: dt.datetime | None = None  # when ours was last told to the DMS

    @property
    def is_open(self) -> bool:
        return self.conflict.state in (ConflictState.OPEN, ConflictState.VERIFY)


@dataclass(frozen=True)
class ListPage:
    lines: list[Line]
    next: str
    tabs: list  # (code, label, count as text)
    fields: list = field(default_factory=list)  # (field name, label, count) of the lines to be decided


def filters_of(user, query):
    """({tab, name, batch}, the batch or None) as far as the query of the list names them. Raises Batch.DoesNotExist for a file that the
    reader's store does not have."""
    batch = None
    if query.get("batch", "").isdecimal():
        batch = Batch.objects.visible_to(user).get(pk=query["batch"][:18])
    return {
        "tab": query["tab"] if query.get("tab") in TABS else OPEN,
        "name": query.get("field", ""),
        "batch": batch and batch.pk,
    }, batch


def conflicts_of(user, *, tab=OPEN, name="", batch=None):
    """The lines of the reader's store, the latest of each value; `name` is a field, `batch` an id."""
    found = Conflict.objects.visible_to(user).filter(model=OURS_MODEL, state__in=_STATES[tab]).latest()
    if name:
        found = found.filter(field=name)
    return found.filter(batch_id=batch) if batch else found


def open_count(user) -> str:
    """How many are to be decided, as text; "" for none and for who may not decide."""
    count = capped_count(conflicts_of(user)) if user.has_perm("customers.resolve_conflict") else ""
    return "" if count == "0" else count


def tab_counts(user, batch=None) -> list[tuple]:
    """(code, label, how many) of each part of the list, `batch` an id."""
    return [(code, label, capped_count(conflicts_of(user, tab=code, batch=batch))) for code, label in TABS.items()]


def field_counts(user, *, tab, batch=None) -> dict[str, int]:
    """How many lines of this part of the list are about which field."""
    rows = conflicts_of(user, tab=tab, batch=batch).order_by().values_list("field")
    return dict(rows.annotate(count=Count("pk")))


def list_page(user, *, tab, name, batch, after) -> ListPage:
    rows = conflicts_of(user, tab=tab, name=name, batch=batch).select_related("batch", "decided_by")
    page: KeysetPage = keyset_page(rows, ("-id",), after=after, size=PAGE)
    counts = field_counts(user, tab=tab, batch=batch)
    fields = [(kind, Conflict(model=OURS_MODEL, field=kind).label, count) for kind, count in sorted(counts.items())]
    return ListPage(read_lines(page.rows), page.next, tab_counts(user, batch), fields)


def read_lines(conflicts) -> list[Line]:
    """`conflicts` with batch and decider fetched, in their order; those whose customer is gone are left out."""
    ids = {conflict.customer_id for conflict in conflicts}
    people = {person.pk: person for person in with_contents(Customer.objects.filter(pk__in=ids))}
    stamps = _stamps(people)
    repeats = _repeats(conflicts)
    contacts = dict(
        Contact.objects.alive().filter(customer__in=ids).order_by().values_list("customer_id").annotate(at=Max("at"))
    )
    told = told_on({(conflict.customer_id, conflict.field) for conflict in conflicts})
    lines = []
    for conflict in conflicts:
        customer = people.get(conflict.customer_id)
        if customer is None:
            continue
        verified_at, verified_by = stamps.get((customer.pk, conflict.field), (None, ""))
        files, since = repeats[_key(conflict)]
        lines.append(
            Line(
                conflict,
                customer,
                shown_value(conflict.field, conflict.ours),
                shown_value(conflict.field, conflict.theirs),
                fingerprint(conflict),
                verified_at,
                verified_by,
                files,
                since,
                contacts.get(customer.pk),
                told.get((customer.pk, conflict.field, conflict.ours)),
            )
        )
    return lines


def _key(conflict):
    return conflict.object_id, conflict.field, conflict.theirs


def _repeats(conflicts) -> dict:
    """{key: (in how many files, since when)}: one query."""
    rows = Conflict.objects.standing().filter(model=OURS_MODEL, object_id__in={row.object_id for row in conflicts})
    counts = rows.order_by().values_list("object_id", "field", "theirs")
    return {tuple(key): (files, since) for *key, files, since in counts.annotate(Count("pk"), Min("created_at"))}


def _stamps(people) -> dict:
    """{(customer id, field): (verified at, by whom)}: who confirmed a field stands in the history, a number says it itself."""
    stamps = {}
    for phone in Phone.objects.alive().filter(customer__in=people, verified_at__isnull=False).order_by("-pk"):
        stamps[phone.customer_id, PHONE] = (phone.verified_at, phone.verified_by)
    for person in people.values():
        for name, moment in person.verified.items():
            stamps[person.pk, name] = (parse_datetime(moment), "")
    moments = {at for at, _by in stamps.values()}
    changes = Change.objects.filter(model="customers.customer", object_id__in=people, at__in=moments)
    names = {(change.object_id, change.at): change.actor_name for change in changes}
    return {(pk, name): (at, by or names.get((pk, at), "")) for (pk, name), (at, by) in stamps.items()}
