"""What the page about the columns shows of a file."""

import datetime as dt

import pytest

from dms.services import stage_upload
from tests.dms.exports import OWNERS, owner, xlsx
from tests.journeys import dreadful

pytestmark = pytest.mark.django_db


def samples(store, content):
    batch = stage_upload(store=store, by=None, file_name="a.xls", content=content)
    return {column["header"]: column["samples"] for column in batch.columns}


def test_a_row_of_hints_is_no_value(pudong):
    shown = samples(pudong, dreadful.owners_xls(dt.date(2026, 3, 18)))
    assert shown["客户名称"] == ["王雅丽", "欧阳建国", "单晓燕"]
    assert shown["联系电话"][0] == "null"
    assert not any("必填" in text or "格式" in text for texts in shown.values() for text in texts)


def test_a_row_with_a_car_is_data_whatever_else_it_says(pudong):
    example, plain = owner(1, name="示例"), owner(2, name="王雅丽")
    assert samples(pudong, xlsx(OWNERS, example, plain))["车主姓名"] == ["示例", "王雅丽"]


def test_hints_far_below_the_header_are_words_like_others(pudong):
    rows = [owner(number) for number in range(4)]
    late = ["请填写", "请填写", "说明", "", "", ""]
    assert "说明" in samples(pudong, xlsx(OWNERS, *rows, late))["车主姓名"]
