"""The import pages, from the file on the manager's desk to the result."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dms import services
from dms.choices import BatchState
from dms.models import Batch, Conflict, RowError
from dms.templatetags.dms import sheltered
from tests.factories.dms import (
    done_batch,
    owner_rows,
    owners_csv,
    owners_xlsx,
    queued_batch,
    ready_batch,
    uploaded_batch,
    vin,
)


def page(client, name, *args, **query):
    response = client.get(reverse(f"dms:{name}", args=args), query)
    return response, response.content.decode()


def send(client, content, name="保有客户.csv"):
    return client.post(reverse("dms:upload"), {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def office(login, zhou):
    return login(zhou)


# --- the list -------------------------------------------------------------------------------------------------------
def test_empty_list_says_what_to_upload(office):
    _response, text = page(office, "list")
    assert "车主／车辆档案" in text
    assert "维修工单" in text
    assert reverse("dms:upload") in text


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(count, office, pudong, zhou, django_assert_max_num_queries):
    for _ in range(count):
        ready_batch(pudong, by=zhou)
    page(office, "list")
    with django_assert_max_num_queries(7):
        _response, text = page(office, "list")
    assert text.count("保有客户.csv") == count


def test_list_is_paged_by_key(office, pudong, zhou):
    first = uploaded_batch(pudong, by=zhou, file_name="最早.csv")
    Batch.objects.bulk_create(
        [Batch(store=pudong, file_name=f"{number}.csv", sha256="0" * 64, created_by=zhou) for number in range(25)]
    )
    response, text = page(office, "list")
    assert "最早.csv" not in text
    _response, text = page(office, "list", before=response.context["page"].earlier)
    assert "最早.csv" in text
    assert f'href="{reverse("dms:batch", args=[first.pk])}"' in text


def test_list_shows_only_the_own_store(office, xuhui):
    uploaded_batch(xuhui, file_name="徐汇.csv")
    _response, text = page(office, "list")
    assert "徐汇.csv" not in text


# --- upload ---------------------------------------------------------------------------------------------------------
def test_upload_leads_to_the_recognised_columns(office, pudong):
    response = send(office, owners_xlsx(worksheets=("保有客户档案", "备份")), "保有.xlsx")
    batch = Batch.objects.get()
    assert response["Location"] == reverse("dms:columns", args=[batch.pk])
    _response, text = page(office, "columns", batch.pk)
    assert "备注二" in text  # the header that nobody knows
    assert "未导入的列" in text
    assert '<option value="vin" selected>' in text
    assert '<option value="备份">' in text
    assert "表头在第 2 行" in text


def test_columns_show_first_values_with_phones_masked(office, pudong):
    batch = uploaded_batch(pudong)
    _response, text = page(office, "columns", batch.pk)
    assert vin(0) in text
    assert "138****0000" in text
    assert "13800000000" not in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, ".xls"),
        (b"PK\x03\x04 cut off", "损坏"),
        ("甲,乙\n1,2\n".encode(), "表头"),
    ],
)
def test_unusable_file_is_told_at_the_field_in_chinese(content, said, office):
    response = send(office, content)
    assert response.status_code == 200
    (error,) = response.context["form"].errors["file"]
    assert said in error
    assert not Batch.objects.exists()


def test_file_over_the_limit_is_told_at_the_field(office, settings):
    settings.IMPORT_MAX_BYTES = 10
    response = send(office, owners_csv())
    assert "文件超过" in response.context["form"].errors["file"][0]


def test_far_too_large_upload_is_not_written_down_whole(office, settings):
    settings.IMPORT_MAX_BYTES = 100_000
    response = send(office, b"VIN,\xe5\xa7\x93\n" + b"x" * 3_000_000)
    assert "文件超过" in response.context["form"].errors["file"][0]
    assert 100_000 < response.wsgi_request.FILES["file"].size < 300_000


def test_upload_without_a_file_is_told_at_the_field(office):
    response = office.post(reverse("dms:upload"), {})
    assert response.context["form"].errors["file"] == ["请先选择文件。"]


def test_file_name_is_shown_escaped_and_is_no_path(office, settings):
    send(office, owners_csv(), "../../<img src=x>坏.csv")
    batch = Batch.objects.get()
    assert ".." not in batch.path
    assert "坏" not in batch.path
    _response, text = page(office, "list")
    assert "<img src=x>" not in text
    assert "&lt;img src=x&gt;坏.csv" in text


def test_same_file_again_is_said_clearly(office, pudong, zhou):
    content = owners_csv()
    first = done_batch(pudong, by=zhou, content=content)
    send(office, content)
    again = Batch.objects.latest("pk")
    _response, text = page(office, "columns", again.pk)
    assert "这个文件之前上传过" in text
    assert reverse("dms:batch", args=[first.pk]) in text
    assert zhou.full_name in text


def test_same_file_of_another_store_is_not_told(office, xuhui, pudong):
    content = owners_csv()
    done_batch(xuhui, content=content)
    batch = uploaded_batch(pudong, content=content)
    _response, text = page(office, "columns", batch.pk)
    assert "这个文件之前上传过" not in text


# --- columns --------------------------------------------------------------------------------------------------------
def chosen(batch, **changes):
    """The mapping form as it stands, with some columns changed."""
    data = {f"column_{index}": field for index, field in batch.mapping.items()}
    return {**data, "check": "1", **changes}


def test_checking_leads_to_the_preview(office, pudong):
    batch = uploaded_batch(pudong)
    response = office.post(reverse("dms:columns", args=[batch.pk]), chosen(batch))
    assert response["Location"] == reverse("dms:batch", args=[batch.pk])
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    assert batch.preview["created"] == 3


def test_corrected_column_is_used(office, pudong):
    batch = uploaded_batch(pudong)
    office.post(reverse("dms:columns", args=[batch.pk]), chosen(batch, column_7="address", column_5=""))
    batch.refresh_from_db()
    assert batch.mapping["7"] == "address"
    assert "5" not in batch.mapping
    assert batch.state == BatchState.READY


def test_mapping_without_the_key_is_refused_in_words(office, pudong):
    batch = uploaded_batch(pudong)
    response = office.post(reverse("dms:columns", args=[batch.pk]), chosen(batch, column_3=""))
    assert response.status_code == 200
    assert "车架号" in response.context["mapping_form"].non_field_errors()[0]
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_worksheet_can_be_overruled(office, pudong):
    batch = uploaded_batch(pudong, content=owners_xlsx(worksheets=("甲表", "乙表")), file_name="两张表.xlsx")
    data = {"recognise": "1", "sheet": "owners", "worksheet": "乙表"}
    office.post(reverse("dms:columns", args=[batch.pk]), data)
    batch.refresh_from_db()
    assert (batch.worksheet, batch.other_worksheets) == ("乙表", ["甲表"])


def test_sheet_can_be_overruled_and_the_page_says_which_columns_are_missing(office, pudong):
    batch = uploaded_batch(pudong)
    office.post(reverse("dms:columns", args=[batch.pk]), {"recognise": "1", "sheet": "repair_orders"})
    batch.refresh_from_db()
    assert batch.sheet == "repair_orders"
    response, text = page(office, "columns", batch.pk)
    assert "工单号" in response.context["mapping_form"].missing
    assert "还缺少" in text


def test_list_with_an_unknown_key_header_can_be_mapped_by_hand(office, pudong):
    content = owners_csv().replace("VIN号".encode(), "整车码".encode())
    send(office, content)
    batch = Batch.objects.get()
    assert "3" not in batch.mapping
    response = office.post(reverse("dms:columns", args=[batch.pk]), chosen(batch, column_3="vin"))
    assert response.status_code == 302, response.context["mapping_form"].errors
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    assert batch.preview["created"] == 3
    assert services.run_batch(services.confirm_batch(batch, by=None).pk).counts["created"] == 3


def test_columns_of_a_running_import_are_closed(office, pudong, zhou):
    batch = queued_batch(pudong, by=zhou)
    response, _text = page(office, "columns", batch.pk)
    assert response["Location"] == reverse("dms:batch", args=[batch.pk])


# --- preview --------------------------------------------------------------------------------------------------------
def test_preview_shows_counts_and_errors_and_stores_nothing(office, pudong):
    batch = ready_batch(pudong, content=owners_csv(40, bad_every=10))
    response, text = page(office, "batch", batch.pk)
    assert batch.preview["created"] == 36
    assert batch.preview["rejected"] == 4
    assert "导入 36 行" in text
    assert "VIN号" in text
    assert "整行不导入" in text
    assert len(response.context["page"].rows) == 4


def test_preview_with_nothing_to_store_cannot_be_confirmed(office, pudong):
    rows = [[*row[:3], "TOO-SHORT", *row[4:]] for row in owner_rows(2)]
    batch = ready_batch(pudong, content=owners_csv(rows=rows))
    _response, text = page(office, "batch", batch.pk)
    assert "没有一行可以写入" in text


def test_errors_are_paged_and_filtered(office, pudong):
    batch = ready_batch(pudong)
    batch.row_errors.all().delete()
    RowError.objects.bulk_create(
        [
            RowError(batch=batch, row=row, column="VIN号", code="vin_length", severity=severity, params={"length": 16})
            for row in range(1, 41)
            for severity in ("error", "warning")
        ]
    )
    response, text = page(office, "errors", batch.pk)
    assert [error.row for error in response.context["page"].rows] == [row for row in range(1, 26) for _ in "ab"]
    response = office.get(response.context["page"].next.fragment, headers={"HX-Request": "true"})
    assert [error.row for error in response.context["page"].rows] == [row for row in range(26, 41) for _ in "ab"]
    assert response.content.decode().strip().startswith('<section class="panel" id="errors"')
    response, text = page(office, "errors", batch.pk, kind="error")
    assert {error.severity for error in response.context["page"].rows} == {"error"}


def test_errors_mask_telephone_numbers(office, pudong):
    batch = ready_batch(pudong)
    RowError.objects.create(batch=batch, row=9, code="phone_length", severity="warning", value="1381234567890")
    _response, text = page(office, "batch", batch.pk)
    assert "1381234567890" not in text
    assert "138******7890" in text


@pytest.mark.parametrize("count", [1, 3])
def test_errors_cost_the_same_for_one_and_three(count, office, pudong, django_assert_max_num_queries):
    batch = ready_batch(pudong)
    for row in range(count):
        RowError.objects.create(batch=batch, row=row, code="vin_length", severity="error", params={"length": 16})
    page(office, "batch", batch.pk)
    with django_assert_max_num_queries(11):
        page(office, "batch", batch.pk)


# --- confirm, cancel ------------------------------------------------------------------------------------------------
def test_confirming_imports_and_leads_to_the_result(office, pudong, django_capture_on_commit_callbacks):
    batch = ready_batch(pudong, content=owners_csv(40, bad_every=10))
    with django_capture_on_commit_callbacks(execute=True):
        response = office.post(reverse("dms:confirm", args=[batch.pk]))
    assert response["Location"] == reverse("dms:batch", args=[batch.pk])
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    _response, text = page(office, "batch", batch.pk)
    assert "导入结果" in text
    assert "有 4 行未导入：下载错误行 Excel" in text
    assert batch.counts["created"] == 36


def test_second_click_on_confirm_rings_no_second_time(office, pudong, django_capture_on_commit_callbacks):
    batch = ready_batch(pudong)
    with django_capture_on_commit_callbacks() as first:
        office.post(reverse("dms:confirm", args=[batch.pk]))
    with django_capture_on_commit_callbacks() as second:
        response = office.post(reverse("dms:confirm", args=[batch.pk]))
    assert (len(first), len(second)) == (1, 0)
    assert response["Location"] == reverse("dms:batch", args=[batch.pk])


def test_import_that_was_never_checked_cannot_be_confirmed(office, pudong):
    batch = uploaded_batch(pudong)
    office.post(reverse("dms:confirm", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_discarded_import_stores_nothing(office, pudong):
    batch = ready_batch(pudong)
    response = office.post(reverse("dms:cancel", args=[batch.pk]), follow=True)
    batch.refresh_from_db()
    assert batch.state == BatchState.CANCELLED
    assert "已放弃" in response.content.decode()


def test_finished_import_cannot_be_discarded(office, pudong):
    batch = done_batch(pudong)
    office.post(reverse("dms:cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


# --- progress -------------------------------------------------------------------------------------------------------
def test_running_import_polls_and_reads_without_javascript(office, pudong, zhou):
    batch = queued_batch(pudong, by=zhou)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.RUNNING, rows_done=2, rows_total=3)
    _response, text = page(office, "batch", batch.pk)
    assert 'hx-trigger="every 2s"' in text
    assert '<progress max="3" value="2"' in text
    assert "已处理 2 / 3 行" in text
    assert '<noscript><meta http-equiv="refresh"' in text


def test_discarding_is_offered_until_the_rows_are_being_imported(office, pudong, zhou):
    batch = queued_batch(pudong, by=zhou)
    cancel, poll = reverse("dms:cancel", args=[batch.pk]), reverse("dms:progress", args=[batch.pk])
    assert cancel in page(office, "batch", batch.pk)[1]
    assert cancel in office.get(poll, headers={"HX-Request": "true"}).content.decode()
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.RUNNING)
    text = office.get(poll, headers={"HX-Request": "true"}).content.decode()
    assert cancel not in text and 'id="_progress_actions" hx-swap-oob="true"' in text
    assert "不能再放弃" in office.post(cancel, follow=True).content.decode()
    batch.refresh_from_db()
    assert batch.state == BatchState.RUNNING


def test_polling_stops_when_the_import_is_done(office, pudong):
    batch = done_batch(pudong)
    response = office.get(reverse("dms:progress", args=[batch.pk]), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == reverse("dms:batch", args=[batch.pk])
    _response, text = page(office, "batch", batch.pk)
    assert "every 2s" not in text


def test_silence_is_told_on_the_progress_page(office, pudong, zhou, settings):
    settings.IMPORT_STALE_SECONDS = 0
    batch = queued_batch(pudong, by=zhou)
    _response, text = page(office, "batch", batch.pk)
    assert "已有一段时间没有进展" in text


def test_failed_import_says_why(office, pudong):
    batch = ready_batch(pudong)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.FAILED, error_code="file_gone")
    _response, text = page(office, "batch", batch.pk)
    assert "上传" in text
    assert "file_gone" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138****5678"),
        ("电话 138 1234 5678，晚上", "电话 138****5678，晚上"),
        ("138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("8613812345678", "138****5678"),
        ("(021)58886688", "021****6688"),
        ("0512-88886666", "051*****6666"),
        ("310101199001011234", "310***********1234"),
        ("LVSHCAMB3CE000001 2026-11-20 17:20:11 ￥1,380.00", "LVSHCAMB3CE000001 2026-11-20 17:20:11 ￥1,380.00"),
    ],
)
def test_numbers_are_masked_however_they_are_written(text, shown):
    assert sheltered(text) == shown


def test_an_unusable_file_is_named(office):
    file = SimpleUploadedFile("坏文件.xls", b"nothing at all")
    response = office.post(reverse("dms:upload"), {"file": file})
    assert "“坏文件.xls”：" in response.content.decode()


# --- conflicts ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_conflicts_are_listed_with_masked_numbers(count, office, pudong, wang, django_assert_max_num_queries):
    batch = done_batch(pudong)
    for number in range(count):
        Conflict.objects.create(
            store=pudong,
            batch=batch,
            row=number + 2,
            model="customers.phone",
            object_id=number,
            customer_id=wang.pk,
            field="number",
            ours="13812345678",
            theirs="13912345678",
        )
    page(office, "conflicts", batch.pk)
    with django_assert_max_num_queries(7):
        _response, text = page(office, "conflicts", batch.pk)
    assert text.count("138****5678") == count
    assert "13912345678" not in text
    assert f'{reverse("customers:detail", args=[wang.pk])}">王雅丽</a>' in text


def test_a_conflict_about_somebody_retired_has_no_link(office, pudong, wang):
    batch = done_batch(pudong)
    cell = {"model": "customers.phone", "object_id": 7, "field": "number", "ours": "甲", "theirs": "乙"}
    Conflict.objects.create(store=pudong, batch=batch, row=2, customer_id=wang.pk, **cell)
    type(wang).objects.update(is_void=True)
    _response, text = page(office, "conflicts", batch.pk)
    assert "甲" in text and reverse("customers:detail", args=[wang.pk]) not in text


def test_large_numbers_are_grouped(office, pudong):
    batch = done_batch(pudong)
    counts = {"rows": 12345, "created": 12000, "updated": 345, "unchanged": 0, "rejected": 1500, "conflicts": 1001}
    records = {"customers.Customer": {"created": 11999, "updated": 0, "unchanged": 0}}
    Batch.objects.filter(pk=batch.pk).update(counts=counts | {"records": records}, rows_total=12345, rows_done=12345)
    _response, text = page(office, "batch", batch.pk)
    for number in ("12,345", "12,000", "11,999", "有 1,500 行未导入", "1,001 项与 DCRC"):
        assert number in text
    assert "12345" not in text
    response = office.get(reverse("dms:list"))
    assert "12,345" in response.content.decode()


def test_specialist_cannot_see_imports(login, li, pudong):
    batch = ready_batch(pudong)
    assert login(li).get(reverse("dms:batch", args=[batch.pk])).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.csv",
        "..\\..\\boot.csv",
        "C:\\DMS\\车主.csv",
        "/etc/cron.d/x.csv",
        "a\r\nSet-Cookie: x=1.csv",
        '"><script>.csv',
        "…" * 300 + ".csv",
    ],
)
def test_a_file_name_is_a_label_and_no_path(login, zhou, settings, name):
    client = login(zhou)
    file = SimpleUploadedFile("x.csv", owners_csv(3, bad_every=2))
    file._name = name  # as a browser would not, but a script may
    answer = client.post(reverse("dms:upload"), {"file": file})
    assert answer.status_code == 302
    batch = Batch.objects.get()
    assert not set(batch.file_name) & set("/\\\r\n") and len(batch.file_name) <= 255
    root = settings.MEDIA_ROOT
    stored = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    assert stored == [batch.path] and re.fullmatch(r"dms/\d+/\d{6}/[0-9a-f]{32}\.bin", batch.path)
    services.run_batch(services.queue_batch(services.preview_batch(batch), by=zhou).pk)
    page = client.get(reverse("dms:batch", args=[batch.pk])).text
    assert "<script>." not in page
    given = client.get(reverse("dms:error_rows", args=[batch.pk]))
    assert (
        "\n" not in given["Content-Disposition"]
        and "/" not in given["Content-Disposition"]
        and "Set-Cookie" not in given.headers
    )
