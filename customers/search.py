"""One box for name, pinyin, initials, phone tail, plate and VIN tail.

The text decides which columns can match; each is one range over an index that starts with the store, and all of them
go to the database as one UNION (PERFORMANCE: 2 ms at a million customers, a scan of `Q | Q` 70 ms). A tail is a prefix
of the reversed column. Nothing here reads pypinyin: what people type as pinyin is Latin already.
"""

import functools
import re
import unicodedata
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Prefetch, Value
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

import common.lookups  # noqa: F401 - registers `filled`
from common.pinyin import plain
from common.union import Arm, compile_arm, union_rows
from customers.models import Customer, FormerPlate, Phone, RepairOrder, Vehicle
from customers.reading import brought_by
from customers.standing import standing_id

CAP = 1_000  # more matches than this are "1,000+"
MIN_PHONE_TAIL = 4
MIN_VIN_TAIL = 4
MIN_PLATE_TAIL = 3
MIN_ARCHIVE = 4
VIN_LENGTH = 17
_LAST = "\U0010ffff"  # sorts after every letter that may follow a prefix
_STORE, _KEY, _AFTER = -1, "\x01key", "\x01after"  # stand in the compiled SQL for what a search brings
_PLATE_LIKE = re.compile(r"[A-Z0-9]+|[^\x00-\x7f][A-Z][A-Z0-9]*[^\x00-\x7f]?")

KINDS: dict[str, LazyText] = {
    "name": _("Customer name"),
    "phone": _("Phone"),
    "plate": _("Plate"),
    "archive": _("Archive no."),
    "vin": "VIN",
    "former_plate": _("Former plate"),
    "initials": _("Initials"),
    "pinyin": _("Pinyin"),
}
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Reason:
    """Why a customer was found: `kind` is one of KINDS, `value` the stored text that matched."""

    kind: str
    value: str

    @property
    def label(self):
        return KINDS[self.kind]

    @property
    def is_name(self):
        """The value is the name itself, which stands beside it anyway."""
        return self.kind in ("name", "initials", "pinyin")


@dataclass
class Hit:
    """A found customer. `customer.numbers` are the living phones, `customer.cars` the living vehicles, no query needed."""

    customer: Customer
    reasons: list[Reason] = field(default_factory=list)
    brought: RepairOrder | None = None  # of somebody who owns no car: the last visit for which she brought one


@dataclass
class Found:
    """What one search gives: the first hits, and how many customers there are in all (exact up to CAP)."""

    hits: list[Hit]
    total: int
    is_capped: bool


@dataclass(frozen=True)
class Lookup:
    """One key column: which rows, under which key, lead to which customer, and what is shown as the reason."""

    kind: str
    model: type[models.Model]
    key: str
    shown: str
    customer: str = "pk"
    # Also files that have become part of another one, which they lead to; by an index over the rows that have a key at all.
    with_merged: bool = False

    @functools.cached_property
    def compiled(self) -> Arm:
        """The SQL for any store and key, compiled once: compiling costs more than running it."""
        rows = self.model.objects.alive()
        if self.with_merged:
            rows = self.model.objects.filter(**{f"{self.key}__filled": True})
        rows = rows.filter(
            **{
                "store_id": _STORE,
                f"{self.key}__gte": _KEY,
                f"{self.key}__lt": _AFTER,
                f"{self.customer}__isnull": False,
            }
        )
        kind = Value(self.kind, output_field=models.CharField())
        return compile_arm(rows.order_by(self.key).values_list(self.customer, kind, self.shown)[: CAP + 1])

    def arm(self, store_id: int, key: str) -> Arm:
        """At most CAP + 1 rows (customer id, kind, shown) of the store whose key column starts with `key`."""
        sql, values = self.compiled
        meant = {_STORE: store_id, _KEY: key, _AFTER: key + _LAST}
        return sql, tuple(meant.get(value, value) for value in values)


NAME = Lookup("name", Customer, "name", "name")
PINYIN = Lookup("pinyin", Customer, "pinyin", "name")
INITIALS = Lookup("initials", Customer, "initials", "name")
PHONE_TAIL = Lookup("phone", Phone, "reversed", "number", "customer_id")
PLATE = Lookup("plate", Vehicle, "plate", "plate", "owner_id")
PLATE_TAIL = Lookup("plate", Vehicle, "plate_reversed", "plate", "owner_id")
FORMER_PLATE_TAIL = Lookup("former_plate", FormerPlate, "plate_reversed", "plate", "vehicle__owner_id")
ARCHIVE = Lookup("archive", Customer, "archive_no", "archive_no", with_merged=True)
VIN_TAIL = Lookup("vin", Vehicle, "vin_reversed", "vin", "owner_id")


