"""The --json object of import_dms, word by word (issue: import, first two sheets)."""

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.management import call_command

from customers.models import Customer, RepairOrder, Vehicle
from dms.models import Batch, RowError
from tests.dms.exports import ORDERS, OWNERS, order, owner, text, vin, xlsx

pytestmark = pytest.mark.django_db

KEYS = [
    "batch", "sheet", "worksheet", "other_worksheets", "encoding", "header_row", "rows", "created", "updated", "unchanged",
    "rejected", "ignored_rows", "records", "conflicts", "errors_total", "errors",
]  # fmt: skip


@pytest.fixture
def command(pudong, tmp_path, capsys):
    """command(content, *options) -> (exit code, the object on standard output)"""

    def _command(content, *options, name="export.xlsx", store="PD"):
        path = tmp_path / name
        path.write_bytes(content)
        capsys.readouterr()
        code = 0
        try:
            call_command("import_dms", str(path), "--store", store, "--json", *options)
        except SystemExit as leave:
            code = leave.code
        return code, json.loads(capsys.readouterr().out)

    return _command


def messy_owners():
    """(content, number of its last row): title, header, hint, six rows of data in five groups, a blank line, a total."""
    rows = [
        ["某某汽车 保有客户一览表"],
        [],
        ["序号", *OWNERS],
        ["", "必填", "格式：沪A12345", "必填", "可为空", "格式：2024-01-31", ""],
        [1, *owner(1)],
        [2, *owner(2, day="2026-02-30")],
        [3, *owner(3)],
        [],
        [4, *owner(1, plate="沪B00001")],
        [5, "LVSHC", "", "李四", "", "", ""],
        [6, "", "", "王五", "13912345678", "", ""],
        ["合计", 6],
    ]
    return xlsx(*rows), len(rows)


def test_the_object_has_exactly_the_promised_keys(command):
    code, answer = command(xlsx(OWNERS, owner(1)))
    assert code == 0
    assert sorted(answer) == sorted(KEYS)
    assert answer["sheet"] == "owners"
    assert answer["worksheet"] == "Sheet1"
    assert answer["other_worksheets"] == []
    assert answer["encoding"] is None
    assert answer["header_row"] == 1
    assert answer["batch"] == Batch.objects.get().pk
    assert answer["records"]["customers.Vehicle"] == {"created": 1, "updated": 0, "unchanged": 0}


def test_every_row_is_counted_once(command):
    content, last = messy_owners()
    _code, answer = command(content)
    assert answer["header_row"] == 3
    assert answer["rows"] == 6
    assert answer["rows"] + answer["ignored_rows"] + 1 == last
    assert (answer["created"], answer["updated"], answer["unchanged"], answer["rejected"]) == (3, 0, 0, 3)
    assert answer["created"] + answer["updated"] + answer["unchanged"] + answer["rejected"] == answer["rows"]


def test_errors_name_row_column_code_and_what_to_do(command):
    _code, answer = command(messy_owners()[0])
    assert answer["errors_total"] == len(answer["errors"]) == 4
    told = [(e["row"], e["column"], e["code"], e["severity"]) for e in answer["errors"]]
    assert told == [
        (6, "交车日期", "date_impossible", "error"),
        (9, "车牌号", "rows_disagree", "warning"),
        (10, "VIN号", "vin_length", "error"),
        (11, "VIN号", "missing_key", "error"),
    ]
    for error in answer["errors"]:
        assert sorted(error) == ["code", "column", "reason", "row", "severity", "suggestion", "value"]
        assert error["reason"]
    assert answer["errors"][0]["value"] == "2026-02-30"


def test_the_same_file_again_changes_nothing(command):
    content, _last = messy_owners()
    command(content)
    stamps = list(Customer.objects.order_by("pk").values_list("pk", "changed_at"))
    _code, answer = command(content)
    assert (answer["created"], answer["updated"], answer["unchanged"], answer["rejected"]) == (0, 0, 3, 3)
    assert all(counts["created"] == counts["updated"] == 0 for counts in answer["records"].values())
    assert list(Customer.objects.order_by("pk").values_list("pk", "changed_at")) == stamps


