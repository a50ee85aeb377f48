"""What a preview says would change: by row, in words, with nothing that a stranger should read."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from customers.models import Vehicle
from dms import services
from dms.choices import DifferenceKind
from dms.differences import cells_of
from dms.models import RowChange
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, owner, vin, xlsx


def preview(store, *rows):
    batch = services.stage_upload(store=store, by=None, file_name="again.xlsx", content=xlsx(*rows))
    return services.preview_batch(batch)


def told(batch, kind):
    """[(row, model, label, {field: (old, new)} worded in Chinese)]"""
    with translation.override("zh-hans"):
        return [
            (change.row, change.model, change.label, {c.label: (c.old, c.new) for c in cells_of(change, batch.sheet)})
            for change in batch.row_changes.filter(kind=kind).order_by("row", "id")
        ]


def test_changed_cells_stand_with_their_rows_old_and_new(pudong):
    bring_in(pudong, OWNERS, owner(1), owner(2), owner(3))
    changed = preview(pudong, OWNERS, owner(1), owner(2, model="蒙迪欧"), owner(3, day="2026-03-04"))
    assert told(changed, DifferenceKind.CHANGED) == [
        (3, "customers.Vehicle", "沪A00002", {"车型": ("福克斯", "蒙迪欧")}),
        (4, "customers.Delivery", "沪A00003", {"交车日期": ("2026-03-01", "2026-03-04")}),
    ]
    assert changed.preview["updated"] == 2


def test_new_owner_is_told_by_name_though_she_has_no_number_yet(pudong):
    bring_in(pudong, OWNERS, owner(1))
    changed = preview(pudong, OWNERS, owner(1, name="李明", phone="13900000001"))
    (line,) = [line for line in told(changed, DifferenceKind.CHANGED) if line[1] == "customers.Vehicle"]
    assert line[3] == {"车主": ("王雅丽", "李明")}
    created = told(changed, DifferenceKind.NEW)
    assert [(row, model, label) for row, model, label, _cells in created] == [
        (2, "customers.Customer", "李明"),
        (2, "customers.Phone", "李明"),
    ]
    assert "139****0001" in {new for _old, new in created[1][3].values()}


def test_repair_orders_have_their_rows_too(pudong):
    bring_in(pudong, OWNERS, owner(1))
    bring_in(pudong, ORDERS, order("RO1", vin(1)), order("RO2", vin(1)))
    changed = preview(pudong, ORDERS, order("RO1", vin(1)), order("RO2", vin(1), amount="450.5"), order("RO3", vin(1)))
    assert told(changed, DifferenceKind.CHANGED) == [
        (3, "customers.RepairOrder", "RO2", {"金额": ("300.00", "450.50")})
    ]
    assert [line[:3] for line in told(changed, DifferenceKind.NEW)] == [(4, "customers.RepairOrder", "RO3")]


def test_verified_value_is_told_as_a_conflict_and_no_conflict_is_stored_yet(pudong, wang):
    bring_in(pudong, OWNERS, owner(1))
    vehicle = Vehicle.objects.get(vin=vin(1))
    vehicle.owner.verified = {"address": "2026-03-01T10:00:00+08:00"}
    vehicle.owner.address = "上海市浦东新区"
    vehicle.owner.save(update_fields=["verified", "address"])
    changed = preview(pudong, [*OWNERS, "地址"], [*owner(1), "北京市"])
    assert told(changed, DifferenceKind.CONFLICT) == [
        (2, "customers.Customer", "王雅丽", {"地址": ("上海市浦东新区", "北京市")})
    ]
    assert not changed.conflicts.exists()


def test_only_the_first_ones_are_kept(pudong, settings):
    settings.IMPORT_SHOWN_DIFFERENCES, settings.IMPORT_CHUNK_ROWS = 3, 2
    bring_in(pudong, OWNERS, *(owner(number) for number in range(8)))
    changed = preview(pudong, OWNERS, *(owner(number, model="蒙迪欧") for number in range(8)))
    assert [line[0] for line in told(changed, DifferenceKind.CHANGED)] == [2, 3, 4]
    assert changed.preview["records"]["customers.Vehicle"]["updated"] == 8


def test_differences_go_when_the_batch_has_run_was_discarded_or_is_checked_again(pudong):
    rows = [OWNERS, owner(1)]
    run = preview(pudong, *rows)
    assert run.row_changes.count() == 4  # customer, phone, vehicle, delivery
    assert services.preview_batch(run).row_changes.count() == 4
    services.confirm_batch(run, by=None)
    services.run_batch(run.pk)
    services.cancel_batch(preview(pudong, [*OWNERS], owner(2)), by=None)
    assert not RowChange.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_one_and_three(count, login, zhou, pudong, django_assert_max_num_queries):
    changed = preview(pudong, OWNERS, *(owner(number) for number in range(count)))
    client, url = login(zhou), reverse("dms:differences", args=[changed.pk])
    client.get(url)
    with django_assert_max_num_queries(8):
        text = client.get(url, {"show": "new"}).content.decode()
    assert text.count("王雅丽") >= count
    assert "138****0000" in text
    assert "13800000000" not in text


def test_pages_follow_one_another(login, zhou, pudong):
    changed = preview(pudong, OWNERS, *(owner(number) for number in range(20)))
    client = login(zhou)
    first = client.get(reverse("dms:differences", args=[changed.pk]), headers={"HX-Request": "true"})
    assert first.content.decode().lstrip().startswith('<section class="panel" id="differences"')
    seen = [row.change.pk for row in first.context["differences"].rows]
    second = client.get(first.context["differences"].next.fragment)
    seen += [row.change.pk for row in second.context["differences"].rows]
    assert len(seen) == len(set(seen)) == changed.row_changes.count()


def test_english_reader_reads_english(login, zhou, pudong):
    bring_in(pudong, OWNERS, owner(1))
    changed = preview(pudong, OWNERS, owner(1, day="2026-03-04"))
    client = login(zhou)
    client.cookies["django_language"] = "en"
    text = client.get(reverse("dms:batch", args=[changed.pk])).content.decode()
    assert "What would change" in text
    assert "Delivered on" in text
    assert dt.date(2026, 3, 4).isoformat() in text
