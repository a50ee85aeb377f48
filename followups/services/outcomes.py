"""Writing the outcome list of a store: what can be chosen on the desk. Outcomes are retired, never deleted.

The list always keeps what the desk needs (NEEDED), and where somebody was reached a "done" result in the first place, because the
first one holds where nobody chooses. What an outcome does to its topic never changes once a call has it.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise as LazyText
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Store
from audit.choices import Deed, Source
from audit.models import Change
from audit.services import record_change
from followups.choices import Effect, Level
from followups.models import Call, CallOutcome, Outcome
from followups.services.aftermath import gone_why

# What an outcome of a level may do.
EFFECTS: dict[Level, tuple[Effect, ...]] = {
    Level.REACHED: (
        Effect.DONE,
        Effect.PROMISE,
        Effect.RETRY,
        Effect.DECLINED,
        Effect.DO_NOT_CALL,
        Effect.CAR_GONE,
        Effect.NO_TOPIC,
    ),
    Level.NOT_REACHED: (Effect.RETRY,),
    Level.INVALID: (Effect.BAD_NUMBER, Effect.WRONG_NUMBER),
}
# Of these at least one is always in use, and why.
NEEDED: dict[tuple[Level, Effect], LazyText] = {
    (Level.REACHED, Effect.DONE): gettext_lazy("without it no topic could ever be finished"),
    (Level.REACHED, Effect.PROMISE): gettext_lazy("without it no call could be promised (key P on the desk)"),
    (Level.REACHED, Effect.DO_NOT_CALL): gettext_lazy(
        "a customer who wants no calls has the right that it is written down at once"
    ),
    (Level.NOT_REACHED, Effect.RETRY): gettext_lazy("without it a call that nobody answers could not be saved"),
    (Level.INVALID, Effect.BAD_NUMBER): gettext_lazy("without it a dead number would be dialled again and again"),
    (Level.INVALID, Effect.WRONG_NUMBER): gettext_lazy("without it a stranger would be called again and again"),
}
FIELDS = ("label_zh", "label_en", "effect", "why_gone", "note_required")
MOVED = "move"  # deed of a change of place
KEYS = 9  # number keys of the desk
CODE_LENGTH = 24  # of the part that is made of the label


class OutcomeMoved(Exception):  # noqa: N818
    """Somebody changed this outcome meanwhile; `change` is what the history says of it."""

    def __init__(self, change):
        self.change = change
        super().__init__(f"{change} came before")


def is_used(outcome) -> bool:
    """Whether any call has it, undone ones too: they stay in the history."""
    return Call.objects.filter(outcome=outcome).exists() or CallOutcome.objects.filter(outcome=outcome).exists()


def last_change(outcome) -> Change | None:
    """The newest line of its history that is not about its place."""
    return Change.objects.of_record(outcome).exclude(deed=MOVED).newest_first().first()


@transaction.atomic
def add_outcome(store, level: str, values: dict, *, by, now) -> Outcome:
    """A new outcome of `level` in the last place. Raises ValidationError by field."""
    _lock(store)
    place = Outcome.objects.listed().filter(store=store, level=level, retired_at__isnull=True).count() + 1
    outcome = Outcome(store=store, level=level, order=place, code=_code(store, values["label_en"]))
    _set(outcome, values)
    outcome.save(force_insert=True)
    _renumber(store, level)
    record_change(outcome, {}, by=by, source=Source.FORM, deed=Deed.CREATE, at=now)
    return outcome


@transaction.atomic
def edit_outcome(outcome, values: dict, *, seen: int, by, now) -> Outcome:
    """Set the fields of FIELDS in `values`. `seen` is the id of its `last_change` when the form was opened (0: none).

    Raises OutcomeMoved, ValidationError by field: what a used outcome does cannot be changed.
    """
    _lock(outcome.store)
    outcome = Outcome.objects.select_for_update().select_related("store").get(pk=outcome.pk)
    newest = last_change(outcome)
    if newest is not None and newest.pk != seen:
        raise OutcomeMoved(newest)
    lacking = _lacking(outcome.store)
    if outcome.effect == Effect.CAR_GONE:
        outcome.why_gone = gone_why(outcome)  # of a shipped one its code says it
    before = {name: getattr(outcome, name) for name in FIELDS}
    _set(outcome, values)
    changes = {name: (old, getattr(outcome, name)) for name, old in before.items() if old != getattr(outcome, name)}
    for name in ("effect", "why_gone"):
        if name in changes and is_used(outcome):
            words = _("Calls have this result: what it does stays. Retire it and make a new one.")
            raise ValidationError({name: words}, code="used")
    if changes:
        outcome.save(update_fields=list(changes))
        _refuse_lacking(outcome.store, lacking)
        record_change(outcome, changes, by=by, source=Source.FORM, at=now)
    return outcome


@transaction.atomic
def retire_outcome(outcome, *, by, now) -> bool:
    """It vanishes from the desk at once; calls and figures keep it. False where it was retired already. Raises ValidationError."""
    _lock(outcome.store)
    lacking = _lacking(outcome.store)
    if not Outcome.objects.filter(pk=outcome.pk, retired_at__isnull=True).update(retired_at=now):
        return False
    _renumber(outcome.store, outcome.level)
    _refuse_lacking(outcome.store, lacking)
    record_change(outcome, {"retired_at": (None, now)}, by=by, source=Source.FORM, deed=Deed.VOID, at=now)
    return True


@transaction.atomic
def revive_outcome(outcome, *, by, now) -> bool:
    """Back on the desk, in the last place of its level. False where it is there already. Raises ValidationError."""
    _lock(outcome.store)
    outcome = Outcome.objects.select_for_update().get(pk=outcome.pk)
    if outcome.retired_at is None:
        return False
    before = outcome.retired_at
    active = Outcome.objects.listed().filter(store_id=outcome.store_id, level=outcome.level, retired_at__isnull=True)
    twin = active.filter(Q(label_zh=outcome.label_zh) | Q(label_en=outcome.label_en)).first()
    if twin is not None:
        raise ValidationError(_("Another result of this level is called so."), code="twin")
    outcome.order, outcome.retired_at = active.count() + 1, None
    outcome.save(update_fields=["order", "retired_at"])
    record_change(outcome, {"retired_at": (before, None)}, by=by, source=Source.FORM, deed=Deed.REVIVE, at=now)
    return True


@transaction.atomic
def move_outcome(outcome, step: int, *, by, now) -> bool:
    """`step` places down its level (up: negative), as far as it goes; with its place goes its key. False where nothing moved.

    Raises ValidationError.
    """
    _lock(outcome.store)
    lacking = _lacking(outcome.store)
    rows = _active(outcome.store, outcome.level)
    place = next((place for place, row in enumerate(rows) if row.pk == outcome.pk), None)
    if place is None:
        return False
    there = min(max(place + step, 0), len(rows) - 1)
    if there == place:
        return False
    rows.insert(there, rows.pop(place))
    _write_places(rows)
    _refuse_lacking(outcome.store, lacking)
    changes = {"order": (place + 1, there + 1)}
    record_change(outcome, changes, by=by, source=Source.FORM, deed=MOVED, at=now)
    return True


# --- Inside ---------------------------------------------------------------------------------------------------------------
def _lock(store):
    """One writer of a store's list at a time."""
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)


