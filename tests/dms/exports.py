"""Small DMS exports for tests: rows of cells as .xlsx or .csv bytes."""

import csv
import io
import itertools

from openpyxl import Workbook

from common.vins import check_digit
from dms import services

OWNERS = ["VIN号", "车牌号", "车主姓名", "联系电话", "交车日期", "车型"]
ORDERS = [
    "工单号", "VIN", "车主", "车主电话", "工单开单日期", "结算日期", "进厂行驶里程", "送修人", "送修人手机", "维修项目名称", "维修金额",
]  # fmt: skip
_serial = itertools.count(1)


def vin(number=None) -> str:
    """A VIN with a right check digit."""
    text = f"LVSHCAMB0CE{next(_serial) if number is None else number:06d}"
    return text[:8] + check_digit(text) + text[9:]


def xlsx(*rows, title="Sheet1", **others) -> bytes:
    """A workbook with one sheet of these rows; `others` are further sheets {title: rows}."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    for name, more in others.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*rows, encoding="utf-8", delimiter=",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def owner(number, *, name="王雅丽", phone=None, day="2026-03-01", plate="", model="福克斯"):
    """A row under OWNERS."""
    return [vin(number), plate or f"沪A{number:05d}", name, phone or f"138{number:08d}", day, model]


def order(number, car, *, name="王雅丽", phone="", opened="2026-03-01", settled="2026-03-02", km="", bringer="", mobile="", work="保养", amount="300"):  # fmt: skip
    """A row under ORDERS; `number` is the order number, `car` a VIN."""
    return [number, car, name, phone, opened, settled, km, bringer, mobile, work, amount]


def bring_in(store, *rows, content=None, by=None, file_name="export.xlsx", **choice):
    """Import these rows (or this file) and give the finished batch."""
    content = xlsx(*rows) if content is None else content
    batch, _layout = services.import_now(store=store, by=by, file_name=file_name, content=content, **choice)
    return batch


def outcome(batch):
    """(created, updated, unchanged, rejected) in rows."""
    return tuple(batch.counts[name] for name in ("created", "updated", "unchanged", "rejected"))


def remarks(batch):
    """[(row, column, code, severity)]"""
    return list(batch.row_errors.order_by("row", "id").values_list("row", "column", "code", "severity"))
