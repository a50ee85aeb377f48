"""Writing the cause tree of a store: add, change, move, retire, bring back. Causes are retired, never deleted."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Deed, Source
from audit.services import record_change
from common.locks import lock_words
from common.meanwhile import refuse_overwriting
from complaints.models import Cause
from complaints.models.causes import DEPTH, JOINT

FIELDS = ("name_zh", "name_en", "parent", "department")
FALLBACK = "other"  # what an import knows no cause for; always in use, on the first level
MOVED = "move"  # deed of a change of place
_SETTLED = ("place", "depth", "lineage", "path_zh", "path_en")


def find_cause(store_id, code) -> Cause | None:
    """The store's cause of that code, where it can be chosen."""
    return Cause.objects.active().filter(store_id=store_id, code=code or "").first()


def cause_of(store_id, code) -> Cause:
    """The same. Raises ValidationError({"cause": …}) where there is none."""
    found = find_cause(store_id, code)
    if found is None:
        raise ValidationError({"cause": ValidationError(_("Please choose one."), code="invalid")})
    return found


@transaction.atomic
def add_cause(store, values: dict, *, by, now) -> Cause:
    """A new cause in the last place under `values["parent"]` (None: the first level). Raises ValidationError by field.

    One without a usual department takes that of the cause it belongs to.
    """
    _lock(store)
    cause = Cause(store=store, code=_code(store))
    _set(cause, values)
    cause.department = cause.department or (cause.parent.department if cause.parent else "")
    cause.order = 1 + Cause.objects.filter(store=store, parent=cause.parent).count()
    cause.save(force_insert=True)
    settle_tree(store)
    record_change(cause, {}, by=by, source=Source.FORM, deed=Deed.CREATE, at=now)
    cause.refresh_from_db()
    return cause


@transaction.atomic
def edit_cause(cause, values: dict, *, by, now, seen=None) -> Cause:
    """Rename it, give it another department or another place in the tree, with all that is below it.

    Raises ChangedMeanwhile, ValidationError by field.
    """
    _lock(cause.store)
    cause = Cause.objects.select_related("store", "parent").get(pk=cause.pk)
    refuse_overwriting(cause, values, seen)
    before = {name: getattr(cause, name) for name in FIELDS}
    _set(cause, values)
    changes = {name: (old, getattr(cause, name)) for name, old in before.items() if old != getattr(cause, name)}
    if not changes:
        return cause
    if "parent" in changes:
        cause.order = 1 + Cause.objects.filter(store=cause.store, parent=cause.parent).count()
    cause.save(update_fields=[*changes, "order"])
    settle_tree(cause.store)
    record_change(cause, changes, by=by, source=Source.FORM, at=now)
    cause.refresh_from_db()
    return cause


@transaction.atomic
def move_cause(cause, step: int, *, by, now) -> bool:
    """`step` places down among its active siblings (up: negative), as far as it goes. False where nothing moved."""
    _lock(cause.store)
    rows = list(Cause.objects.active().filter(store=cause.store, parent_id=cause.parent_id).order_by("order", "pk"))
    place = next((place for place, row in enumerate(rows) if row.pk == cause.pk), None)
    if place is None:
        return False
    there = min(max(place + step, 0), len(rows) - 1)
    if there == place:
        return False
    rows.insert(there, rows.pop(place))
    for order, row in enumerate(rows, start=1):
        row.order = order
    Cause.objects.bulk_update(rows, ["order"])
    settle_tree(cause.store)
    changes = {"order": (place + 1, there + 1)}
    record_change(cause, changes, by=by, source=Source.FORM, deed=MOVED, at=now)
    return True


@transaction.atomic
def retire_cause(cause, *, by, now) -> int:
    """It can be chosen no more, nor what is below it; cases and figures keep it. How many were retired. Raises ValidationError."""
    _lock(cause.store)
    rows = list(Cause.objects.within(Cause.objects.get(pk=cause.pk)).active())
    if any(row.code == FALLBACK for row in rows):
        raise ValidationError(
            _("This one stays: imported cases of which nothing else is known go there."), code="needed"
        )
    for row in rows:
        row.retired_at = now
        record_change(row, {"retired_at": (None, now)}, by=by, source=Source.FORM, deed=Deed.VOID, at=now)
    Cause.objects.bulk_update(rows, ["retired_at"])
    return len(rows)


