"""Import of 100,000 rows × 25 columns of .xlsx, 1 % of them bad: the first time, the same file again, a tenth changed.

Ours is the whole import: the upload kept and hashed, recognised, cleaned, compared, written, with history, remarks and progress.
The floor is the least any program could do with the file: read by python-calamine, streamed as text into a staging table (COPY, on
SQLite executemany); beside the first import stands what its records alone cost the database. Both lists are measured: owners with
their cars (each row a new person, phone, car, ownership, delivery) and repair orders (2.5 orders a car). Each is given by the clock
and by processor time (`bench.scratch.busy`). Then the peer (bench.import_peer) on a shorter list, and the peak memory of a process
that imports a longer one and does nothing else.
`python -m bench.import_bench --rows N --rounds N --list owners|repair_orders --peer N --memory N` (0: without).
"""

import argparse
import csv
import io
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from bench.scratch import busy, engine, row, scratch, seconds

OWNERS = [
    "VIN号",
    "车牌号",
    "联系人姓名",
    "联系人电话",
    "联系人手机",
    "发动机号",
    "制造日期",
    "品牌",
    "车系",
    "车型",
    "配置",
    "颜色",
    "产品代码",
    "指定服专",
    "DCRC专员",
    "续保专员",
    "车辆用途",
    "销售顾问",
    "销售日期",
    "上牌日期",
    "交车日期",
    "行驶里程",
    "保修起始日期",
    "保修结束日期",
    "地址",
]
ORDERS = [
    "工单开单日期",
    "工单号",
    "工单类型",
    "工单状态",
    "客户经理",
    "交车标识",
    "是否结清",
    "维修项目名称",
    "指定技师",
    "车牌号",
    "维修类型",
    "品牌",
    "车系",
    "车型",
    "车主编号",
    "车主",
    "车主电话",
    "维修金额",
    "提交结算时间",
    "进厂行驶里程",
    "出厂行驶里程",
    "VIN",
    "送修人",
    "送修人手机",
    "三包状态",
]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文红梅春生海燕波宁佳琪子涵雨欣浩然宇轩梓萱思远"
SERIES = [
    ("福克斯", "福克斯 1.6L 自动舒适型"),
    ("蒙迪欧", "蒙迪欧 2.0T 时尚型"),
    ("翼虎", "翼虎 1.5T 风尚型"),
    ("福睿斯", "福睿斯 1.5L 时尚型"),
]


def vin(number):
    from common.vins import check_digit

    text = f"LVSHCAMB0C{number:07d}"
    return text[:8] + check_digit(text) + text[9:]


def name(draw):
    return draw.choice(SURNAMES) + "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2, 2))))


def day(draw, year=2023):
    return f"{year + draw.randrange(3)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"


def owner_rows(rows, changed):
    """Owners; every hundredth row has something wrong with it, every tenth of `changed` another plate and address."""
    draw = random.Random(7)
    for number in range(rows):
        series, model = draw.choice(SERIES)
        is_new = changed and number % 10 == 3
        yield [
            vin(number) if number % 300 != 17 else vin(number)[:-1],
            f"沪{'B' if is_new else 'A'}{number % 100000:05d}",
            name(draw),
            "" if number % 3 else f"021-5{number:07d}",
            f"138{number:08d}" if number % 300 != 117 else "1.38E+10",
            f"CAF{number:08d}", day(draw, 2020), "福特", series, model, "标准版", draw.choice("白黑银红蓝"), f"P{number % 40:04d}",
            f"服务专员{number % 12}", f"专员{number % 5}", f"续保{number % 4}", "家用", f"顾问{number % 20}",
            day(draw) if number % 300 != 217 else "2024-02-30",
            day(draw), day(draw), draw.randrange(1000, 90000), day(draw), day(draw), f"上海市浦东新区{'新' if is_new else ''}路{number}号",
        ]  # fmt: skip


