"""Writes the world the way a DMS exports it: an .xlsx with a title row and a total, a GB18030 .csv, and a few honest mistakes."""

import csv
import datetime as dt
import io
import random

from openpyxl import Workbook

from customers.care.planning import add_months

OWNER_HEADERS = [
    "客户编号",
    "车主姓名",
    "客户类型",
    "联系电话",
    "固定电话",
    "地址",
    "VIN号",
    "车牌号",
    "发动机号",
    "品牌",
    "车系",
    "车型",
    "颜色",
    "销售日期",
    "交车日期",
    "上牌日期",
    "销售顾问",
    "是否本公司购车",
    "生日",
    "保修结束日期",
    "年检到期日期",
]
ORDER_HEADERS = [
    "工单号",
    "工单开单日期",
    "提交结算时间",
    "维修类型",
    "维修项目名称",
    "车牌号",
    "VIN",
    "车主",
    "车主电话",
    "送修人",
    "送修人手机",
    "进厂行驶里程",
    "服务顾问",
    "指定技师",
    "维修金额",
    "工单状态",
]


POLICY_HEADERS = [
    "投保单号", "保险销售日期", "投保类型", "车主姓名", "车牌号", "VIN码", "交强险保单号", "商业险保单号", "险种名称", "保额", "应收金额", "开始日期",
    "结束日期", "保险公司", "是否本公司投保",
]  # fmt: skip
INSURERS = ["人保财险", "平安产险", "太平洋产险", "国寿财险"]


def owners_workbook(world, *, until=dt.date.max) -> bytes:
    """保有客户档案.xlsx: one row per car that was handed over by then."""
    rows = []
    for index, car in enumerate(world.cars):
        if car.delivered_on > until:
            continue
        phone, vin = car.owner.mobile, car.vin
        if index % 701 == 350:
            vin = vin[:-1]  # lost its last digit somewhere
        if index % 613 == 100:
            phone = phone[:3] + "****" + phone[-4:]
        rows.append(owner_row(car, vin=vin, phone=phone))
    return owner_list(rows)


def owner_row(car, *, vin="", phone=None, is_ours=True):
    """Under OWNER_HEADERS."""
    owner = car.owner
    return [
        owner.number, owner.name, owner.kind, owner.mobile if phone is None else phone, owner.landline, owner.address, vin or car.vin,
        car.plate or "未上牌", car.engine, "长安福特", car.series, car.model, car.color, car.sold_on, car.delivered_on, car.registered_on,
        car.consultant, "是" if is_ours else "否", owner.birthday, warranty_of(car), inspection_of(car),
    ]  # fmt: skip


def warranty_of(car):
    """As the DMS tells it of some (a few cars came with two years only); the others follow from the hand-over."""
    last = int(car.vin[-2:])
    return add_months(car.delivered_on, 24 if last % 10 == 0 else 36) if last % 3 == 0 or last % 10 == 0 else None


def inspection_of(car):
    """A private car's first stickers fall due every second year; the DMS knows it of registered ones."""
    return add_months(car.registered_on, 24) if car.registered_on else None


def owner_list(rows) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("保有客户档案")
    sheet.append(["浦东店 保有客户档案(DMS 导出)"])
    sheet.append(OWNER_HEADERS)
    for row in rows:
        sheet.append(row)
    sheet.append(["合计", len(rows)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def policies_workbook(world, *, since=dt.date.min, until=dt.date.max) -> bytes:
    """保险明细.xlsx: one row per cover of the cars insured here, this term and the one before; sold on these days, both included."""
    rng = random.Random(world.seed)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("保险明细")
    sheet.append(POLICY_HEADERS)
    for index, car in enumerate(world.cars):
        if rng.random() < 0.45:
            continue  # insured elsewhere
        insurer, stays = rng.choice(INSURERS), rng.random() < 0.85
        years = (world.today - car.delivered_on).days // 365
        for year in range(max(years - 1, 0), years + 1 if stays else max(years, 1)):
            starts = car.delivered_on + dt.timedelta(days=365 * year)
            ends = starts + dt.timedelta(days=364)
            kind = "新保" if year == 0 else "新转续" if year == 1 else "续转续"
            number = f"{starts:%Y}{310_000_000 + index}"
            rows = []
            for cover, amount, premium in (
                ("交强险", 200_000, 950),
                ("车辆损失险", rng.randint(9, 30) * 10_000, rng.randint(15, 38) * 100),
                ("第三者责任险", 2_000_000, rng.randint(11, 19) * 100),
            ):
                rows.append(
                    [
                        f"TB{number}", starts - dt.timedelta(days=rng.randint(0, 12)), kind, car.owner.name, car.plate, car.vin,
                        f"JQ{number}", f"SY{number}", cover, amount, premium, starts, ends, insurer, "是",
                    ]
                )  # fmt: skip
            if since <= min(row[1] for row in rows) <= until:
                for row in rows:
                    sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def orders_csv(world, *, since=dt.date.min, until=dt.date.max) -> bytes:
    """维修工单.csv, in the encoding Chinese Excel writes: the orders opened or settled on these days, both included, as they stood then."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(ORDER_HEADERS)
    visits = [
        (visit, car)
        for car in world.cars
        for visit in car.visits
        if visit.opened_on <= until and since <= max(visit.opened_on, visit.settled_on or visit.opened_on)
    ]
    visits.sort(key=lambda pair: pair[0].number)
    for visit, car in visits:
        is_settled = visit.settled_on is not None and visit.settled_on <= until
        writer.writerow(
            [
                visit.number,
                f"{visit.opened_on:%Y-%m-%d} 09:{int(visit.number[-2:]) % 60:02d}",
                f"{visit.settled_on:%Y-%m-%d} 16:30:00" if is_settled else "",
                visit.kind,
                visit.work,
                car.plate,
                car.vin,
                car.owner.name,
                car.owner.mobile,
                visit.bringer,
                visit.bringer_phone,
                visit.km,
                visit.adviser,
                visit.technician,
                visit.amount,
                "已结算" if is_settled else "在修",
            ]
        )
    return out.getvalue().encode("gb18030")