def digits_of(text: str) -> str:
    """The digits of a typed number, without spaces, dashes, brackets and the country code; "" if it is no number."""
    bare = re.sub(r"[\s\-()+.]", "", text)
    if not bare.isascii() or not bare.isdigit():
        return ""
    return re.sub(r"^(?:0086|86|0)(?=1[3-9]\d{9}$)", "", bare)


def lookups(user, text: str) -> list[Arm]:
    """What `text` can match at all, in the user's own store; [] for people without a store."""
    text = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isprintable()).strip()
    if not text or not user.is_authenticated or user.store_id is None:
        return []
    wanted = []
    digits = digits_of(text)
    key = re.sub(r"[\s·\-.]", "", text).upper()
    if not text.isascii():
        wanted.append((NAME, " ".join(text.split())))
    if len(digits) >= MIN_PHONE_TAIL:
        wanted.append((PHONE_TAIL, digits[::-1]))
    if len(key) >= MIN_PLATE_TAIL and _PLATE_LIKE.fullmatch(key):
        # A plate without its province is a tail of the plate; with it, it is the whole or the beginning.
        wanted += [(PLATE_TAIL, key[::-1]), (FORMER_PLATE_TAIL, key[::-1])]
        if not key.isascii():
            wanted.append((PLATE, key))
    if MIN_VIN_TAIL <= len(key) <= VIN_LENGTH and re.fullmatch(r"[A-Z0-9]+", key):
        wanted.append((VIN_TAIL, key[::-1]))
    if len(text) >= MIN_ARCHIVE and any(sign.isdigit() for sign in text):
        wanted.append((ARCHIVE, text.upper()))
    latin = re.sub(r"[^a-z0-9]", "", plain(text)) if text.isascii() else ""
    if latin and not latin.isdigit():
        wanted += [(INITIALS, latin), (PINYIN, latin)]
    return [lookup.arm(user.store_id, key) for lookup, key in wanted]


def with_contents(customers):
    """Customers with their living phones as `numbers` and vehicles as `cars`: two queries, whatever the rows."""
    return customers.prefetch_related(
        Prefetch("phones", queryset=Phone.objects.alive(), to_attr="numbers"),
        Prefetch("vehicles", queryset=Vehicle.objects.alive().order_by("-id"), to_attr="cars"),
    )


def _led_on(rows) -> list:
    """What was found by the archive number of a file that became part of another one is found there."""
    rows = list(rows)
    by_number = {pk for pk, kind, _value in rows if kind == ARCHIVE.kind}
    if not by_number:
        return rows
    gone = Customer.objects.filter(pk__in=by_number, merged_into__isnull=False).values_list("pk", flat=True)
    leads = {pk: standing_id(pk) for pk in gone}
    return [(leads.get(pk, pk), kind, value) for pk, kind, value in rows]


def find(user, text: str, limit: int = 20) -> Found:
    """The customers of the user's store that `text` may mean, best reason first; whole matches before beginnings.

    An old plate or a VIN finds the present owner. Five queries at most.
    """
    reasons: dict[int, list[Reason]] = {}
    rows = _led_on(union_rows(lookups(user, text)))
    for customer_id, kind, value in sorted(rows, key=lambda row: _RANK[row[1]]):
        reason = Reason(kind, value)
        known = reasons.setdefault(customer_id, [])
        if reason not in known:
            known.append(reason)
    wanted = list(reasons)[: limit + 1]
    found = with_contents(Customer.objects.visible_to(user).alive()).in_bulk(wanted) if wanted else {}
    brought = brought_by(found.values())
    hits = [Hit(found[pk], reasons[pk], brought.get(pk)) for pk in wanted if pk in found][:limit]
    return Found(hits, min(len(reasons), CAP), len(reasons) > CAP)


def search(user, text: str, limit: int = 20) -> list[Hit]:
    """The hits of `find`."""
    return find(user, text, limit).hits