def order_rows(rows, changed):
    draw = random.Random(11)
    cars = max(rows * 2 // 5, 1)
    people = [name(draw) for _ in range(cars)]
    for number in range(rows):
        car = number % cars
        series, model = SERIES[car % 4]
        opened = day(draw)
        is_new = changed and number % 10 == 3
        brought = number % 8 == 0
        yield [
            opened, f"RO{number:09d}" if number % 300 != 17 else "", "一般维修", "已结算", f"服务顾问{number % 15}", "是", "是",
            f"项目{number % 300}", f"技师{number % 25}", f"沪A{car % 100000:05d}", "保养" if number % 3 else "事故", "福特", series, model,
            f"C{car:08d}", people[car], f"138{car:08d}" if number % 300 != 117 else "138****0000",
            round(draw.random() * 3000, 2) + (1 if is_new else 0), opened if number % 300 != 217 else "2024-13-01",
            draw.randrange(1000, 90000), draw.randrange(1000, 90000), vin(car),
            "李送修" if brought else people[car], f"139{car:08d}" if brought else f"138{car:08d}", "三包内",
        ]  # fmt: skip


def write_xlsx(path, header, rows):
    """A plain workbook with shared strings, as DMS exporters write it."""
    shared = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for number, cells in enumerate([header, *rows], 1):
                line = [f'<row r="{number}">']
                for place, cell in enumerate(cells):
                    if cell == "":
                        continue
                    at = f"{chr(65 + place)}{number}"
                    if isinstance(cell, str):
                        line.append(f'<c r="{at}" t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
                    else:
                        line.append(f'<c r="{at}"><v>{cell}</v></c>')
                part.write("".join([*line, "</row>"]).encode())
            part.write(b"</sheetData></worksheet>")
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        archive.writestr(
            "xl/sharedStrings.xml",
            f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="{len(shared)}">{texts}</sst>',
        )
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
            '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        )


def floor(path):
    """calamine -> staging table of text columns."""
    import python_calamine
    from django.db import connection, transaction

    columns = [f"c{number}" for number in range(25)]
    rows = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).iter_rows()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE staging ({', '.join(f'{column} text' for column in columns)})")
        if engine() == "PostgreSQL":
            buffer = io.StringIO()
            csv.writer(buffer).writerows(rows)
            buffer.seek(0)
            cursor.cursor.copy_expert("COPY staging FROM STDIN WITH (FORMAT csv)", buffer)
        else:
            cursor.executemany(f"INSERT INTO staging VALUES ({', '.join(['%s'] * len(columns))})", rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE staging")


def empty_tables():
    from django.db import connection

    tables = [
        "audit_change", "dms_rowerror", "dms_conflict", "customers_formerplate", "customers_delivery", "customers_repairorder",
        "customers_ownership", "customers_vehicle", "customers_phone", "customers_customer", "dms_batch",
    ]  # fmt: skip
    with connection.cursor() as cursor:
        if engine() == "PostgreSQL":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        for table in ("followups_dueitem", "followups_callcard", *tables):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("VACUUM")


RECORDS = (
    "customers_customer", "customers_phone", "customers_vehicle", "customers_ownership", "customers_delivery",
    "customers_repairorder",
)  # fmt: skip


def records_alone():
    """The records that an import has just made, taken away and put back from a copy beside them: what the database needs for
    their indexes and foreign keys alone."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for table in RECORDS:
            cursor.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table} ORDER BY id")
        if engine() == "PostgreSQL":
            cursor.execute(f"TRUNCATE {', '.join(RECORDS)} CASCADE")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in reversed(RECORDS):
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute("PRAGMA foreign_keys = ON")
    begun = busy()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in RECORDS:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
    used = busy() - begun
    with connection.cursor() as cursor:
        for table in RECORDS:
            cursor.execute(f"DROP TABLE kept_{table}")
    return used


def bring_in(store, path):
    """Our whole import of the file: its counts."""
    from dms.services import import_now

    with path.open("rb") as file:
        return import_now(store=store, by=None, file_name=path.name, content=file)[0].counts


def measure(store, files, rounds):
    whats = ("floor", "first", "same again", "a tenth changed")
    times, processor, counts = {what: [] for what in whats}, {what: [] for what in whats}, {}
    bare = []

    def timed(what, work):
        begun = busy()
        times[what].append(seconds(work))
        processor[what].append(busy() - begun)

    def ours(what, path):
        def work():
            counts[what] = bring_in(store, path)

        timed(what, work)

    for _round in range(rounds):
        empty_tables()
        timed("floor", lambda: floor(files[0]))
        ours("first", files[0])
        bare.append(records_alone())
        ours("same again", files[0])
        ours("a tenth changed", files[1])
    return times, processor, counts, statistics.median(bare)


def compare_with_peer(store, path, rows):
    """The package and we on one short list, each into empty tables and then once more."""
    from bench.import_peer import import_owners

    for name, work in (("peer", import_owners), ("ours", bring_in)):
        empty_tables()
        first, again = (seconds(lambda work=work: work(store, path)) for _time in range(2))
        if name == "peer":
            theirs = first, again
    for what, peer, own in (("first", theirs[0], first), ("same again", theirs[1], again)):
        what = f"owners, {rows:,} rows, {what}"
        print(
            f"{engine():<11}{what:<44}{own:>10.3f} s     peer  {peer:>9.3f} s     = {peer / own:>5.1f} x faster",
            flush=True,
        )


def peak_memory(path):
    """(MB of a process that imports the file, MB of the process in which it has the workbook read)."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.import_bench", "--only", str(path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "IMPORT_MAX_ROWS": "1000000"},
    )
    return tuple(map(int, told.stdout.split()))


def import_only(path):
    import django

    django.setup()
    from django.conf import settings

    from accounts.models import Store

    settings.DMS_AFTER_IMPORT = []
    bring_in(Store.objects.get(code="BENCH"), path)
    # Not ru_maxrss, which begins with what the parent had in hand.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]
    print(int(peak) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--list", choices=["owners", "repair_orders"], help="default: both, one after the other")
    parser.add_argument(
        "--peer", type=int, default=10_000, help="rows of the list that django-import-export takes in too"
    )
    parser.add_argument(
        "--memory", type=int, default=200_000, help="rows of the list whose import is measured by memory"
    )
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        import_only(options.only)
        return
    with scratch(), tempfile.TemporaryDirectory(prefix="dcrc-bench-") as folder:
        import datetime as dt

        from django.conf import settings

        from accounts.services import create_store

        settings.DMS_AFTER_IMPORT = []  # the day's run is measured by generation_bench
        settings.IMPORT_MAX_ROWS = max(settings.IMPORT_MAX_ROWS, options.rows)
        store = create_store(code="BENCH", name="Bench", live_on=dt.date(2026, 1, 1))
        for sheet, header, rows in (("owners", OWNERS, owner_rows), ("repair_orders", ORDERS, order_rows)):
            if options.list not in (None, sheet) or not options.rows:
                continue
            files = [Path(folder) / f"{sheet}-{number}.xlsx" for number in range(2)]
            for path, changed in zip(files, (False, True), strict=True):
                write_xlsx(path, header, rows(options.rows, changed))
            times, processor, counts, bare = measure(store, files, options.rounds)
            for what in ("first", "same again", "a tenth changed"):
                told = ", ".join(f"{counts[what][key]:,} {key}" for key in ("created", "updated", "rejected"))
                row(f"{sheet}, {options.rows:,} rows, {what}", times[what], times["floor"])
                mine, least = statistics.median(processor[what]), statistics.median(processor["floor"])
                print(
                    f"{'':11}  processor {mine:.2f} s, floor {least:.2f} s = {mine / least:.1f} x; {told}", flush=True
                )
                if what == "first":
                    print(
                        f"{'':11}  of it {bare:.2f} s for the records alone, put in by the database itself", flush=True
                    )
        if options.peer:
            path = Path(folder) / "peer.xlsx"
            write_xlsx(path, OWNERS, owner_rows(options.peer, False))
            compare_with_peer(store, path, options.peer)
        if options.memory:
            path = Path(folder) / "memory.xlsx"
            write_xlsx(path, OWNERS, owner_rows(options.memory, False))
            empty_tables()
            own, reader = peak_memory(path)
            print(
                f"{engine():<11}peak memory of importing {options.memory:,} rows: {own} MB, and {reader} MB in its reader"
            )


if __name__ == "__main__":
    main()
