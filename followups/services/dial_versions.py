"""Changing dials as a manager does: all of a form at once, as a version with who, when and why; and setting an old version again.

`services.dials` changes one row and keeps its audit line; here a change is whole, and the next one can take it back.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.models import Store
from followups.models import DeskDial, DialVersion, RuleDial
from followups.services.dials import DESK_FIELDS, RULE_FIELDS, change_desk_dial, change_dial

DESK = ""  # in the place of a rule's code


@transaction.atomic
def save_dials(store, *, rules: dict | None = None, desk: dict | None = None, by, now, note="", restores=None):
    """Set these dials: `rules` {(rule, step): {field: value}}, `desk` {field: value}. Returns the new DialVersion, or None where
    nothing differed.

    Raises ValidationError by field; of a rule with several steps the field is "<step>-<field>".
    """
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    before = snapshot(store)
    faults = {}
    rows = {(row.rule, row.step): row for row in RuleDial.objects.filter(store=store)}
    for key, values in (rules or {}).items():
        if key not in rows:
            continue
        try:
            change_dial(rows[key], values, by=by, now=now)
        except ValidationError as fault:
            faults |= {f"{key[1]}-{name}": errors for name, errors in fault.message_dict.items()}
    if desk:
        try:
            change_desk_dial(DeskDial.objects.get(store=store), desk, by=by, now=now)
        except ValidationError as fault:
            faults |= fault.message_dict
    if faults:
        raise ValidationError(faults)
    after = snapshot(store)
    changes = differences(before, after)
    if not changes:
        return None
    last = DialVersion.objects.filter(store=store).aggregate(last=Max("number"))["last"]
    if last is None:
        last = DialVersion.objects.create(store=store, number=1, at=now, dials=before).number
    return DialVersion.objects.create(
        store=store, number=last + 1, at=now, by=by, note=note[:200], restores=restores, changes=changes, dials=after
    )


def restore_version(version: DialVersion, *, by, now) -> DialVersion | None:
    """Set all dials as they stood under `version`, as a new version; None where they stand so already.

    Rules that did not exist then keep what they have.
    """
    known = set(RuleDial.objects.filter(store_id=version.store_id).values_list("rule", "step"))
    rules = {tuple(key.rsplit("/", 1)): values for key, values in version.dials.get("rules", {}).items()}
    rules = {
        key: {name: value for name, value in values.items() if name in RULE_FIELDS}
        for key, values in rules.items()
        if key in known
    }
    desk = {name: value for name, value in version.dials.get("desk", {}).items() if name in DESK_FIELDS}
    return save_dials(version.store, rules=rules, desk=desk, by=by, now=now, restores=version.number)


def snapshot(store) -> dict:
    """All dials of a store, as JSON."""
    rows = RuleDial.objects.filter(store=store).order_by("rule", "step")
    desk = DeskDial.objects.filter(store=store).first() or DeskDial(store=store)
    return {
        "rules": {f"{row.rule}/{row.step}": {name: getattr(row, name) for name in RULE_FIELDS} for row in rows},
        "desk": {name: getattr(desk, name) for name in DESK_FIELDS},
    }


def differences(before: dict, after: dict) -> list[dict]:
    """What a version changed, as DialVersion.changes keeps it."""
    found = []
    for key, values in after["rules"].items():
        rule, step = key.rsplit("/", 1)
        old = before["rules"].get(key, {})
        found += [
            {"rule": rule, "step": step, "field": name, "old": old.get(name), "new": value}
            for name, value in values.items()
            if old.get(name) != value
        ]
    found += [
        {"rule": DESK, "step": "", "field": name, "old": before["desk"].get(name), "new": value}
        for name, value in after["desk"].items()
        if before["desk"].get(name) != value
    ]
    return found
