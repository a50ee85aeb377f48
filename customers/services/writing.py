"""How every verb writes: lock, compare, save what differs."""


def lock(record):
    """Read the row again under a lock, into the same instance. Keys never change, so whoever commits a row that points at it need not
    wait. Of several: the customer before her numbers and cars, and her card (of the floor above) before her."""
    record.refresh_from_db(from_queryset=type(record)._base_manager.select_for_update(no_key=True))


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
