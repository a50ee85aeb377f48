"""Three dreadful files on real layouts (DOMAIN §3.1, §3.2), for the journey through an import.

Each function gives bytes. What is wrong with which row stands beside it.
"""

import datetime as dt
import io

import xlwt

from tests.dms.exports import text
from tests.factories.dms import vin

OWNER_HEADERS = [
    "", "序号", "车架号*", "车牌号码", "客户名称", "手机号码\n（必填）", "联系电话", "购车日期", "交车日期（年/月/日）", "车辆颜色",
    "车辆颜色", "交强险到期日", "商业险到期日期", "保险公司", "销售顾问 ",
]  # fmt: skip


def owner_rows(today):
    """Two of them cannot be stored: a VIN of 16 characters, and one with an O. Everything else is read or remarked on."""
    three, old = today - dt.timedelta(days=3), today - dt.timedelta(days=400)
    ends = today + dt.timedelta(days=40)
    return [
        # number, VIN, plate, name, mobile, phone, bought, delivered, colour, colour again, compulsory, commercial, insurer, consultant
        [1.0, vin(1), "沪A8F2K1", "王雅丽", 13812345678.0, "", three, three, "", "白", ends, ends, "平安保险", "周涛"],
        [2.0, vin(2).lower(), "沪b12345", "欧阳建国", "021-58886688/13900001111", "null", f"{three:%Y.%m.%d}", three, "黑", "", "", "", "-", "周涛"],
        [3.0, vin(3), "未上牌", "单晓燕", "１３５０００１２２２２", "无", "1900-01-00", f"{three:%Y年%m月%d日}", "红", "", f"{ends:%Y/%m/%d}", "", "人保财险", "周涛"],
        [4.0, vin(4), "沪ADF1234", "上海恒达物流有限公司", "13700003333", "021-50001234", old, old, "#N/A", "银", "", "", "", "/"],
        [5.0, vin(5), "沪C-66666", "曾伟", "138****4444", "", old, old, "", "", "", "", "", ""],
        [6.0, vin(6)[:16], "沪A00001", "赵小短", "13600005555", "", three, three, "", "", "", "", "", ""],
        [7.0, vin(7).replace("0", "O", 1), "沪A00002", "钱大写", "13600006666", "", three, three, "", "", "", "", "", ""],
        [8.0, vin(8), "沪A00003", "=孙公式", 1.36e10, "", old, old, "", "", "", "", "", ""],
    ]  # fmt: skip


def owners_xls(today):
    """A real .xls: a worksheet of explanations first, a merged title, a blank line, a blank first column, a hint row, dates as
    serial numbers, telephone numbers as numbers, one header twice, a total."""
    book = xlwt.Workbook()
    notes = book.add_sheet("填表说明")
    for place, line in enumerate(["1. 文件内容从B列开始", "2. 日期格式：年/月/日", "3. 请勿修改表头"]):
        notes.write(place, 0, line)
    sheet = book.add_sheet("保有客户档案")
    sheet.write_merge(0, 0, 0, 14, "浦东店保有客户档案（DMS 导出）")
    hints = ["", "", "17位，必填", "", "必填", "11位手机号", "可不填", "格式：2026/3/1", "格式：2026/3/1"]
    day = xlwt.easyxf(num_format_str="yyyy/mm/dd")
    for line, cells in enumerate([OWNER_HEADERS, hints, *([""] + row for row in owner_rows(today))], 2):
        for place, cell in enumerate(cells):
            if cell != "":
                sheet.write(line, place, cell, *([day] if isinstance(cell, dt.date) else []))
    last = len(owner_rows(today)) + 4
    sheet.write(last, 1, "合计")
    sheet.write(last, 4, "8 位客户")
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ORDER_HEADERS = [
    "工单号", "牌照号", "VIN", "车主", "送修人", "送修人手机", "工单开单日期", "提交结算时间", "进厂行驶里程", "维修类型", "维修项目名称", "维修金额", "客户经理",
]  # fmt: skip


def orders_tsv(today):
    """Named .xls, is text with tabs in GB18030: an order on two lines, another day than there is, a car nobody knows, a line
    without a number, money with signs and commas, remarks at the end."""
    three, earlier = today - dt.timedelta(days=3), today - dt.timedelta(days=4)
    rows = [
        ORDER_HEADERS,
        ["WX26001", "沪A8F2K1", vin(1), "王雅丽", "王雅丽", "13812345678", f"{earlier:%Y-%m-%d %H:%M}", f"{three:%Y-%m-%d} 17:20:11", "12,345", "定期保养", "更换机油机滤", "￥680.00", "李师傅"],
        ["WX26001", "沪A8F2K1", vin(1), "王雅丽", "王雅丽", "13812345678", f"{earlier:%Y-%m-%d %H:%M}", f"{three:%Y-%m-%d} 17:20:11", "12,345", "定期保养", "轮胎换位", "￥120.00", "李师傅"],
        ["WX26002", "沪b12345", vin(2), "欧阳建国", "欧阳小妹", "13522223333", f"{earlier:%Y%m%d}", f"{three:%Y年%m月%d日}", "8000公里", "一般修理", "更换雨刮", "1,280.50元", "李师傅"],
        ["WX26003", "沪ADF1234", vin(4), "上海恒达物流有限公司", "司机老陈", "13622224444", f"{earlier:%Y/%m/%d}", "2026-02-30", "90210", "事故车", "钣金", "5600", "李师傅"],
        ["", "沪C-66666", vin(5), "曾伟", "", "", f"{earlier:%Y/%m/%d}", f"{three:%Y/%m/%d}", "", "一般修理", "检查", "0", ""],
        ["备注信息：以上数据由系统生成", *[""] * 12],
    ]  # fmt: skip
    return text(*rows, encoding="gb18030", delimiter="\t")


def policies_html(today, number=1):
    """A web page named .xls, as many systems export: the VIN stands under a header that nobody knows; one row per cover."""
    begins = today - dt.timedelta(days=325)
    ends = begins + dt.timedelta(days=364)
    cells = [
        ["投保单号", "车主姓名", "车牌号", "座驾识别编码", "保单号", "险种名称", "开始日期", "结束日期", "应收金额", "承保公司"],
        [f"TB{number}01", "王雅丽", "沪A8F2K1", vin(1), f"JQ{number}001", "交强险", f"{begins:%Y-%m-%d}", f"{ends:%Y-%m-%d}", "950.00", "平安保险"],
        [f"TB{number}01", "王雅丽", "沪A8F2K1", vin(1), f"SY{number}001", "商业险", f"{begins:%Y-%m-%d}", f"{ends:%Y-%m-%d}", "4,321.00", "平安保险"],
        [f"TB{number}02", "欧阳建国", "沪B12345", vin(2), f"SY{number}002", "商业险", f"{begins:%Y-%m-%d}", f"{ends:%Y-%m-%d}", "3,888.00", "太平洋保险"],
    ]  # fmt: skip
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in cells)
    page = f"<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'></head><body><table border=1>{lines}</table></body></html>"
    return page.encode("gb18030")
