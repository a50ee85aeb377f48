"""Uploads for tests: DMS lists as bytes, and batches that went through the real services."""

import csv
import io

from openpyxl import Workbook

from common.vins import check_digit
from dms import services
from dms.inbox import folders, reading
from dms.models import InboxFile

OWNER_HEADERS = ["客户编号", "车主姓名", "联系电话", "VIN号", "车牌号", "车系", "交车日期", "备注二"]


def vin(number) -> str:
    """A VIN of our own making with a good check digit."""
    plain = f"LVSHCAMB0CE{number:06d}"
    return plain[:8] + check_digit(plain) + plain[9:]


def owner_rows(count, *, bad_every=0):
    """Rows of an owner list; every `bad_every`-th VIN lacks its last character."""
    for index in range(count):
        cut = -1 if bad_every and index % bad_every == 1 else None
        yield [
            *(f"K{index:06d}", f"车主{index}", f"138{index:08d}", vin(index)[:cut]),
            *(f"沪A{index:05d}", "福克斯", "2026-03-10", "老客户"),
        ]


def owners_csv(count=3, *, bad_every=0, encoding="utf-8-sig", rows=None) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(OWNER_HEADERS)
    writer.writerows(rows if rows is not None else owner_rows(count, bad_every=bad_every))
    return out.getvalue().encode(encoding)


def owners_xlsx(count=3, *, bad_every=0, worksheets=("保有客户档案",)) -> bytes:
    """A workbook with a title row above the headers; every worksheet holds the same list."""
    book = Workbook(write_only=True)
    for name in worksheets:
        sheet = book.create_sheet(name)
        sheet.append(["保有客户档案（DMS 导出）"])
        sheet.append(OWNER_HEADERS)
        for row in owner_rows(count, bad_every=bad_every):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded_batch(store, *, by=None, content=None, file_name="保有客户.csv"):
    return services.stage_upload(store=store, by=by, file_name=file_name, content=content or owners_csv())


def ready_batch(store, **kwargs):
    return services.preview_batch(uploaded_batch(store, **kwargs))


def queued_batch(store, **kwargs):
    """Confirmed, with the bell not yet heard."""
    return services.confirm_batch(ready_batch(store, **kwargs), by=kwargs.get("by"))


def done_batch(store, **kwargs):
    return services.run_batch(queued_batch(store, **kwargs).pk)


def dropped_file(store, name="保有客户.csv", content=None):
    """A file in the store's watched folder."""
    folders.make_folders(store)
    path = folders.folder_of(store) / name
    path.write_bytes(owners_csv() if content is None else content)
    return path


def read_file(store, **kwargs):
    """A file that was dropped and dealt with, as its InboxFile."""
    dropped_file(store, **kwargs)
    folders.quiet(store, folders.look(store).files, now=0.0)  # as if it had lain there for long
    reading.read_store(store)
    return InboxFile.objects.filter(store=store).latest("pk")


def failed_file(store, name="无车架号.csv"):
    """One that waits for a person, since it has no column for the VIN."""
    return read_file(store, name=name, content="车主姓名,联系电话,车牌号\n王雅丽,13812345678,沪A8F2K1\n".encode())