def _active(store, level) -> list[Outcome]:
    return list(
        Outcome.objects.listed().filter(store=store, level=level, retired_at__isnull=True).order_by("order", "pk")
    )


def _renumber(store, level):
    _write_places(_active(store, level))


def _write_places(rows):
    moved = []
    for place, row in enumerate(rows, start=1):
        if row.order != place:
            row.order = place
            moved.append(row)
    Outcome.objects.bulk_update(moved, ["order"])


def _set(outcome, values):
    """The values on the row, checked among each other. Raises ValidationError by field."""
    for name, value in values.items():
        if name not in FIELDS:
            raise TypeError(f"an outcome has no {name!r} to set")
        setattr(outcome, name, value)
    faults = {}
    if outcome.effect not in EFFECTS[Level(outcome.level)]:
        faults["effect"] = _("A result of this level cannot do that.")
    elif outcome.effect == Effect.CAR_GONE and not outcome.why_gone:
        faults["why_gone"] = _("Say why the car is gone.")
    elif outcome.effect == Effect.DO_NOT_CALL and not outcome.note_required:
        faults["note_required"] = _("The note is the proof that the customer said so: it cannot be left out.")
    if outcome.effect != Effect.CAR_GONE:
        outcome.why_gone = ""
    twins = Outcome.objects.filter(store_id=outcome.store_id, level=outcome.level, retired_at__isnull=True)
    for name in ("label_zh", "label_en"):
        if twins.exclude(pk=outcome.pk).filter(**{name: getattr(outcome, name)}).exists():
            faults[name] = _("Another result of this level is called so.")
    if faults:
        raise ValidationError(faults)
    outcome.full_clean(validate_unique=False, validate_constraints=False)


def _code(store, label: str) -> str:
    """Unique in the store, and never one that the software ships or the desk means something by."""
    stem = f"own-{slugify(label)[:CODE_LENGTH].strip('-')}".strip("-")
    taken = set(Outcome.objects.filter(store=store).values_list("code", flat=True))
    number = 1
    code = stem
    while code in taken:
        number += 1
        code = f"{stem[: CODE_LENGTH + 2]}-{number}"
    return code


FIRST = "first"


def _lacking(store) -> set:
    """What the list lacks: keys of NEEDED, and FIRST where the first result of a reached call is not "done"."""
    active = Outcome.objects.filter(store=store, retired_at__isnull=True).order_by("order", "pk")
    rows = list(active.values_list("level", "effect"))
    lacking = {need for need in NEEDED if (need[0].value, need[1].value) not in rows}
    first = next((effect for level, effect in rows if level == Level.REACHED), Effect.DONE)
    return lacking if first == Effect.DONE else lacking | {FIRST}


def _refuse_lacking(store, before: set):
    """Raises ValidationError for what the list lacks now and did not lack `before`."""
    new = _lacking(store) - before
    if FIRST in new:
        words = _(
            "The first result of a reached call must be one that finishes the topic: it holds where nobody chooses."
        )
        raise ValidationError(words, code="first")
    for level, effect in sorted(new):
        words = _("At least one result “%(effect)s” has to stay in use (%(level)s): %(why)s.")
        params = {"effect": effect.label, "level": level.label, "why": NEEDED[level, effect]}
        raise ValidationError(words % params, code="needed")