def test_a_dry_run_says_the_same_and_stores_nothing(command, settings):
    content, _last = messy_owners()
    _code, planned = command(content, "--dry-run")
    assert planned.pop("batch") is None
    assert not Batch.objects.exists() and not Customer.objects.exists() and not RowError.objects.exists()
    assert not settings.MEDIA_ROOT.exists()
    _code, done = command(content)
    done.pop("batch")
    assert planned == done


def test_a_dry_run_of_changes_says_the_same_as_the_run(command, settings):
    settings.IMPORT_CHUNK_ROWS = 2
    first = [owner(n, name=f"车主{n % 3}", phone=f"1380000000{n % 3}") for n in range(9)]
    command(xlsx(OWNERS, *first))
    second = [owner(n, name=f"车主{n % 4}", phone=f"1380000000{n % 4}", plate=f"沪C{n:05d}") for n in range(12)]
    _code, planned = command(xlsx(OWNERS, *second), "--dry-run")
    _code, done = command(xlsx(OWNERS, *second))
    assert planned | {"batch": done["batch"]} == done
    assert done["updated"] == 9 and done["created"] == 3


def test_a_dry_run_of_orders_says_the_same_as_the_run(command, settings):
    settings.IMPORT_CHUNK_ROWS = 2
    rows = [
        order(
            f"RO{n}", vin(n % 3), name=f"车主{n % 2}", phone=f"1380000000{n % 2}", km=str(1000 * n), opened=f"2026-02-{n + 1:02d}",
            settled=f"2026-02-{n + 1:02d}", bringer="李四" if n % 4 == 0 else "", mobile="13711112222" if n % 4 == 0 else "",
        )
        for n in range(14)
    ]  # fmt: skip
    _code, planned = command(xlsx(ORDERS, *rows), "--dry-run")
    _code, done = command(xlsx(ORDERS, *rows))
    assert planned | {"batch": done["batch"]} == done
    _code, again = command(xlsx(ORDERS, *rows))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 14)


def test_csv_tells_its_encoding(command):
    rows = [OWNERS, owner(1)]
    assert command(text(*rows, encoding="gb18030"), name="a.csv")[1]["encoding"] == "gb18030"
    answer = command(text(*rows, encoding="utf-8"), name="a.csv")[1]
    assert answer["encoding"] == "utf-8" and answer["unchanged"] == 1 and answer["worksheet"] is None
    assert command(text(*rows, encoding="utf-8-sig", delimiter=";"), name="a.csv")[1]["encoding"] == "utf-8-sig"
    assert command(text(*rows, encoding="utf-8", delimiter="\t"), name="a.xls")[1]["unchanged"] == 1


def test_the_worksheet_that_fits_best_is_taken_and_the_others_are_named(command):
    content = xlsx(["说明"], ["本文件由系统导出"], title="封面", 车主=[OWNERS, owner(1)], 空=[])
    _code, answer = command(content)
    assert answer["worksheet"] == "车主"
    assert answer["other_worksheets"] == ["封面", "空"]
    code, answer = command(content, "--worksheet", "封面")
    assert code == 2 and answer["error"]["code"] == "no_header"
    code, answer = command(content, "--worksheet", "没有")
    assert code == 2 and answer["error"]["code"] == "worksheet_unknown"


def test_a_file_without_worksheets_says_so_when_one_is_named(command):
    code, answer = command(text(OWNERS, owner(1)), "--worksheet", "nope", name="a.csv")
    assert (code, answer["error"]["code"]) == (2, "worksheet_unknown")
    assert answer["error"]["message"] == "没有名为“nope”的工作表：此文件只有一张没有名称的表。请去掉该名称。"


