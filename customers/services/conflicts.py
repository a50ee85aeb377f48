"""Verbs on conflicts: what DCRC verified against what a DMS file says (dms.Conflict).

- Ours is kept: nothing is written. The answer stands for that same value of later files (dms.repeats).
- Theirs is taken: the value is written, and as nobody asked the customer for it, it stands unverified: the next file may
  change it again. Of telephone numbers the DMS's becomes the primary one; ours stays hers, behind it and without its stamp.
- Call to verify: the floor above plans a call (settings.CUSTOMERS_ASK_BY_CALL). What the call finds out closes the conflict
  by itself (`settle_conflicts`).

Every verb decides what the decider saw: `seen` is the `fingerprint` shown. A line that somebody else decided raises
AlreadyDecided, a value that has changed since raises ChangedMeanwhile.
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.models import Change
from audit.services import change_row, record_change
from common.masking import masked
from common.meanwhile import ChangedMeanwhile
from customers.choices import CustomerKind
from customers.models import Customer, Phone
from customers.services.errors import AlreadyDecided
from customers.services.people import restore_stamp, update_customer
from customers.services.phones import add_phone, restore_phones, snapshot_phones, withdraw_verification
from dms.choices import ConflictState
from dms.models import Conflict

OURS_MODEL = Customer._meta.label
PHONE = "phone"
SEPARATOR = " / "
WRITTEN_AT_ONCE = 500


def fingerprint(conflict) -> str:
    """Of what a line shows; tells nothing about the values."""
    return salted_hmac("customers.conflict", f"{conflict.pk}|{conflict.ours}|{conflict.theirs}").hexdigest()[:20]


def stored_value(customer, field, phones) -> str:
    """What DCRC stores today in the words of `Conflict.ours`; `phones` are the customer's."""
    if field != PHONE:
        return str(getattr(customer, field))[:255]
    verified = sorted(
        (phone for phone in phones if phone.verified_at and not phone.is_void), key=lambda phone: phone.pk
    )
    return verified[0].number if verified else ""


def shown_value(field, value) -> str:
    """A value of either side as a person reads it: numbers masked, choices worded."""
    if field == PHONE:
        return SEPARATOR.join(masked(number) for number in value.split(SEPARATOR)) if value else ""
    return str(dict(CustomerKind.choices).get(value, value)) if field == "kind" else value


def _customer_of(conflict):
    return Customer.objects.select_related("store").get(pk=conflict.customer_id, store_id=conflict.store_id)


def _open(conflict, seen, customer) -> Conflict:
    """The conflict, locked, still to be decided and still about what was seen."""
    fresh = Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if fresh.state not in (ConflictState.OPEN, ConflictState.VERIFY):
        raise AlreadyDecided(fresh)
    stored = stored_value(customer, fresh.field, customer.phones.all())
    if stored != fresh.ours or seen != fingerprint(fresh):
        raise ChangedMeanwhile({fresh.field: stored})
    return fresh


def _decide(conflict, state, *, by, now, undo=None):
    """One answer for all undecided lines about the same two values, with one line of history."""
    before = conflict.state
    same = Conflict.objects.about(conflict).undecided().filter(theirs=conflict.theirs)
    same.update(state=state, decided_by=by, decided_at=now, undo=undo or {})
    conflict.refresh_from_db()
    record_change(
        conflict,
        {"state": (before, state)},
        by=by,
        source=Source.FORM,
        customer_id=conflict.customer_id,
        at=now,
    )
    return conflict


@transaction.atomic
def keep_ours(conflict, *, by, now, seen) -> Conflict:
    conflict = _open(conflict, seen, _customer_of(conflict))
    return _decide(conflict, ConflictState.OURS, by=by, now=now)


@transaction.atomic
def take_theirs(conflict, *, by, now, seen) -> Conflict:
    """Raises common.phones.BadPhone where the DMS's number is none."""
    customer = _customer_of(conflict)
    conflict = _open(conflict, seen, customer)
    how = {"by": by, "source": Source.IMPORT, "now": now}
    if conflict.field == PHONE:
        undo = {"phones": snapshot_phones(customer)}
        first, *others = conflict.theirs.split(SEPARATOR)
        add_phone(customer, first, make_primary=True, **how)
        for number in others:
            add_phone(customer, number, **how)
        for phone in customer.phones.filter(number=conflict.ours, is_void=False, verified_at__isnull=False):
            withdraw_verification(phone, **how)
    else:
        undo = {"stamp": customer.verified.get(conflict.field, "")}
        update_customer(customer, {conflict.field: conflict.theirs}, seen={conflict.field: conflict.ours}, **how)
    return _decide(conflict, ConflictState.THEIRS, by=by, now=now, undo=undo)


@transaction.atomic
def ask_by_call(conflict, *, by, now, seen) -> Conflict:
    """Raises ValidationError where the customer cannot be called (she does not want to be)."""
    customer = _customer_of(conflict)
    conflict = _open(conflict, seen, customer)
    if conflict.state == ConflictState.VERIFY:
        raise AlreadyDecided(conflict)
    subject = _("Verify: %(field)s. DCRC has %(ours)s, the DMS says %(theirs)s.") % {
        "field": conflict.label,
        "ours": shown_value(conflict.field, conflict.ours)[:60],
        "theirs": shown_value(conflict.field, conflict.theirs)[:60],
    }
    call_id = import_string(settings.CUSTOMERS_ASK_BY_CALL)(customer, subject=subject, by=by, now=now)
    return _decide(conflict, ConflictState.VERIFY, by=by, now=now, undo={"call": call_id})


