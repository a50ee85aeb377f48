"""History lines in words."""

import datetime as dt

import pytest
from django.utils import translation

from audit.choices import Source
from audit.models import Access, Change
from audit.reading import EMPTY, read_changes
from audit.services import change_row, record_access, record_change
from customers.models import Customer, Phone
from customers.services import add_phone, update_customer, update_vehicle
from tests.factories.customers import make_customer


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def line_of(record):
    [line] = read_changes(Change.objects.of_record(record))
    return line


def fields(line):
    return [(field.label, field.old, field.new) for field in line.fields]


def test_labels_and_choices_are_worded(wang, li, now):
    update_customer(wang, {"kind": "company", "contact_person": "陈总"}, by=li, source=Source.FORM, now=now)
    line = line_of(wang)
    assert (line.at, line.who, line.source, line.deed, line.record) == (
        now,
        "李静",
        "Typed in a form",
        "Changed",
        "Customer",
    )
    assert fields(line) == [("Customer kind", "Private", "Company"), ("Contact person", EMPTY, "陈总")]


def test_numbers_are_masked(wang, li, now):
    phone = add_phone(wang, "13900001111", by=li, source=Source.CALL, now=now)
    line = line_of(phone)
    assert fields(line) == [("Phone number", EMPTY, "139****1111")]
    assert (line.deed, line.source, line.record) == ("Created", "Learned on a call", "Phone number")
    assert line.subject == "139****1111"


def test_days_flags_and_large_numbers_are_worded(focus, li, now):
    update_vehicle(
        focus, {"registered_on": dt.date(2026, 1, 2), "odometer_km": 20100}, by=li, source=Source.FORM, now=now
    )
    assert fields(line_of(focus)) == [("Registered on", EMPTY, "2026-01-02"), ("Odometer (km)", EMPTY, "20,100")]
    record_change(focus, {"is_void": (False, True)}, source=Source.IMPORT, deed="void", batch_id=7)
    line = read_changes(Change.objects.newest_first())[0]
    assert (line.who, line.source, line.batch_id, line.deed) == ("System", "DMS import", 7, "Retired")
    assert fields(line) == [("Void", "no", "yes")]


def test_related_rows_are_named_in_one_query_per_kind(pudong, focus, wang, django_assert_num_queries):
    buyer = make_customer(pudong, name="新车主")
    rows = [
        change_row(focus, {"owner": (wang, buyer)}, source=Source.IMPORT),
        change_row(focus, {"owner_id": (buyer.pk, None)}, source=Source.IMPORT),
    ]
    Change.objects.bulk_create(rows)
    with django_assert_num_queries(2):
        lines = read_changes(rows)
    assert fields(lines[0]) == [("Owner", "王雅丽", "新车主")]
    assert fields(lines[1]) == [("Owner", "新车主", EMPTY)]


def test_moments_are_shown_in_the_readers_zone(wang, now):
    phone = wang.phones.get()
    record_change(phone, {"verified_at": (None, now)}, source=Source.FORM)
    assert fields(line_of(phone)) == [("Verified at", EMPTY, "2026-03-18 10:00")]


def test_what_the_model_no_longer_knows_is_shown_as_stored(wang):
    record_change(wang, {"fax": ("021", "022")}, source=Source.FORM)
    assert fields(line_of(wang)) == [("fax", "021", "022")]
    gone = Change(at=dt.datetime.now(dt.UTC), source="form", model="customers.fax", object_id=1, changes={"x": [1, 2]})
    gone.save()
    [line] = read_changes([gone])
    assert (line.record, line.subject, fields(line)) == ("customers.fax", "", [("x", "1", "2")])


def test_confirmed_fields_are_named(wang, li, now):
    update_customer(wang, {"name": wang.name}, by=li, source=Source.FORM, now=now, verified=True)
    line = line_of(wang)
    assert (line.deed, line.verified, line.fields) == ("Verified", ["Customer name"], [])


def test_an_edit_without_changes_leaves_no_line(wang):
    assert record_change(wang, {}, source=Source.FORM) is None
    assert not Change.objects.of_record(wang).exists()


def test_lines_are_read_per_store_customer_and_record(wang, xuhui, li, zhao):
    record_change(wang, {"note": ("", "x")}, source=Source.FORM, customer_id=wang.pk)
    record_change(make_customer(xuhui, name="别店"), {"note": ("", "x")}, source=Source.FORM)
    assert Change.objects.visible_to(zhao).filter(model="customers.customer").count() == 1
    assert Change.objects.visible_to(li).of_customer(wang.pk).get().object_id == wang.pk
    assert Change.objects.of_record(Phone(pk=wang.pk)).count() == 0
    li.store_id = None
    assert not Change.objects.visible_to(li).exists()


def test_a_look_leaves_who_what_and_whose(wang, li):
    phone = wang.phones.get()
    record_access(phone, by=li, kind="reveal", customer_id=wang.pk)
    look = Access.objects.visible_to(li).of_customer(wang.pk).get()
    assert (look.actor_name, look.kind, look.model, look.object_id) == ("李静", "reveal", "customers.phone", phone.pk)
    assert Customer.objects.count() == 1