def test_the_sheet_can_be_named(command):
    assert command(xlsx(OWNERS, owner(1)), "--sheet", "owners")[0] == 0
    code, answer = command(xlsx(OWNERS, owner(1)), "--sheet", "repair_orders")
    assert code == 2
    assert answer["error"]["code"] == "missing_columns"
    assert answer["error"]["message"]
    assert command(xlsx(OWNERS, owner(1)), "--sheet", "nonsense")[1]["error"]["code"] == "sheet_unknown"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (b"PK\x03\x04 and nothing else", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password_protected"),
        (b"<html><table><tr><td>VIN</td></tr></table></html>", "html"),
        (b"%PDF-1.4", "unknown_format"),
        (b"\x00\x01\x02\x03" * 50, "unknown_format"),
        ("今天天气很好\n我们去公园".encode(), "no_header"),
    ],
)  # fmt: skip
def test_an_unusable_file_is_told_in_one_sentence_with_exit_code_2(command, content, code):
    left, answer = command(content)
    assert left == 2
    assert list(answer) == ["error"]
    assert sorted(answer["error"]) == ["code", "message"]
    assert answer["error"]["code"] == code
    assert len(answer["error"]["message"]) > 5
    assert not Batch.objects.exists()


def test_a_cut_off_workbook_is_unusable(command):
    content = xlsx(OWNERS, *[owner(n) for n in range(50)])
    for length in (30, 500, len(content) // 2, len(content) - 10):
        left, answer = command(content[:length])
        assert left == 2 and answer["error"]["code"] in ("damaged", "not_a_workbook")


def test_an_unknown_store_and_a_missing_file_are_told_the_same_way(command, capsys):
    assert command(xlsx(OWNERS, owner(1)), store="NOWHERE")[1]["error"]["code"] == "store_unknown"
    with pytest.raises(SystemExit) as leave:
        call_command("import_dms", "/nowhere/at/all.xlsx", "--store", "PD", "--json")
    assert leave.value.code == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_missing"


def test_more_rows_than_allowed_are_refused(command, settings):
    settings.IMPORT_MAX_ROWS = 3
    assert command(xlsx(OWNERS, *[owner(n) for n in range(3)]))[0] == 0
    assert command(xlsx(OWNERS, *[owner(n) for n in range(4)]))[1]["error"]["code"] == "too_many_rows"


def test_a_bomb_is_refused_before_it_is_unpacked(command, settings):
    settings.IMPORT_MAX_BYTES = 20_000
    content = xlsx(OWNERS, *[["a" * 1000] * 6 for _ in range(200)])
    assert len(content) < 20_000
    assert command(content)[1]["error"]["code"] == "unpacks_too_big"


def test_headers_without_data_are_unusable(command):
    assert command(xlsx(OWNERS))[1]["error"]["code"] == "no_rows"


def test_all_rows_rejected_is_still_exit_0(command):
    code, answer = command(xlsx(OWNERS, ["LVSHC", "", "王五", "", "", ""], ["", "", "李四", "", "", ""]))
    assert code == 0
    assert answer["rejected"] == answer["rows"] == 2
    assert not Vehicle.objects.exists()


def test_only_the_first_thousand_errors_are_printed_and_all_are_counted(command):
    rows = [["LVSHC", "", f"王{n}", "", "", ""] for n in range(1200)]
    for option in ((), ("--dry-run",)):
        _code, answer = command(xlsx(OWNERS, *rows), *option)
        assert answer["errors_total"] == 1200
        assert [error["row"] for error in answer["errors"]] == list(range(2, 1002))


def test_lines_of_one_order_are_one_group_wherever_they_stand(command, settings):
    settings.IMPORT_CHUNK_ROWS = 2
    rows = [
        order("RO1", vin(1), work="换机油"),
        order("RO2", vin(2)),
        order("RO3", vin(3)),
        order("RO4", vin(4)),
        order("RO1", vin(1), work="换轮胎"),
        order("RO2", vin(2), settled="2026-13-01"),
        order("RO1", vin(1), work="换机油"),
    ]
    _code, answer = command(xlsx(ORDERS, *rows))
    assert (answer["created"], answer["rejected"]) == (7, 0)
    assert RepairOrder.objects.count() == 4
    assert RepairOrder.objects.get(order_no="RO1").items == "换机油、换轮胎"
    assert [(e["row"], e["code"], e["severity"]) for e in answer["errors"]] == [(7, "date_impossible", "warning")]


def test_an_order_without_a_readable_date_is_rejected(command):
    rows = [
        order("RO1", vin(1), opened="", settled=""),
        order("RO2", vin(2), opened="", settled="2026-13-01"),
        order("RO3", vin(3), opened="2026-02-01", settled="2026-13-01"),
        order("RO4", vin(4), opened="2026-02-31", settled=""),
        order("RO5", vin(5), opened="2026-02-31", settled="2026-02-01"),
        order("RO6", vin(6), opened="2026-02-01", settled=""),
    ]
    _code, answer = command(xlsx(ORDERS, *rows))
    assert (answer["created"], answer["rejected"]) == (2, 4)
    assert [(e["row"], e["column"], e["code"], e["severity"]) for e in answer["errors"]] == [
        (2, "工单开单日期", "missing_value", "error"),
        (3, "结算日期", "date_impossible", "error"),
        (4, "结算日期", "date_impossible", "error"),
        (5, "工单开单日期", "date_impossible", "error"),
        (6, "工单开单日期", "date_impossible", "warning"),
    ]


def test_a_required_value_may_stand_in_any_row_of_the_group(command):
    rows = [owner(1, name=""), owner(1), owner(2, name="")]
    _code, answer = command(xlsx(OWNERS, *rows))
    assert (answer["created"], answer["rejected"]) == (2, 1)
    assert [(e["row"], e["column"], e["code"]) for e in answer["errors"]] == [(4, "车主姓名", "missing_value")]


def test_a_bad_cell_is_left_out_and_the_stored_value_stays(command):
    command(xlsx(OWNERS, owner(1)))
    _code, answer = command(xlsx(OWNERS, [vin(1), "哈哈", "王雅丽", "1.38E+10", "2026-03-01", "福克斯"]))
    assert (answer["unchanged"], answer["errors_total"]) == (1, 2)
    assert {error["severity"] for error in answer["errors"]} == {"warning"}
    assert Vehicle.objects.get().plate == "沪A00001"


def test_a_wrong_check_digit_only_warns(command):
    wrong = vin(1)[:8] + ("1" if vin(1)[8] != "1" else "2") + vin(1)[9:]
    _code, answer = command(xlsx(OWNERS, [wrong, "", "王雅丽", "", "", ""]))
    assert answer["created"] == 1
    assert [(e["code"], e["severity"]) for e in answer["errors"]] == [("vin_check_digit", "warning")]


def test_letters_that_look_like_digits_are_offered_as_a_suggestion(command):
    typed = vin(1)[:-1] + "O"
    _code, answer = command(xlsx(OWNERS, [typed, "", "王雅丽", "", "", ""]))
    assert answer["rejected"] == 1
    assert answer["errors"][0]["suggestion"] == vin(1)[:-1] + "0"


def test_the_reasons_follow_the_language(command):
    _code, answer = command(xlsx(OWNERS, ["LVSHC", "", "王雅丽", "", "", ""]))
    assert "17" in answer["errors"][0]["reason"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer["errors"][0]["reason"])


def test_plain_output_is_readable(pudong, tmp_path, capsys):
    (tmp_path / "a.xlsx").write_bytes(messy_owners()[0])
    call_command("import_dms", str(tmp_path / "a.xlsx"), "--store", "PD")
    said = capsys.readouterr().out
    assert "6" in said and "VIN号" in said and "{" not in said


def test_dates_and_numbers_of_a_workbook_are_read_as_what_they_are(command):
    book = openpyxl.Workbook()
    book.active.append(OWNERS)
    book.active.append([vin(1), "沪A00001", "王雅丽", 13800000001, dt.datetime(2026, 3, 1, 12, 30), "福克斯"])
    book.active.append([vin(2), "沪A00002", "李四", 13800000002.0, 46082, "福克斯"])

    out = io.BytesIO()
    book.save(out)
    _code, answer = command(out.getvalue())
    assert answer["errors_total"] == 0
    days = Vehicle.objects.order_by("vin").values_list("deliveries__delivered_on", flat=True)
    assert list(days) == [dt.date(2026, 3, 1), dt.date(2026, 3, 1)]
