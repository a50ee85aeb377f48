"""Lists that look like an owner list and are another known kind are named and not loaded, unless a person says otherwise."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from customers.models import Customer, Vehicle
from dms import services
from dms.errors import UnusableFile
from tests.dms.exports import OWNERS, bring_in, outcome, owner, vin, xlsx

pytestmark = pytest.mark.django_db

LISTS = [
    ("due_list", "车牌号|VIN|是否回厂|车主|车主电话|车主手机|送修人|上次维修时间|上次维修里程|预计下次保养日期|下次保养里程|提醒人|提醒内容|提醒状态|提醒失败原因|定保专员|DCRC专员"),
    ("lost_list", "VIN|车牌号|车主|车主手机|上次维修日期|上次维修工单的服务专员|销售日期|预计下次保养日期|第一次进厂日期|跟踪状态|是否激活|会员卡等级|第一次跟踪日期"),
    ("lost_list", "VIN|客户姓名|手机|流失原因|流失日期"),
    ("lost_list", "车架号|车主|联系电话|车牌号|流失时间"),
    ("lost_list", "车架号|车主|联系电话|是否流失|流失天数|最后进厂日期"),
    ("recall_list", "VIN|召回编号|召回名称|召回开始时间|召回结束时间|责任经销商代码|完成状态|车主姓名|车主电话|预计召回时间|返厂时间|工单号"),
    ("recall_list", "VIN(必填)|责任经销商代码(必填)"),
    ("recall_list", "召回编号|VIN"),
    ("recall_list", "VIN|责任经销商代码|联系人|联系电话"),
    ("survey_list", "经销商代码(必填)|联系人姓名(必填)|联系人电话|VIN(必填)|反馈时间|反馈类型|反馈内容|跟踪性质(必填)|渠道来源(必填: JDpower/NPS)"),
    ("lead_list", "客户姓名|联系电话|客户所在省|客户所在市|客户所在区|线索来源|收集时间|经销商代码|意向车系"),
    ("lead_list", "客户姓名|联系电话|客户性别|意向车系|意向车型|线索来源|客户描述"),
    ("lead_list", "客户姓名|性别|客户类型|联系电话|客户来源|意向级别|销售顾问|是否首次到店|是否试乘试驾|试乘试驾时间|意向车型代码"),
    ("lead_list", "序号|客户姓名|性别|联系电话|线索获得时间|车型|城市|负责人|负责人联系电话|网络平台"),
    ("lead_list", "客户名称|联系手机|信息来源|意向级别\r\n及购买周期|意向品牌"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "headers"), LISTS)
def test_a_known_other_list_is_not_loaded(pudong, kind, headers):
    headers = headers.split("|")
    row = [vin(1) if "VIN" in header else "王雅丽" for header in headers]
    with pytest.raises(UnusableFile) as refused:
        bring_in(pudong, ["导出"], headers, row)
    assert (refused.value.code, refused.value.params) == ("other_list", {"kind": kind})
    assert not Vehicle.objects.exists()


def test_a_person_may_say_that_it_is_an_owner_list(pudong, tmp_path, capsys):
    content = xlsx(["VIN", "召回编号", "车主姓名", "车主电话"], [vin(1), "R1", "王雅丽", "13800000001"])
    path = tmp_path / "召回.xlsx"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as left:
        call_command("import_dms", str(path), "--store", "PD", "--json")
    assert left.value.code == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "other_list" and "%(" not in error["message"]
    call_command("import_dms", str(path), "--store", "PD", "--json", "--sheet", "owners")
    assert json.loads(capsys.readouterr().out)["created"] == 1


def test_an_owner_list_with_a_stray_column_of_another_kind_is_one(pudong):
    batch = bring_in(pudong, [*OWNERS, "提醒状态", "意向级别", "是否流失"], [*owner(1), "成功", "A", "否"])
    assert outcome(batch) == (1, 0, 0, 0)


def test_repair_orders_with_a_recall_number_are_repair_orders(pudong):
    headers = ["工单号", "VIN", "车主", "结算日期", "召回编号"]
    assert bring_in(pudong, headers, ["RO1", vin(1), "王雅丽", "2026-03-01", "R1"]).sheet == "repair_orders"


def test_of_several_worksheets_the_list_that_can_be_taken_in_is(pudong):
    content = xlsx(["VIN", "召回编号", "车主姓名"], [vin(1), "R1", "王雅丽"], title="召回", 车主=[OWNERS, owner(2)])
    batch = bring_in(pudong, content=content)
    assert (batch.worksheet, batch.other_worksheets) == ("车主", ["召回"])
    assert Customer.objects.count() == 1


def test_the_page_says_why_and_lets_a_person_overrule(pudong, zhou, client):
    client.force_login(zhou, backend="accounts.backends.PeopleBackend")
    content = xlsx(["VIN", "召回编号", "车主姓名", "车主电话", "工单号"], [vin(1), "R1", "王雅丽", "13800000001", ""])
    batch = services.stage_upload(store=pudong, by=zhou, file_name="召回.xlsx", content=content)
    url = reverse("dms:columns", args=[batch.pk])
    page = client.get(url)
    recall = next(line for line in page.context["why"] if line.points is None)
    assert recall.is_taken and recall.matched == ["召回编号"]
    assert page.context["why"][0] == recall  # how it is read comes first, then the likeliest
    order = [(bool(line.missing), -line.points) for line in page.context["why"][1:]]
    assert order == sorted(order)
    owners = next(line for line in page.context["why"] if "车主电话" in line.matched and not line.missing)
    assert owners.against == ["召回编号", "工单号"] and owners.points == 5 + 3 + 1 - 8
    orders = next(line for line in page.context["why"] if "工单号" in line.matched)
    assert orders.missing
    answer = client.post(url, {"check": "1", "column_0": "vin", "column_2": "name"})
    assert answer.status_code == 200 and not Vehicle.objects.exists()
    client.post(url, {"recognise": "1", "sheet": "owners", "worksheet": ""})
    batch.refresh_from_db()
    assert batch.error_code == ""
    assert client.post(url, {"check": "1", "column_0": "vin", "column_2": "name"}).status_code == 302


def test_an_owner_list_whose_vin_nobody_knows_is_still_an_owner_list(pudong, zhou):
    content = xlsx(
        ["车主姓名", "联系电话", "车牌号", "交车日期", "底盘识别"],
        ["王雅丽", "13800000001", "沪A12345", "2026-03-01", vin(1)],
    )
    batch = services.stage_upload(store=pudong, by=zhou, file_name="车主.xlsx", content=content)
    assert batch.sheet == "owners"
