"""A merge taken back: what is still as it left it becomes the other file's again; what is not stays, and is told."""

from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string

from audit.choices import Deed, Source
from audit.services import record_change
from common.personal import moving_to
from customers.choices import DuplicateState
from customers.models import Customer, Merge
from customers.services.contacts import learn_hour
from customers.services.duplicates import refresh_duplicates
from customers.services.errors import MergeRefused
from customers.services.joined_phones import part_phones
from customers.services.merging import CUSTOMER, FOLLOWING, move, prepare, record_cars, set_pair, stored
from customers.services.segments import class_again
from customers.services.wishes import keep_in_step
from customers.services.writing import lock, write
from dms.models import Conflict

SINCE = "since:"  # before the code of a tie: rows that were made after the merge


@transaction.atomic
def undo_merge(merge, *, by, now) -> dict:
    """Two files again; gives `Merge.remnants`: {code: number} of what had to stay with the kept one.

    Codes: "field:<name>" (changed since), "phones", a tie's code (changed since), "since:<tie's code>" (came after the merge).
    Raises MergeRefused: taken back already, a later merge has to be taken back first, somebody is on the telephone with her.
    """
    kept, gone = merge.kept, merge.gone
    prepare(kept, gone, by=by, now=now)
    lock(merge)
    _refuse(merge, kept, gone)
    left = Counter()
    done, told = merge.done, {"by": by, "now": now}
    _part_fields(merge, kept, gone, left, **told)
    _count("phones", part_phones(kept, gone, done["phones"], **told), left)
    for follow in moving_to(CUSTOMER):
        pks = done["moved"].get(follow.code, ())
        back = move(follow, kept.pk, gone.pk, now=now, only=pks) if pks else ()
        _count(follow.code, len(pks) - len(back), left)
        if follow.code == "customers.Vehicle.owner":
            record_cars(back, kept.pk, gone.pk, Deed.UNMERGE, **told)
        _count(SINCE + follow.code, _made_since(follow, kept.pk, done["newest"]), left)
    Conflict.objects.filter(pk__in=done["conflicts"], object_id=kept.pk).update(object_id=gone.pk, customer_id=gone.pk)
    for person in (kept, gone):
        keep_in_step(person, by=by, source=Source.FORM, now=now)
        learn_hour(person)
    for join, part in zip(settings.AFTER_MERGE, settings.AFTER_UNMERGE, strict=True):
        left.update(import_string(part)(kept.pk, gone.pk, done["above"][join], since=merge.at, now=now))
    _part_pair(merge, **told)
    merge.undone_at, merge.undone_by, merge.remnants = now, by, dict(left)
    merge.save(update_fields=["undone_at", "undone_by", "remnants"])
    class_again(kept.store, {kept.pk, gone.pk}, now=now)
    refresh_duplicates(kept.store, [kept.pk, gone.pk])
    return merge.remnants


def _count(code, number, left):
    if number and code:
        left[code] += number


def _refuse(merge, kept, gone):
    if merge.undone_at is not None:
        raise MergeRefused("undone", person=merge.undone_by.full_name if merge.undone_by else "")
    files = (kept.pk, gone.pk)
    later = Merge.objects.filter(Q(kept__in=files) | Q(gone__in=files), undone_at__isnull=True, pk__gt=merge.pk)
    last = later.select_related("gone", "kept").order_by("-pk").first()
    if last is not None:
        raise MergeRefused("later", name=last.gone.name, into=last.kept.name)
    if kept.is_void or not gone.is_void or gone.merged_into_id != kept.pk:
        raise MergeRefused("void", name=kept.name if kept.is_void else gone.name)


def _part_fields(merge, kept, gone, left, *, by, now):
    before, after = merge.done["verified"]
    values, stamps = {}, dict(kept.verified)
    for name in {*before, *after}:
        if stamps.get(name) == after.get(name):
            stamps[name] = before.get(name)
    for name, (old, new) in merge.done["fields"].items():
        if stored(getattr(kept, name)) == new:
            values[name] = Customer._meta.get_field(name).to_python(old)
        else:
            _count("" if name in FOLLOWING else f"field:{name}", 1, left)
    follow = {name: values.pop(name) for name in FOLLOWING if name in values}
    told = {"by": by, "source": Source.FORM, "deed": Deed.UNMERGE, "at": now}
    told["params"] = {"kept": kept.pk, "gone": gone.pk, "name": gone.name}
    stamps = {name: stamp for name, stamp in stamps.items() if stamp}
    diff = write(kept, values, now=now, unseen={**follow, "verified": stamps})
    record_change(kept, diff, customer_id=kept.pk, **told)
    gives = {"dms_no": merge.done["dms_no"]} if "dms_no" in values and merge.done["dms_no"] else {}
    diff = write(gone, {"is_void": False, "merged_into": None, **gives}, now=now)
    record_change(gone, diff, customer_id=gone.pk, **told)


def _made_since(follow, kept_id, newest) -> int:
    rows = follow.source._base_manager.filter(**{follow.field: kept_id}, pk__gt=newest.get(follow.code, 0))
    return rows.count()


def _part_pair(merge, *, by, now):
    pair, before = merge.pair, merge.done["pair"]
    if pair is None:
        return
    if before is None:
        set_pair(pair, DuplicateState.OPEN, None, None, by=by, now=now)
        merge.pair = None
        merge.save(update_fields=["pair"])
        pair.delete()
    elif pair.state == DuplicateState.SAME and before[0] != DuplicateState.SAME:
        state, person, moment = before
        pair.decided_by_id = person
        set_pair(pair, state, pair.decided_by if person else None, moment and parse_datetime(moment), by=by, now=now)
