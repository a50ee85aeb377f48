"""The lists of this app as sheets (office.exports): what their pages show, by the same filters."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.choices import DuplicateReason
from customers.conflicts import TABS as CONFLICT_TABS
from customers.conflicts import conflicts_of, filters_of, read_lines
from customers.duplicates import TABS as PAIR_TABS
from customers.duplicates import pairs_of, read_pairs, tab_of
from customers.filters import listed
from customers.predicting import ORDER, PARTS, rows_of
from customers.reading import list_rows
from customers.search import with_contents
from customers.services.conflicts import OURS_MODEL, PHONE, SEPARATOR, shown_value
from dms.models import Batch, Conflict
from office.exports.lists import Column, Kind, ListExport, NoSuchList, Selection, Value
from office.exports.words import filter_words


# --- Customers ----------------------------------------------------------------------------------------------------------
def _numbers(customer):
    return [phone.number for phone in customer.numbers]


CUSTOMER = (
    Column(gettext_lazy("Archive no."), lambda row: row.customer.archive_no, Kind.CODE),
    Column(gettext_lazy("DMS customer no."), lambda row: row.customer.dms_no, Kind.CODE),
    Column(gettext_lazy("Customer name"), lambda row: row.customer.name),
    Column(gettext_lazy("Customer kind"), lambda row: row.customer.get_kind_display()),
    Column(gettext_lazy("Stage"), lambda row: row.customer.get_stage_display()),
    Column(gettext_lazy("Segment"), lambda row: row.customer.segment),
    Column(gettext_lazy("Phone"), lambda row: _numbers(row.customer)[:1], Kind.PHONE),
    Column(gettext_lazy("Further numbers"), lambda row: _numbers(row.customer)[1:], Kind.PHONE),
    Column(gettext_lazy("Contact person"), lambda row: row.customer.contact_person),
    Column(gettext_lazy("WeChat"), lambda row: row.customer.wechat, Kind.ID),
    Column(gettext_lazy("Address"), lambda row: row.customer.address, Kind.ADDRESS),
    Column(gettext_lazy("Plate"), lambda row: [car.plate for car in row.cars], Kind.PLATE),
    Column("VIN", lambda row: [car.vin for car in row.cars], Kind.VIN),
    Column(gettext_lazy("Model"), lambda row: [car.model or car.series for car in row.cars]),
    Column(gettext_lazy("Last visit"), lambda row: row.last_visit),
    Column(gettext_lazy("Days since verified"), lambda row: row.verified_days),
    Column(gettext_lazy("Do not call"), lambda row: row.customer.do_not_call),
)


def customers(asked):
    filters = listed(asked.user, asked.query)
    how = {"today": asked.now.date(), "zone": asked.now.tzinfo}
    return Selection(
        with_contents(filters.qs),
        ("-id",),
        CUSTOMER,
        filter_words(filters.form),
        read=lambda rows: list_rows(rows, **how),
        people=lambda row: (row.customer.pk,),
    )


# --- Possible duplicates ------------------------------------------------------------------------------------------------
def _shared(line):
    kinds = {
        DuplicateReason.NAME_AND_NUMBER: Kind.PHONE,
        DuplicateReason.NUMBER_ONLY: Kind.PHONE,
        DuplicateReason.NAME_AND_CAR: Kind.VIN,
        DuplicateReason.NAME_AND_ADDRESS: Kind.ADDRESS,
    }
    return Value(kinds[line.pair.reason], line.pair.shared)


def _of_side(place, label, value, kind=Kind.TEXT):
    which = (gettext_lazy("First file"), gettext_lazy("Second file"))[place]
    return Column(_Together(which, label), lambda line: value(line.sides[place]), kind)


class _Together:
    """`First file: Phone`, worded when it is read."""

    def __init__(self, which, label):
        self.which, self.label = which, label

    def __str__(self):
        return f"{self.which} · {self.label}"


def _side(place):
    return (
        _of_side(place, gettext_lazy("Archive no."), lambda side: side.customer.archive_no, Kind.CODE),
        _of_side(place, gettext_lazy("Customer name"), lambda side: side.customer.name),
        _of_side(place, gettext_lazy("Phone"), lambda side: _numbers(side.customer), Kind.PHONE),
        _of_side(place, gettext_lazy("Address"), lambda side: side.customer.address, Kind.ADDRESS),
        _of_side(place, gettext_lazy("Plate"), lambda side: [car.plate for car in side.customer.cars], Kind.PLATE),
        _of_side(place, gettext_lazy("Orders"), lambda side: side.orders),
        _of_side(place, gettext_lazy("Last visit"), lambda side: side.last_visit),
    )


PAIR = (
    Column(gettext_lazy("Why"), lambda line: line.pair.get_reason_display()),
    Column(gettext_lazy("What they share"), _shared, Kind.MIXED),
    *_side(0),
    *_side(1),
    Column(gettext_lazy("State"), lambda line: line.pair.get_state_display()),
    Column(gettext_lazy("Decided by"), lambda line: str(line.pair.decided_by or "")),
)


def duplicates(asked):
    tab = tab_of(asked.query)
    return Selection(
        pairs_of(asked.user, tab).select_related("decided_by"),
        ("rank", "id"),
        PAIR,
        [(_("State"), str(PAIR_TABS[tab]))],
        read=read_pairs,
        people=lambda line: (line.pair.first_id, line.pair.second_id),
    )


# --- Conflicts with the DMS ---------------------------------------------------------------------------------------------
_KINDS = {"address": Kind.ADDRESS, "wechat": Kind.ID, "credit_code": Kind.ID}


def _value(conflict, stored):
    """A value of either side, as it is stored: the page shows numbers masked, a sheet in full shows them in full."""
    if conflict.field == PHONE:
        return Value(Kind.PHONE, stored.split(SEPARATOR))
    return Value(_KINDS.get(conflict.field, Kind.TEXT), shown_value(conflict.field, stored))


CONFLICT = (
    Column(gettext_lazy("Archive no."), lambda line: line.customer.archive_no, Kind.CODE),
    Column(gettext_lazy("Customer name"), lambda line: line.customer.name),
    Column(gettext_lazy("Field"), lambda line: line.conflict.label),
    Column(gettext_lazy("Our value"), lambda line: _value(line.conflict, line.conflict.ours), Kind.MIXED),
    Column(gettext_lazy("Value in the file"), lambda line: _value(line.conflict, line.conflict.theirs), Kind.MIXED),
    Column(gettext_lazy("Verified at"), lambda line: line.verified_at),
    Column(gettext_lazy("Verified by"), lambda line: line.verified_by),
    Column(gettext_lazy("Files that say so"), lambda line: line.files),
    Column(gettext_lazy("File"), lambda line: line.conflict.batch.file_name),
    Column(gettext_lazy("State"), lambda line: line.conflict.get_state_display()),
    Column(gettext_lazy("Decided by"), lambda line: str(line.conflict.decided_by or "")),
)


def conflicts(asked):
    try:
        chosen, batch = filters_of(asked.user, asked.query)
    except Batch.DoesNotExist:
        raise NoSuchList from None
    words = [(_("State"), str(CONFLICT_TABS[chosen["tab"]]))]
    if chosen["name"]:
        words.append((_("Field"), Conflict(model=OURS_MODEL, field=chosen["name"]).label))
    if batch:
        words.append((_("File"), batch.file_name))
    return Selection(
        conflicts_of(asked.user, **chosen).select_related("batch", "decided_by"),
        ("-id",),
        CONFLICT,
        words,
        read=read_lines,
        people=lambda line: (line.customer.pk,),
    )


# --- Predictions --------------------------------------------------------------------------------------------------------
PREDICTION = (
    Column(gettext_lazy("Plate"), lambda row: row.vehicle.plate, Kind.PLATE),
    Column("VIN", lambda row: row.vehicle.vin, Kind.VIN),
    Column(gettext_lazy("Series"), lambda row: row.series),
    Column(gettext_lazy("Model"), lambda row: row.model),
    Column(gettext_lazy("Predicted on"), lambda row: row.made_on),
    Column(gettext_lazy("Predicted for"), lambda row: row.predicted_on),
    Column(gettext_lazy("Earliest"), lambda row: row.earliest_on),
    Column(gettext_lazy("Latest"), lambda row: row.latest_on),
    Column(pgettext_lazy("prediction", "By"), lambda row: row.get_pace_display()),
    Column(gettext_lazy("Came on"), lambda row: row.came_on),
    Column(gettext_lazy("Error (days)"), lambda row: row.error_days),
)


def predictions(asked):
    rows = rows_of(asked.store, asked.query, today=asked.now.date())
    if rows is None:
        raise NoSuchList
    words = [(_("Number"), str(PARTS[asked.query["part"]].label))]
    if asked.query.get("series"):
        words.append((_("Model"), f"{asked.query['series']} {asked.query.get('model', '')}".strip()))
    return Selection(rows, ORDER, PREDICTION, words, people=lambda row: [pk for pk in (row.vehicle.owner_id,) if pk])


EXPORTS = [
    ListExport("customers", gettext_lazy("Customers"), "customers.view_customer", "customers:list", customers),
    ListExport(
        "duplicates",
        gettext_lazy("Possible duplicates"),
        "customers.resolve_conflict",
        "customers:duplicates",
        duplicates,
    ),
    ListExport(
        "conflicts",
        gettext_lazy("Conflicts with the DMS"),
        "customers.resolve_conflict",
        "customers:conflicts",
        conflicts,
    ),
    ListExport(
        "predictions",
        gettext_lazy("Predicted services"),
        "customers.change_careinterval",
        "customers:prediction_rows",
        predictions,
    ),
]
