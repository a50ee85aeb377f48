"""Two files of one person become one, and may become two again (docs/rules.md §11).

What moves is declared by every app (common.personal): a row that names the gone file names the kept one from then on. Numbers
are joined here, calls and cards by the floor that has them (settings.AFTER_MERGE). What the undo of it needs stands in `Merge.done`.
"""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

import common.lookups  # noqa: F401 - registers `among`
from audit.choices import Deed, Source
from audit.models import Change
from audit.services import change_row, record_change
from common.meanwhile import ChangedMeanwhile
from common.personal import moving_to
from customers.choices import DuplicateReason, DuplicateState, Stage
from customers.duplicates import RANK
from customers.merging import BOTH, FIELDS, GONE, KEPT, LONGEST_NOTE, PRIMARY, fingerprint
from customers.models import Customer, DuplicatePair, Merge, Vehicle
from customers.services.contacts import learn_hour
from customers.services.duplicates import refresh_duplicates
from customers.services.errors import MergeRefused
from customers.services.joined_phones import join_phones
from customers.services.people import sort_out_names
from customers.services.segments import class_again
from customers.services.wishes import keep_in_step
from customers.services.writing import lock, write
from customers.standing import standing_id
from dms.models import Conflict

CUSTOMER = Customer._meta.label
_EMPTY = (None, "")
_STAGES = (Stage.OWNER, Stage.PROSPECT, Stage.CONTACT)  # of two files the one further to the front
# What follows from the rest, and is put back by an undo with it.
FOLLOWING = ("pinyin", "initials", "birthday_is_lunar", "unreachable_on", "unreachable_round", "deceased_on")


@transaction.atomic
def merge_customers(kept, gone, *, choices: dict, by, now, seen="", pair=None) -> Merge:
    """`gone` becomes part of `kept`: everything that follows her names the kept file, her own one is void and leads there.

    choices: {field of FIELDS or PRIMARY: "kept" | "gone" | "both" (the note)}; where nothing is said the kept value stands, unless
    there is none. seen: `merging.fingerprint` of what the chooser was shown. Raises MergeRefused (somebody is on the telephone
    with her, or has merged one of them already) and ChangedMeanwhile; ValueError for files that can never be one.
    """
    if kept.pk == gone.pk or kept.store_id != gone.store_id:
        raise ValueError("two files of one store are merged")
    prepare(kept, gone, by=by, now=now)
    for person in (kept, gone):
        if person.is_void:
            raise _refusal(person)
    if seen and seen != fingerprint(kept, gone):
        raise ChangedMeanwhile({})
    merge = Merge(store_id=kept.store_id, kept=kept, gone=gone, by=by, at=now)
    merge.laid_aside = laid_aside(kept, gone, choices)
    done = merge.done = {}
    done["pair"], merge.pair = _join_pair(kept, gone, pair, by=by, now=now)
    values, follow = _values(kept, gone, choices)
    _set_fields(kept, gone, values, follow, done, merge, by=by, now=now)
    done["phones"] = join_phones(kept, gone, primary=choices.get(PRIMARY, KEPT), by=by, now=now)
    done["newest"] = {follow.code: _newest(follow) for follow in moving_to(CUSTOMER)}
    done["moved"] = {follow.code: move(follow, gone.pk, kept.pk, now=now) for follow in moving_to(CUSTOMER)}
    record_cars(done["moved"].get("customers.Vehicle.owner", ()), gone.pk, kept.pk, Deed.MERGE, by=by, now=now)
    done["conflicts"] = _move_conflicts(gone.pk, kept.pk)
    keep_in_step(kept, by=by, source=Source.FORM, now=now)
    learn_hour(kept)
    done["above"] = {dotted: import_string(dotted)(kept.pk, gone.pk, now=now) for dotted in settings.AFTER_MERGE}
    merge.save(force_insert=True)
    class_again(kept.store, {kept.pk, gone.pk}, now=now)
    refresh_duplicates(kept.store, [kept.pk])
    return merge


def prepare(kept, gone, *, by, now):
    """Everything locked in the one order: cards, then customers."""
    for dotted in settings.BEFORE_MERGE:
        import_string(dotted)(kept.pk, gone.pk, by=by, now=now)
    for person in sorted((kept, gone), key=lambda person: person.pk):
        lock(person)


def _refusal(person):
    merge = Merge.objects.filter(gone=person, undone_at__isnull=True).select_related("by", "kept").first()
    if merge is None:
        return MergeRefused("void", name=person.name)
    into = Customer.objects.get(pk=standing_id(person.pk))
    return MergeRefused("merged", name=person.name, into=into.name, person=merge.by.full_name if merge.by else "")