@transaction.atomic
def reopen_conflict(conflict, *, by, now) -> Conflict:
    """Take one's own last decision back. Raises AlreadyDecided where it is not `by`'s, or was taken on its own;
    ChangedMeanwhile where somebody changed the value, or took up the call, since."""
    fresh = Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if fresh.state == ConflictState.OPEN or fresh.decided_by_id != by.pk or fresh.undo is None:
        raise AlreadyDecided(fresh)
    customer, how = _customer_of(fresh), {"by": by, "now": now}
    if fresh.state == ConflictState.THEIRS:
        _put_back(fresh, customer, how)
    elif fresh.state == ConflictState.VERIFY and not import_string(settings.CUSTOMERS_ASK_NO_MORE)(
        fresh.undo["call"], customer, now=now
    ):
        raise ChangedMeanwhile({fresh.field: fresh.ours})
    before, decided_at = fresh.state, fresh.decided_at
    same = Conflict.objects.about(fresh).filter(theirs=fresh.theirs, state=before, decided_at=decided_at)
    same.update(state=ConflictState.OPEN, decided_by=None, decided_at=None, undo=None)
    fresh.refresh_from_db()
    change = {"state": (before, ConflictState.OPEN)}
    record_change(fresh, change, source=Source.FORM, customer_id=fresh.customer_id, by=by, at=now)
    return fresh


def _put_back(conflict, customer, how):
    """What taking theirs wrote, where nobody has touched it since."""
    how = {**how, "source": Source.FORM}
    if conflict.field == PHONE:
        touched = customer.phones.filter(changed_at__gt=conflict.decided_at)
        if touched.exists():
            raise ChangedMeanwhile({PHONE: stored_value(customer, PHONE, customer.phones.all())})
        restore_phones(customer, conflict.undo["phones"], **how)
        return
    stored = getattr(customer, conflict.field)
    if stored != conflict.theirs or conflict.field in customer.verified:
        raise ChangedMeanwhile({conflict.field: stored})
    update_customer(customer, {conflict.field: conflict.ours}, seen={conflict.field: conflict.theirs}, **how)
    restore_stamp(customer, conflict.field, conflict.undo["stamp"], now=how["now"])


@transaction.atomic
def keep_all_ours(conflicts, *, by, now) -> int:
    """Keep ours for each of these (a queryset) that is still open; gives how many. One line of history each."""
    rows = list(conflicts.filter(state=ConflictState.OPEN).select_for_update(of=("self",)).order_by("pk"))
    ids = [conflict.pk for conflict in rows]
    history = [
        change_row(
            conflict,
            {"state": (ConflictState.OPEN, ConflictState.OURS)},
            by=by,
            source=Source.FORM,
            customer_id=conflict.customer_id,
            at=now,
        )
        for conflict in rows
    ]
    for start in range(0, len(ids), WRITTEN_AT_ONCE):
        part = Conflict.objects.filter(pk__in=ids[start : start + WRITTEN_AT_ONCE])
        part.update(state=ConflictState.OURS, decided_by=by, decided_at=now, undo={})
    Change.objects.bulk_create(history, batch_size=WRITTEN_AT_ONCE)
    return len(rows)


# --- What settles itself ----------------------------------------------------------------------------------------------
@transaction.atomic
def settle_conflicts(store, *, now) -> int:
    """Close what somebody's work elsewhere has answered: the stored value is by now the DMS's, or was verified again after
    the file. Lines whose stored value changed otherwise show the present one. Gives how many were closed.

    Reads only the lines of customers who were touched since; may run at any time, and twice.
    """
    touched = Conflict.objects.filter(store=store, model=OURS_MODEL).undecided().standing()
    touched = touched.filter(
        Q(Exists(Customer.objects.filter(pk=OuterRef("customer_id"), changed_at__gt=OuterRef("created_at"))))
        | Q(Exists(Phone.objects.filter(customer_id=OuterRef("customer_id"), changed_at__gt=OuterRef("created_at"))))
    )
    lines = list(touched.order_by("pk"))
    people = Customer.objects.prefetch_related("phones").in_bulk({line.customer_id for line in lines})
    closed, refreshed = [], []
    for line in lines:
        customer = people[line.customer_id]
        stored = stored_value(customer, line.field, customer.phones.all())
        answer = _answer(line, customer, stored)
        if answer is not None:
            line.state, line.decided_at = answer, now
            closed.append(line)
        elif stored != line.ours:
            line.ours = stored
            refreshed.append(line)
    _write(closed, ["state", "decided_at"])
    _write(refreshed, ["ours"])
    return len(closed)


def _write(lines, fields):
    """Only where nobody decided meanwhile."""
    held = set(
        Conflict.objects.select_for_update(of=("self",))
        .undecided()
        .filter(pk__in=[line.pk for line in lines])
        .values_list("pk", flat=True)
    )
    Conflict.objects.bulk_update([line for line in lines if line.pk in held], fields, batch_size=WRITTEN_AT_ONCE)


def _answer(line, customer, stored):
    """The state that settles the line, or None."""
    if line.field == PHONE:
        theirs = set(line.theirs.split(SEPARATOR))
        living = [phone for phone in customer.phones.all() if not phone.is_void]
        if theirs <= {phone.number for phone in living}:
            return ConflictState.THEIRS
        fresh = [phone for phone in living if phone.verified_at and phone.verified_at > line.created_at]
        if any(phone.number in theirs for phone in fresh):
            return ConflictState.THEIRS
        return ConflictState.OURS if fresh else None
    if stored == line.theirs:
        return ConflictState.THEIRS
    stamp = customer.verified.get(line.field)
    return ConflictState.OURS if stamp and parse_datetime(stamp) > line.created_at else None
