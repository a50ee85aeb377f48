"""How every verb writes: lock, compare, save what differs."""

from customers.services.errors import ChangedMeanwhile


def lock(record):
    """Read the row again under a lock, into the same instance."""
    record.refresh_from_db(from_queryset=type(record)._base_manager.select_for_update())


def refuse_overwriting(record, values: dict, seen: dict | None):
    """`seen` is {field: value the editor was shown}. Raises ChangedMeanwhile where another value has been stored since.

    Somebody who typed the very value that is stored by now is not in anybody's way.
    """
    stored = {
        field: getattr(record, field)
        for field, value in values.items()
        if field in (seen or {}) and getattr(record, field) not in (seen[field], value)
    }
    if stored:
        raise ChangedMeanwhile(stored)


def write(record, values: dict, *, now, unseen: dict | None = None) -> dict:
    """Save the values that differ, with `changed_at`; gives {field: (old, new)} of `values`.

    `unseen` are columns that follow (search keys, stamps): saved with the others, but no change of their own.
    """
    diff = {field: (getattr(record, field), value) for field, value in values.items()}
    diff = {field: (old, new) for field, (old, new) in diff.items() if old != new}
    follow = {field: value for field, value in (unseen or {}).items() if getattr(record, field) != value}
    if diff or follow:
        for field, value in {**{f: new for f, (_old, new) in diff.items()}, **follow}.items():
            setattr(record, field, value)
        record.changed_at = now
        record.save(update_fields=[*diff, *follow, "changed_at"])
    return diff