# --- The fields -------------------------------------------------------------------------------------------------------
def _values(kept, gone, choices) -> tuple[dict, dict]:
    """({field: value}, {field that follows: value}) of the merged file."""
    values, stamps = {}, dict(kept.verified)
    for name in FIELDS:
        mine, hers = getattr(kept, name), getattr(gone, name)
        choice = choices.get(name, GONE if mine in _EMPTY else KEPT)
        if choice == BOTH and name == "note" and mine != hers:
            values[name] = f"{mine}\n{hers}".strip()[:LONGEST_NOTE]
        elif mine == hers:
            stamps[name] = max(stamps.get(name, ""), gone.verified.get(name, ""))
        elif choice == GONE:
            values[name] = hers
            stamps[name] = gone.verified.get(name, "")
    values["stage"] = next((stage.value for stage in _STAGES if stage in (kept.stage, gone.stage)), kept.stage)
    if not kept.dms_no and gone.dms_no:
        values["dms_no"] = gone.dms_no
    follow = {"verified": {name: stamp for name, stamp in stamps.items() if stamp}}
    if "name" in values:
        follow |= sort_out_names(values["name"])
        values["name"] = follow.pop("name")
    if "birthday" in values:
        follow["birthday_is_lunar"] = gone.birthday_is_lunar
    # Reached through either file, she is within reach.
    days = (kept.unreachable_on, gone.unreachable_on)
    follow["unreachable_on"] = None if None in days else max(days)
    follow["deceased_on"] = kept.deceased_on or gone.deceased_on
    follow["unreachable_round"] = max(kept.unreachable_round, gone.unreachable_round)
    return values, follow


def laid_aside(kept, gone, choices) -> dict:
    """{field: value} that both files had and the merged one does not."""
    values, _follow = _values(kept, gone, choices)
    found = {}
    for name in FIELDS:
        stands = values.get(name, getattr(kept, name))
        others = [value for value in (getattr(kept, name), getattr(gone, name)) if value not in (*_EMPTY, stands)]
        if others and name != "note":
            found[name] = others[0]
    return found


def _set_fields(kept, gone, values, follow, done, merge, *, by, now):
    before = {name: getattr(kept, name) for name in (*values, *FOLLOWING)}
    done["verified"] = [kept.verified, follow["verified"]]
    done["dms_no"] = gone.dms_no if "dms_no" in values else ""
    void = {"is_void": True, "merged_into": kept, **({"dms_no": ""} if done["dms_no"] else {})}
    diff = write(gone, void, now=now)
    params = {"kept": kept.pk, "gone": gone.pk, "name": gone.name}
    told = {"source": Source.FORM, "by": by, "at": now, "deed": Deed.MERGE, "params": params}
    record_change(gone, diff, customer_id=gone.pk, **told)
    diff = write(kept, values, now=now, unseen=follow)
    record_change(kept, diff, customer_id=kept.pk, **told)
    done["fields"] = {
        name: [stored(old), stored(getattr(kept, name))] for name, old in before.items() if old != getattr(kept, name)
    }


def stored(value):
    """For JSON; read again by the field's `to_python`."""
    return value.isoformat() if isinstance(value, dt.date) else value


# --- What hangs on her ------------------------------------------------------------------------------------------------
def move(follow, source: int, target: int, *, now, only=None) -> list[int]:
    """Let the rows of a declared tie that name `source` name `target`; `only`: no others than these. Gives their ids."""
    rows = follow.source._base_manager.filter(**{follow.field: source})
    if only is not None:
        rows = rows.filter(pk__among=set(only))
    pks = sorted(rows.values_list("pk", flat=True))
    if pks:
        values = {follow.field: target}
        if any(column.name == "changed_at" for column in follow.source._meta.concrete_fields):
            values["changed_at"] = now  # rules find by it what they have to look at anew
        try:
            with transaction.atomic():
                follow.source._base_manager.filter(pk__among=set(pks)).update(**values)
        except IntegrityError as error:  # both files have one of which there can be but one
            raise MergeRefused("twice", what=str(follow.source._meta.verbose_name)) from error
    return pks


def _newest(follow) -> int:
    return follow.source._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def record_cars(pks, old, new, deed, *, by, now):
    """One line of history for each car that has changed hands so."""
    told = {"by": by, "source": Source.FORM, "deed": deed, "customer_id": new, "at": now}
    cars = Vehicle.objects.filter(pk__among=set(pks)) if pks else ()
    lines = [change_row(car, {"owner_id": (old, new)}, **told) for car in cars]
    Change.objects.bulk_create(lines, batch_size=500)


def _move_conflicts(source, target) -> list[int]:
    """What is still to be decided about her values is decided on the kept file; of one file and field one question is enough."""
    rows = Conflict.objects.filter(model=CUSTOMER, customer_id=source).undecided()
    asked = set(Conflict.objects.filter(model=CUSTOMER, object_id=target).values_list("batch_id", "field"))
    pks = [pk for pk, batch, name in rows.values_list("pk", "batch_id", "field") if (batch, name) not in asked]
    Conflict.objects.filter(pk__in=pks).update(object_id=target, customer_id=target)
    return pks


def _join_pair(kept, gone, pair, *, by, now):
    """(what an undo puts back, the pair): that they are one person is the answer to it, and is told to the DMS as ever."""
    first, second = sorted((kept.pk, gone.pk))
    if pair is None:
        pair = DuplicatePair.objects.filter(first_id=first, second_id=second).first()
    before = None
    if pair is None:
        reason = DuplicateReason.PICKED
        pair = DuplicatePair.objects.create(
            store_id=kept.store_id, first_id=first, second_id=second, reason=reason, rank=RANK[reason.value]
        )
    else:
        pair = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
        before = [pair.state, pair.decided_by_id, pair.decided_at and pair.decided_at.isoformat()]
    if pair.state != DuplicateState.SAME:
        set_pair(pair, DuplicateState.SAME, by, now, by=by, now=now)
    return before, pair


def set_pair(pair, state, decided_by, decided_at, *, by, now):
    change = {"state": (pair.state, state)}
    pair.state, pair.decided_by, pair.decided_at = state, decided_by, decided_at
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    record_change(pair, change, by=by, source=Source.FORM, customer_id=pair.first_id, at=now)
