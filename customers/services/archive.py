"""The number of a customer's file, by the store's rule (S1: one number a file, given once, kept for ever).

Numbers are taken from a counter per store and year in one conditional statement, so that two people and an import never get the
same one; a number taken and not used stays free: gaps are not promised away. Files made by hand get theirs at once, those of an
import, and those of before the rule, by `number_files`, set by set. A file that became part of another one keeps its number.
"""

import re
import string

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

import common.lookups  # noqa: F401 - registers `among`
from common.upsert import update_rows
from customers.models import ArchiveCounter, Customer
from customers.services.segments import dial_of

CHUNK = 2_000
LONGEST = Customer._meta.get_field("archive_no").max_length
LARGEST = 9_999_999
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff/_.#-]*")
_SEQ = re.compile(r"|0?[1-9]")  # {seq}, {seq:5}, {seq:05}


def check_rule(rule: str, store) -> None:
    """Raises ValidationError with one sentence: what a rule may hold is {store}, {year}, {seq} or {seq:05}, letters, digits and - / _ . #"""
    try:
        pieces = list(string.Formatter().parse(rule))
    except ValueError as error:
        raise ValidationError(_("A bracket is not closed.")) from error
    names = [name for _text, name, _spec, _conversion in pieces if name is not None]
    if names.count("seq") != 1:
        raise ValidationError(_("{seq} must stand in it exactly once: it tells one file from the next."))
    for text, name, spec, conversion in pieces:
        if not _PLAIN.fullmatch(text):
            raise ValidationError(_("Only letters, digits and - / _ . # may stand between the brackets."))
        if name is None:
            continue
        if (
            name not in ("store", "year", "seq")
            or conversion
            or not (_SEQ if name == "seq" else re.compile("")).fullmatch(spec)
        ):
            raise ValidationError(
                _("In brackets only {store}, {year} and {seq} are known, as in {store}-{year}-{seq:05}.")
            )
    if len(word(rule, store, 2026, LARGEST)) > LONGEST:
        raise ValidationError(
            _("A number by this rule would be longer than %(most)s characters."), params={"most": LONGEST}
        )


def word(rule: str, store, year: int, seq: int) -> str:
    """`PD-2026-00042`."""
    return rule.format(store=store.code, year=year, seq=seq)


def year_of(rule: str, moment, store) -> int:
    """Under which counter a file of that moment falls; 0 where the rule names no year."""
    return store.day_of(moment).year if "{year}" in rule else 0


def preview(rule: str, store, now) -> list[str]:
    """The next three numbers, as they would be given; nothing is taken."""
    year = year_of(rule, now, store)
    last = ArchiveCounter.objects.filter(store=store, year=year).values_list("last", flat=True).first() or 0
    return [word(rule, store, store.day_of(now).year, last + place) for place in (1, 2, 3)]


@transaction.atomic
def number_file(customer, *, now) -> str:
    """Give a new file its number; part of making it."""
    (customer.archive_no,) = _take(customer.store, dial_of(customer.store).archive_rule, now, 1)
    customer.save(update_fields=["archive_no"])
    return customer.archive_no


def number_files(store, *, batch_id=None, tell=None) -> int:
    """Give every file that has none its number, oldest first, some thousand a transaction; gives how many. `batch_id`: of those that
    this import made. May be killed and called again, run twice, and beside an import."""
    rule, last, given = dial_of(store).archive_rule, 0, 0
    files = Customer.objects.filter(store=store, archive_no="", merged_into__isnull=True)
    if batch_id is not None:
        files = files.filter(batch_id=batch_id)
    while lot := list(files.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        given += _number_lot(store, rule, set(lot))
        last = lot[-1]
        if tell is not None:
            tell(given)
    return given


@transaction.atomic
def _number_lot(store, rule, ids) -> int:
    rows = Customer.objects.filter(pk__among=ids, archive_no="").order_by("pk").select_for_update(no_key=True)
    by_year = {}
    for pk, moment in rows.values_list("pk", "created_at"):
        by_year.setdefault(store.day_of(moment).year, (moment, []))[1].append(pk)
    numbered = []
    for moment, pks in by_year.values():
        numbered += zip(_take(store, rule, moment, len(pks)), pks, strict=True)
    update_rows(Customer, ["archive_no"], numbered)
    return len(numbered)


def _take(store, rule, moment, count) -> list[str]:
    """So many numbers that no file of the store has; the counter's row is locked until the transaction ends."""
    year, shown = year_of(rule, moment, store), store.day_of(moment).year
    ArchiveCounter.objects.get_or_create(store=store, year=year)
    found = []
    while len(found) < count:
        missing = count - len(found)
        ArchiveCounter.objects.filter(store=store, year=year).update(last=F("last") + missing)
        last = ArchiveCounter.objects.get(store=store, year=year).last
        fresh = [word(rule, store, shown, seq) for seq in range(last - missing + 1, last + 1)]
        # By an earlier rule another file may have one of them.
        taken = Customer.objects.filter(store=store, archive_no__among=set(fresh))
        taken = set(taken.values_list("archive_no", flat=True))
        found += [number for number in fresh if number not in taken]
    return found
