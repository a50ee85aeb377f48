"""The only writers of the audit tables."""

from django.utils import timezone

from audit.choices import AccessKind
from audit.models import Access, Change


def _value(value):
    """A JSON-able form of a field value; dates as ISO text, records as their id."""
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else str(value)


def change_row(
    record, changes, *, by=None, source, deed="edit", batch_id=None, customer_id=None, params=None, at=None
) -> Change:
    """An unsaved Change for `record` (any saved model row), so that set-based writers can `bulk_create` them.

    `changes` is {field: (old, new)}; `by` is anything with `pk` and `full_name`, or None for the system.
    """
    return Change(
        store_id=getattr(record, "store_id", None),
        at=at or timezone.now(),
        actor_id=getattr(by, "pk", None),
        actor_name=getattr(by, "full_name", "") or "",
        source=source,
        batch_id=batch_id,
        deed=deed,
        model=record._meta.label_lower,
        object_id=record.pk,
        customer_id=customer_id,
        changes={field: [_value(old), _value(new)] for field, (old, new) in changes.items()},
        params=params or {},
    )


def record_change(record, changes, **kwargs) -> Change | None:
    """Write one history line (see `change_row`). An edit that changed nothing leaves no line."""
    if not changes and kwargs.get("deed", "edit") == "edit":
        return None
    row = change_row(record, changes, **kwargs)
    row.save(force_insert=True)
    return row


def record_access(record, *, by, kind, customer_id=None, params=None) -> Access:
    """Write one line that `by` saw (revealed, exported, opened) `record`."""
    return Access.objects.create(
        store_id=getattr(record, "store_id", None),
        at=timezone.now(),
        actor_id=by.pk,
        actor_name=by.full_name,
        kind=kind,
        model=record._meta.label_lower,
        object_id=record.pk,
        customer_id=customer_id,
        params=params or {},
    )


def record_export(model: str, object_id, *, store_id, by, params=None) -> Access:
    """Write one line that `by` took out a whole that is no record of its own: `model` and `object_id` say of what it was made."""
    return Access.objects.create(
        store_id=store_id,
        at=timezone.now(),
        actor_id=by.pk,
        actor_name=by.full_name,
        kind=AccessKind.EXPORT,
        model=model,
        object_id=object_id,
        params=params or {},
    )


def record_accesses(model: str, ids, *, store_id, by, kind, params=None) -> None:
    """One line each for these customers' records (`model` as in Access; `ids` are customer ids): a list that was taken out whole."""
    now = timezone.now()
    shared = {
        "store_id": store_id,
        "at": now,
        "actor_id": by.pk,
        "actor_name": by.full_name,
        "kind": kind,
        "model": model,
        "params": params or {},
    }
    Access.objects.bulk_create([Access(object_id=pk, customer_id=pk, **shared) for pk in ids], batch_size=500)
