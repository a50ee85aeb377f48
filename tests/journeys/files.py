"""Messy DMS files on the real headers of DOMAIN §3.1, for the journeys. `MESSY` says what is wrong with which row."""

import csv
import datetime as dt
import io

from openpyxl import Workbook

OWNER_HEADERS = [
    "序号",
    "VIN（*）",
    "车牌号码",
    "客户名称",
    "主要联系电话",
    "手机\n(必填)",
    "客户类型",
    "联系人地址",
    "车系",
    "车型",
    "发动机号",
    "实销时间",
    "车辆交付日期",
    "上牌日期",
    "销售顾问",
    "备注",
]
EXCEL_EPOCH = dt.date(1899, 12, 30)


def owners_xlsx(today):
    """A title row, a hint row, an empty first column, a total; phones as numbers, dates as serials, a short VIN, a repeated car.

    Three cars handed over 3 days ago (3-day calls due today), one 7 days ago (both calls), others long ago.
    """
    three, seven, old = (today - dt.timedelta(days=days) for days in (3, 7, 200))
    rows = [
        # name, phone, mobile, kind, vin, plate, delivered
        ("王雅丽", "", 13812345678.0, "个人", "LVSHCAMB1CE054249", "沪A8F2K1", three),
        (
            "欧阳建国",
            "021-58886688/13900001111",
            "",
            "个人",
            "lvshcamb8ce054250",
            "沪b12345",
            (three - EXCEL_EPOCH).days,
        ),
        ("单晓燕", "", "１３５０００１２２２２", "个人", "LVSHCAMB8CE054251", "未上牌", f"{three:%Y/%m/%d} 10:30:00"),
        (
            "上海恒达物流有限公司",
            "021-50001234",
            "13700003333",
            "公司",
            "LVSHCAMB8CE054252",
            "沪ADF1234",
            f"{seven:%Y年%m月%d日}",
        ),
        ("曾伟", "138****4444", "", "个人", "LVSHCAMB8CE054253", "沪C-66666", old),
        ("赵无车", "", "13600005555", "个人", "LVSHCAMB8CE0542", "沪A00001", three),  # VIN too short: rejected
        (
            "钱日期",
            "",
            "13600006666",
            "个人",
            "LVSHCAMB8CE054254",
            "沪A00002",
            "2026-02-31",
        ),  # impossible date: rejected
        ("孙重复", "", "13600007777", "个人", "LVSHCAMB8CE054255", "沪A00003", old),
        ("孙重复", "", "13600007777", "个人", "LVSHCAMB8CE054255", "沪A00003", old),  # the same car again
    ]
    book = Workbook()
    sheet = book.active
    sheet.title = "车辆档案"
    sheet.append(["说明:请按模板填写,带*为必填"])
    sheet.merge_cells("A1:P1")
    sheet.append(OWNER_HEADERS)
    sheet.append(
        ["", "必填,17位", "", "必填", "", "11位", "个人/公司", "", "", "", "", "格式:2024-01-01", "", "", "", ""]
    )
    for number, (name, phone, mobile, kind, vin, plate, delivered) in enumerate(rows, 1):
        sheet.append(
            [
                number,
                vin,
                plate,
                name,
                phone,
                mobile,
                kind,
                "上海市浦东新区张杨路1号",
                "福克斯",
                "福克斯 1.6L",
                f"E{number:06d}",
                "",
                delivered,
                "null",
                "孙强",
                "-",
            ]
        )
    sheet.append(["合计", len(rows)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ORDER_HEADERS = [
    "工单号",
    "客户姓名",
    "客户电话",
    "车牌号",
    "车架号VIN",
    "项目金额",
    "结算金额",
    "进店日期",
    "结算日期",
    "里程数",
    "维修顾问",
    "送修人",
    "送修人电话",
    "维修项目名称",
    "备注",
]


def orders_csv(today):
    """GB18030 with two lines for one order, a bringer who is not the owner, and an order without a number."""
    three, day = today - dt.timedelta(days=3), today - dt.timedelta(days=4)
    rows = [
        [
            "RO260001",
            "曾伟",
            "13912344444",
            "沪C66666",
            "LVSHCAMB8CE054253",
            "480",
            "1,180.00",
            f"{day}",
            f"{three} 16:30",
            "23,500",
            "吴刚",
            "曾伟",
            "13912344444",
            "更换机油、机滤",
            "",
        ],
        [
            "RO260001",
            "曾伟",
            "13912344444",
            "沪C66666",
            "LVSHCAMB8CE054253",
            "700",
            "1,180.00",
            f"{day}",
            f"{three} 16:30",
            "23,500",
            "吴刚",
            "曾伟",
            "13912344444",
            "更换前制动片",
            "",
        ],
        [
            "RO260002",
            "孙重复",
            "13600007777",
            "沪A00003",
            "LVSHCAMB8CE054255",
            "0",
            "0",
            f"{three:%Y%m%d}",
            f"{three:%Y%m%d}",
            "5120",
            "沈洁",
            "孙小美",
            "13600008888",
            "首次保养",
            "",
        ],
        [
            "",
            "无名",
            "13600009999",
            "沪A00009",
            "LVSHCAMB8CE054259",
            "0",
            "0",
            f"{three}",
            f"{three}",
            "100",
            "沈洁",
            "",
            "",
            "检查",
            "",
        ],
        ["小计", "", "", "", "", "1180", "1180", "", "", "", "", "", "", "", ""],
    ]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(ORDER_HEADERS)
    writer.writerows(rows)
    return out.getvalue().encode("gb18030")