@transaction.atomic
def revive_cause(cause, *, by, now) -> bool:
    """It can be chosen again. False where it is already. Raises ValidationError: under a retired one, or its name is taken."""
    _lock(cause.store)
    cause = Cause.objects.select_related("parent").get(pk=cause.pk)
    if cause.retired_at is None:
        return False
    if cause.parent is not None and cause.parent.retired_at is not None:
        raise ValidationError(_("Bring “%(cause)s” back first.") % {"cause": cause.parent}, code="parent")
    if _twins(cause):
        raise ValidationError(_("Another cause beside it is called so."), code="twin")
    before, cause.retired_at = cause.retired_at, None
    cause.save(update_fields=["retired_at"])
    record_change(cause, {"retired_at": (before, None)}, by=by, source=Source.FORM, deed=Deed.REVIVE, at=now)
    return True


def settle_tree(store):
    """Write what follows from the tree: its order, depths, lineages and paths."""
    children = {}
    for row in Cause.objects.filter(store=store).order_by("order", "pk"):
        children.setdefault(row.parent_id, []).append(row)
    moved = []

    def walk(parent, rows):
        for row in rows:
            before = [getattr(row, name) for name in _SETTLED]
            row.place = len(walked) + 1
            row.depth = parent.depth + 1 if parent else 1
            row.lineage = f"{parent.lineage}/{row.code}" if parent else row.code
            row.path_zh = f"{parent.path_zh}{JOINT}{row.name_zh}" if parent else row.name_zh
            row.path_en = f"{parent.path_en}{JOINT}{row.name_en}" if parent else row.name_en
            walked.append(row)
            if before != [getattr(row, name) for name in _SETTLED]:
                moved.append(row)
            walk(row, children.get(row.pk, ()))

    walked = []
    walk(None, children.get(None, ()))
    Cause.objects.bulk_update(moved, _SETTLED, batch_size=100)


# --- Inside ---------------------------------------------------------------------------------------------------------------
def _lock(store):
    """One writer of a store's tree at a time."""
    lock_words(f"causes:{store.pk}")


def _set(cause, values):
    """The values on the row, checked among each other. Raises ValidationError by field."""
    for name, value in values.items():
        if name not in FIELDS:
            raise TypeError(f"a cause has no {name!r} to set")
        setattr(cause, name, value)
    faults, parent = {}, cause.parent
    below = list(Cause.objects.within(cause)) if cause.pk else []
    reach = max((row.depth for row in below), default=1) - (cause.depth if cause.pk else 1)
    if parent is not None and (parent.store_id != cause.store_id or parent.retired_at is not None):
        faults["parent"] = _("Please choose one.")
    elif parent is not None and parent.pk in {row.pk for row in below}:
        faults["parent"] = _("A cause cannot belong to itself.")
    elif parent is not None and cause.code == FALLBACK:
        faults["parent"] = _("This one stays on the first level.")
    elif (parent.depth if parent else 0) + 1 + reach > DEPTH:
        faults["parent"] = _("The tree has three levels.")
    for name in _twins(cause):
        faults[name] = _("Another cause beside it is called so.")
    if faults:
        raise ValidationError(faults)
    cause.full_clean(validate_unique=False, validate_constraints=False, exclude=["parent", *_SETTLED])


def _twins(cause) -> list[str]:
    """Which of its names an active sibling has."""
    beside = Cause.objects.active().filter(store_id=cause.store_id, parent_id=cause.parent_id).exclude(pk=cause.pk)
    return [name for name in ("name_zh", "name_en") if beside.filter(**{name: getattr(cause, name)}).exists()]


def _code(store) -> str:
    """Unique in the store, and never one that the software ships."""
    taken = set(Cause.objects.filter(store=store, code__startswith="own-").values_list("code", flat=True))
    number = len(taken) + 1
    while f"own-{number}" in taken:
        number += 1
    return f"own-{number}"
