"""Two files that may be one person's, side by side: what each says, where that comes from, and what one would keep. Reads only."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.models import Change
from common.companies import bare_name, is_company
from common.masking import masked
from customers.choices import CustomerKind
from customers.duplicates import read_pairs
from customers.models import Customer, Phone
from customers.wording import birthday_words

# What a person chooses between; `birthday` stands for both of its columns, `primary` for the number dialled first.
FIELDS = (
    "name", "kind", "contact_person", "credit_code", "address", "postcode", "wechat", "birthday", "preferred_hour", "note",
)  # fmt: skip
PRIMARY = "primary"
KEPT, GONE, BOTH = "kept", "gone", "both"
LONGEST_NOTE = 500
PAGE = 30
_SOURCES = dict(Source.choices)


# --- Side by side -----------------------------------------------------------------------------------------------------
@dataclass
class Value:
    """What one file says of a field. `source`/`on`: where it came from and when; `verified_on`: she confirmed it herself."""

    words: str
    source: str = ""
    at: dt.datetime | None = None
    verified_at: dt.datetime | None = None
    verified_by: str = ""


@dataclass
class Row:
    """One field in which the files differ. `chosen` is "first", "second" or "both": what stands if nobody chooses otherwise."""

    name: str
    label: str
    first: Value
    second: Value
    chosen: str
    both: str = ""  # the two together, where that can be
    key: int = 0

    @property
    def is_settled(self) -> bool:
        """Only one of them says anything."""
        return not (self.first.words and self.second.words)


@dataclass
class SideBySide:
    sides: list  # customers.duplicates.Side, first and second
    rows: list[Row] = field(default_factory=list)
    alike: list[tuple[str, str]] = field(default_factory=list)  # (label, what both say)
    kept: str = "first"
    fingerprint: str = ""


def fingerprint(one, other) -> str:
    """Of everything that is chosen between, whichever of the two comes first; tells nothing about the values."""
    told = sorted(
        (person.pk, *(str(getattr(person, name)) for name in FIELDS), person.birthday_is_lunar, _numbers(person))
        for person in (one, other)
    )
    return salted_hmac("customers.merge", repr(told)).hexdigest()[:20]


def _numbers(person):
    phones = Phone.objects.alive().filter(customer=person).order_by("number")
    return list(phones.values_list("number", "is_primary"))


def side_by_side(pair) -> SideBySide:
    """The pair as the merge page shows it; a fixed number of queries."""
    (line,) = read_pairs([pair])
    first, second = (side.customer for side in line.sides)
    history = _History([first, second])
    page = SideBySide(line.sides, kept=_kept(line.sides), fingerprint=fingerprint(first, second))
    for name in FIELDS:
        values = [Value(_words(person, name), *history.of(person, name)) for person in (first, second)]
        _place(page, name, _label(name), values)
    numbers = [next((phone for phone in person.numbers if phone.is_primary), None) for person in (first, second)]
    _place(page, PRIMARY, _("Number dialled first"), [_number(phone) for phone in numbers])
    open_rows = [row for row in page.rows if not row.is_settled]
    for key, row in enumerate(open_rows, start=1):
        row.key = key
    page.rows = open_rows + [row for row in page.rows if row.is_settled]
    return page


def _place(page, name, label, values):
    first, second = values
    if first.words == second.words:
        if first.words:
            page.alike.append((label, first.words))
        return
    best = best_of(first, second, page.kept)
    if name == "name":
        best = without_title(first, second) or best
    row = Row(name, label, first, second, best)
    together = f"{first.words}\n{second.words}"
    if name == "note" and first.words and second.words and len(together) <= LONGEST_NOTE:
        row.both, row.chosen = together, BOTH
    page.rows.append(row)


def without_title(first: Value, second: Value) -> str:
    """刘芳 before 刘芳女士, unless one of the two was confirmed: a title is no part of a name. "" where neither is the other's, and for
    companies, whose whole name is the right one."""
    if first.verified_at or second.verified_at or is_company(first.words) or is_company(second.words):
        return ""
    if first.words == bare_name(second.words):
        return "first"
    return "second" if second.words == bare_name(first.words) else ""


def best_of(first: Value, second: Value, kept: str) -> str:
    """Something beats nothing; confirmed beats not confirmed; then what is newer; then what the kept file says."""
    marks = [
        (bool(value.words), value.verified_at is not None, value.verified_at or value.at) for value in (first, second)
    ]
    for place in (0, 1):
        if marks[0][place] != marks[1][place]:
            return "first" if marks[0][place] else "second"
    one, other = (mark[2] for mark in marks)
    if one == other:
        return kept
    return "first" if other is None or (one is not None and one > other) else "second"


def _kept(sides) -> str:
    """The file that more hangs on stays: a number in the DMS, then orders and cars, then age."""
    weights = [(bool(side.customer.dms_no), side.orders + len(side.customer.cars), -side.customer.pk) for side in sides]
    return "first" if weights[0] >= weights[1] else "second"


def _label(name):
    return capfirst(str(Customer._meta.get_field(name).verbose_name))


def _words(person, name) -> str:
    value = getattr(person, name)
    if name == "birthday":
        return birthday_words(value, person.birthday_is_lunar)
    if name == "kind":
        return str(dict(CustomerKind.choices).get(value, value))
    if name == "preferred_hour":
        return "" if value is None else f"{value}:00"
    return str(value or "")


def _number(phone) -> Value:
    if phone is None:
        return Value("")
    source = str(_SOURCES.get(phone.source, phone.source))
    return Value(masked(phone.number), source, phone.created_at, phone.verified_at, phone.verified_by)


class _History:
    """Where the values of these customers came from: one query."""

    def __init__(self, people):
        self.lines, self.checks = {}, {}
        changes = Change.objects.filter(model="customers.customer", object_id__in=[person.pk for person in people])
        for change in changes.order_by("at", "pk"):
            for name in change.changes:
                self.lines[change.object_id, name] = change
            for name in change.params.get("verified", ()):
                self.checks[change.object_id, name] = change.actor_name
            if change.deed == "create":
                self.lines[change.object_id, ""] = change

    def of(self, person, name):
        line = self.lines.get((person.pk, name)) or self.lines.get((person.pk, ""))
        source = line.source if line else Source.IMPORT if person.batch_id else ""
        stamp = person.verified.get(name)
        return (
            str(_SOURCES.get(source, source)),
            line.at if line else person.created_at,
            parse_datetime(stamp) if stamp else None,
            self.checks.get((person.pk, name), "") if stamp else "",
        )
