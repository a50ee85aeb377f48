"""Columns told by hand are used for the next file with the same headers, by every door, and only in that store."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from audit.models import Change
from customers.models import Customer
from dms import checking, services
from dms.errors import UnusableFile
from dms.models import ColumnMapping
from tests.dms.exports import OWNERS, bring_in, owner, text, vin, xlsx

pytestmark = pytest.mark.django_db
HEADERS = ["底盘编号", "VIN", "拥有人", "车主姓名", "手机"]


def row(number):
    return [f"X{number}", vin(number), f"某某{number}", f"王雅{number}", f"1380000000{number}"]


def upload(store, by, *rows, file_name="一月.xlsx"):
    return services.stage_upload(store=store, by=by, file_name=file_name, content=xlsx(*rows))


@pytest.fixture
def told(pudong, zhou):
    """周 says that the owner's name stands under 拥有人."""
    batch = upload(pudong, zhou, HEADERS, row(1))
    assert batch.mapping == {"1": "vin", "3": "name", "4": "phone"}
    return services.choose(batch, mapping={1: "vin", 2: "name", 4: "phone"}, by=zhou)


def test_the_next_file_of_the_layout_is_read_as_told(told, pudong, zhou):
    batch = upload(pudong, None, HEADERS, row(2), file_name="二月.xlsx")
    assert batch.mapping == {"1": "vin", "2": "name", "4": "phone"}
    known = ColumnMapping.objects.get()
    assert (known.file_name, known.changed_by, known.sheet) == ("一月.xlsx", zhou, "owners")
    assert Change.objects.filter(model="dms.columnmapping", actor_id=zhou.pk, deed="create").count() == 1


def test_columns_that_changed_places_are_the_same_layout(told, pudong):
    batch = upload(pudong, None, ["导出于今天"], HEADERS[::-1], row(2)[::-1])
    assert batch.mapping == {"3": "vin", "2": "name", "0": "phone"}


def test_another_header_is_another_layout(told, pudong):
    assert upload(pudong, None, [*HEADERS, "颜色"], row(2)).mapping["3"] == "name"


def test_another_store_is_not_told(told, xuhui):
    assert upload(xuhui, None, HEADERS, row(2)).mapping == {"1": "vin", "3": "name", "4": "phone"}


def test_the_command_and_its_dry_run_use_it_too(told, pudong, tmp_path, capsys):
    path = tmp_path / "三月.csv"
    path.write_bytes(text(HEADERS, row(3)))
    for options in (["--dry-run"], []):
        call_command("import_dms", str(path), "--store", "PD", "--json", *options)
        assert json.loads(capsys.readouterr().out)["created"] == 1
    assert Customer.objects.get().name == "某某3"


def test_what_is_recognised_anyway_is_not_remembered_and_ends_a_memory(told, pudong, zhou):
    again = upload(pudong, None, HEADERS, row(2))
    services.choose(again, mapping={1: "vin", 3: "name", 4: "phone"}, by=zhou)
    assert not ColumnMapping.objects.exists()
    plain = upload(pudong, None, OWNERS, owner(1))
    services.choose(plain, mapping={int(index): name for index, name in plain.mapping.items()}, by=zhou)
    assert not ColumnMapping.objects.exists()


def test_of_a_repeated_header_each_column_is_remembered(pudong, zhou):
    headers = ["VIN", "车主", "电话", "电话"]
    values = [vin(1), "王雅丽", "021-58880000", "13800000001"]
    batch = upload(pudong, zhou, headers, values)
    services.choose(batch, mapping={0: "vin", 1: "name", 3: "phone"}, by=zhou)
    assert upload(pudong, None, headers, values).mapping == {"0": "vin", "1": "name", "3": "phone"}


def test_a_kind_of_list_that_was_overruled_is_remembered(pudong, zhou):
    headers = ["VIN", "召回编号", "车主姓名", "车主电话"]
    values = [vin(1), "R1", "王雅丽", "13800000001"]
    batch = upload(pudong, zhou, headers, values)
    assert batch.error_code == "other_list"
    with pytest.raises(UnusableFile):
        services.choose(batch, mapping={0: "vin", 2: "name"}, by=zhou)
    batch = services.choose(batch, sheet="owners", by=zhou)
    assert not ColumnMapping.objects.exists() and not batch.error_code
    batch = services.choose(batch, mapping={int(index): name for index, name in batch.mapping.items()}, by=zhou)
    checking.check_batch(batch)
    assert bring_in(pudong, headers, values).counts["created"] == 1


def test_the_page_says_whose_columns_these_are_and_lets_go_of_them(told, pudong, zhou, client):
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    batch = upload(pudong, None, HEADERS, row(2), file_name="二月.xlsx")
    page = client.get(reverse("dms:columns", args=[batch.pk])).content.decode()
    assert "一月.xlsx" in page and zhou.full_name in page
    client.post(reverse("dms:forget_columns", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.mapping == {"1": "vin", "3": "name", "4": "phone"}
    assert not ColumnMapping.objects.exists()
    page = client.get(reverse("dms:columns", args=[batch.pk])).content.decode()
    assert "一月.xlsx" not in page
    assert "底盘编号" in page and "拥有人" in page  # what is not used is named


def test_checking_in_the_browser_remembers(pudong, zhou, client):
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    batch = upload(pudong, zhou, HEADERS, row(1))
    client.post(
        reverse("dms:columns", args=[batch.pk]),
        {"check": "1", "column_1": "vin", "column_2": "name", "column_4": "phone"},
    )
    assert ColumnMapping.objects.get().headers == {
        "底盘编号": "", "VIN": "vin", "拥有人": "name", "车主姓名": "", "手机": "phone",
    }  # fmt: skip
