"""The --json object of import_dms as somebody meets it who knows the issue and the exports, and not the code."""

import json

import pytest
from django.core.management import call_command

from customers.models import Customer, Delivery, RepairOrder
from tests.dms.exports import ORDERS, OWNERS, order, owner, text, vin, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(pudong, tmp_path, capsys):
    """command(content, *options) -> (exit code, the object on standard output)"""

    def _command(content, *options, name="export.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        capsys.readouterr()
        code = 0
        try:
            call_command("import_dms", str(path), "--store", "PD", "--json", *options)
        except SystemExit as leave:
            code = leave.code
        return code, json.loads(capsys.readouterr().out)

    return _command


def codes(answer):
    return [(error["row"], error["column"], error["code"], error["severity"]) for error in answer["errors"]]


def test_a_word_that_is_also_a_header_does_not_make_the_first_row_a_header(command):
    headers = ["工单号", "VIN", "车主", "结算日期", "预约方式"]
    rows = [["RO1", vin(1), "张三", "2026-03-02", "电话"], ["RO2", vin(2), "李四", "2026-03-02", "微信"]]
    _code, answer = command(xlsx(headers, *rows))
    assert (answer["header_row"], answer["rows"], answer["created"]) == (1, 2, 2)


def test_a_column_of_another_kind_of_list_does_not_eat_the_first_row(command):
    headers = ["车牌号", "VIN", "车主", "车主电话", "车主手机", "销售日期", "跟踪状态", "提醒状态"]
    rows = [[f"沪A0000{n}", vin(n), "张三", "", f"1380000000{n}", "2026-03-02", "成功", "继续提醒"] for n in (1, 2, 3)]
    _code, answer = command(xlsx(headers, *rows))
    assert (answer["sheet"], answer["header_row"], answer["rows"], answer["created"]) == ("owners", 1, 3, 3)


def test_a_list_that_can_be_read_as_it_stands_comes_before_one_that_lacks_its_key(command):
    _code, answer = command(xlsx([*OWNERS, "提醒状态"], [*owner(1), "继续提醒"]))
    assert (answer["sheet"], answer["created"]) == ("owners", 1)


def test_a_list_of_policies_is_not_taken_for_owners(command):
    headers = ["投保单号", "车主姓名", "车牌号", "VIN码", "交强险保单号", "商业险保单号", "险种名称", "开始日期"]
    code, answer = command(
        xlsx(headers, *(["T1", "张三", "沪A00001", vin(n), "J1", "S1", "三者", "2026-01-01"] for n in (1, 2)))
    )
    assert (code, answer["sheet"]) == (0, "policies"), answer
    assert not Delivery.objects.exists()


def test_a_hint_below_the_headers_of_orders_is_ignored(command):
    hint = ["必填，不超过20个字符", "必填", "", "", "格式：2026-01-31", "格式：2026-01-31", "", "", "", "", ""]
    _code, answer = command(xlsx(["维修工单导入模板"], ORDERS, hint, order("RO1", vin(1))))
    assert (answer["header_row"], answer["ignored_rows"], answer["rows"], answer["rejected"]) == (2, 2, 1, 0)


@pytest.mark.parametrize(
    "footer", ["合 计", "合计2台", "总 计：2", "共 2 条记录", "第1页 共1页", "注：以上数据仅供参考", "制表人：张三"]
)
@pytest.mark.parametrize("headers", [OWNERS, ORDERS])
def test_footers_as_they_are_typed_are_ignored(command, headers, footer):
    row = owner(1) if headers is OWNERS else order("RO1", vin(1))
    _code, answer = command(xlsx(headers, row, [footer]))
    assert (answer["rows"], answer["ignored_rows"], answer["errors_total"]) == (1, 1, 0)


def test_lists_inside_cells_do_not_decide_how_a_text_is_parted(command):
    work = "机油;机滤;空滤;空调滤;火花塞;刹车油"
    content = text(["工单号", "VIN", "结算日期", "维修项目"], ["RO1", vin(1), "2026-03-01", work])
    _code, answer = command(content, name="orders.csv")
    assert answer["created"] == 1
    assert RepairOrder.objects.get().items == work
    content = text(["VIN", "车主", "地址"], [vin(1), "张三", "上海,浦东,张江,某路,1号,2室"], delimiter="\t")
    _code, answer = command(content, name="owners.csv")
    assert answer["rejected"] == 0
    assert Customer.objects.get(name="张三").address == "上海,浦东,张江,某路,1号,2室"


def test_cells_shielded_from_excel_are_read(command):
    content = text(OWNERS, [f'="{cell}"' for cell in owner(1)])
    _code, answer = command(content, name="owners.csv")
    assert (answer["created"], answer["errors_total"]) == (1, 0)


def test_formula_errors_of_a_workbook_are_told(command):
    rows = [owner(1), owner(2, plate="#REF!"), ["#N/A", *owner(3)[1:]], [vin(4), "沪A00004", "#NAME?", *owner(4)[3:]]]
    _code, answer = command(xlsx(["保有客户"], OWNERS, *rows))
    assert codes(answer) == [
        (4, "车牌号", "formula_error", "warning"),
        (5, "VIN号", "formula_error", "error"),
        (6, "车主姓名", "formula_error", "error"),
    ]
    assert (answer["created"], answer["rejected"]) == (2, 2)
