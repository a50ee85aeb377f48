"""The watched folder: whole files only, each taken once, filed away with a report, and the people told."""

import errno
import os
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils.module_loading import import_string
from openpyxl import load_workbook

from accounts.services import create_store, update_store
from customers.models import RepairOrder, Vehicle
from dms import services
from dms.choices import BatchOrigin, BatchState, InboxState
from dms.inbox import folders, reading
from dms.inbox.reading import put_back, read_all
from dms.inbox.report import report_lines
from dms.models import Batch, InboxFile
from dms.tasks import read_inbox, sweep_imports
from office.models import Notice
from tests.dms import exports
from tests.factories.dms import done_batch, owners_csv, uploaded_batch

pytestmark = pytest.mark.django_db
NO_VIN = "车主姓名,联系电话,车牌号\n王雅丽,13812345678,沪A8F2K1\n".encode()


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.INBOX_QUIET_SECONDS = 0


@pytest.fixture
def box(pudong):
    folders.make_folders(pudong)
    return folders.folder_of(pudong)


def drop(box, name="保有客户.csv", content=None):
    path = box / name
    path.write_bytes(owners_csv() if content is None else content)
    return path


def tree(box):
    """What lies in the folder, below done/ without the month."""
    found = (
        path.relative_to(box).parts for path in box.rglob("*") if not path.is_dir() and path.name != folders.SIGHTINGS
    )
    return sorted("/".join((parts[0], *parts[2:]) if parts[0] == "done" else parts) for parts in found)


def report(box, place):
    content = next(box.rglob(place + ".报告.txt")).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return content.decode("utf-8-sig")


def told(user):
    # The day's run after the import tells of these, as the real day has it.
    notices = Notice.objects.visible_to(user).exclude(code__in=["expired_waiting", "calendar_missing"])
    return [(notice.code, notice.severity) for notice in notices.order_by("pk")]


# --- the good day -------------------------------------------------------------------------------------------------------
def test_a_file_is_imported_filed_and_told(box, pudong, zhou, li):
    drop(box, content=owners_csv(5, bad_every=4))
    read_inbox()
    batch = Batch.objects.get()
    assert (batch.state, batch.origin, batch.created_by, batch.file_name) == (
        "done",
        BatchOrigin.INBOX,
        None,
        "保有客户.csv",
    )
    assert Vehicle.objects.filter(store=pudong).count() == 4
    assert tree(box) == ["done/保有客户.csv", "done/保有客户.csv.待改正.xlsx", "done/保有客户.csv.报告.txt"]
    text = report(box, "保有客户.csv")
    for word in ("共 5 行", "新增 4", "不导入 1", "第 3 行 [VIN号]", "VIN 应为 17 位", "旁边的 Excel"):
        assert word in text
    assert told(zhou) == [("inbox_imported", "warning")]
    assert told(li) == []
    notice = Notice.objects.get(user=zhou)
    assert "保有客户.csv" in notice.text
    assert notice.url.endswith(f"/import/{batch.pk}/")


def test_the_rejected_rows_are_corrected_beside_and_come_in_again(box, pudong):
    drop(box, content=owners_csv(5, bad_every=4))
    read_all()
    rows = load_workbook(next(box.rglob("*.待改正.xlsx")))
    column = [cell.value for cell in rows.active[1]].index("VIN号") + 1
    rows.active.cell(2, column).value = exports.vin(4711)
    rows.save(box / "改好了.xlsx")
    read_all()
    assert InboxFile.objects.latest("pk").batch.counts["created"] == 1
    assert Vehicle.objects.filter(store=pudong).count() == 5


def test_a_clean_file_is_told_for_information(box, zhou):
    drop(box)
    read_inbox()
    assert told(zhou) == [("inbox_imported", "info")]


def test_every_active_store_has_its_folder(pudong, xuhui, qian, settings):
    update_store(xuhui, {"is_active": False}, by=qian)
    read_all()
    assert sorted(path.name for path in settings.INBOX_DIR.iterdir()) == ["PD"]
    assert sorted(path.name for path in (settings.INBOX_DIR / "PD").iterdir()) == [".work", "done", "failed"]


def test_each_store_reads_its_own(pudong, xuhui):
    for store, count in ((pudong, 2), (xuhui, 3)):
        folders.make_folders(store)
        drop(folders.folder_of(store), content=owners_csv(count))
    read_all()
    assert [Vehicle.objects.filter(store=store).count() for store in (pudong, xuhui)] == [2, 3]


def test_owners_come_before_orders_whatever_their_names(box, pudong):
    car = exports.vin(7)
    drop(box, "a工单.xlsx", exports.xlsx(exports.ORDERS, exports.order("R1", car, name="王雅丽", phone="13812345678")))
    drop(box, "b车主.xlsx", exports.xlsx(exports.OWNERS, exports.owner(7, phone="13812345678")))
    read_all()
    assert list(Batch.objects.order_by("started_at").values_list("sheet", flat=True)) == ["owners", "repair_orders"]
    assert RepairOrder.objects.get().vehicle == Vehicle.objects.get()


@pytest.mark.parametrize("stores", [1, 3])
def test_an_empty_round_is_cheap(stores, pudong, django_assert_num_queries):
    for number in range(stores - 1):
        create_store(code=f"S{number}", name="店", live_on="2026-01-01")
    read_all()
    with django_assert_num_queries(2 + stores):
        read_all()


# --- never half a file --------------------------------------------------------------------------------------------------
def rounds(monkeypatch, settings, seconds=30):
    """round(after) reads once, so many seconds after the round before."""
    settings.INBOX_QUIET_SECONDS = seconds
    clock = [1_800_000_000.0]
    real = folders.quiet
    monkeypatch.setattr(folders, "quiet", lambda store, files, now: real(store, files, clock[0]))

    def one(after=0):
        clock[0] += after
        return read_all()

    return one


def test_a_file_is_left_alone_until_it_is_quiet(box, monkeypatch, settings):
    one = rounds(monkeypatch, settings)
    path = drop(box, content=owners_csv(2))
    assert one() == []
    with path.open("ab") as file:
        file.write(owners_csv(4)[len(owners_csv(2)) :])
    assert one(40) == []  # it grew since
    assert one(29) == []
    assert len(one(1)) == 1
    assert Vehicle.objects.count() == 4


def test_an_old_file_copied_with_its_date_is_not_taken_at_first_sight(box, monkeypatch, settings):
    one = rounds(monkeypatch, settings)
    os.utime(drop(box), (1, 1))
    assert one() == []
    assert len(one(60)) == 1


def test_a_watch_that_was_set_back_delays_and_no_more(box, monkeypatch, settings):
    one = rounds(monkeypatch, settings)
    drop(box)
    one()
    assert one(-4000) == []
    assert len(one(31)) == 1


def test_a_file_that_changes_at_the_last_moment_is_given_back(box, pudong):
    path = drop(box)
    entry = folders.look(pudong).files[0]
    path.write_bytes(owners_csv(9))
    assert folders.claim(pudong, entry) is None
    assert tree(box) == ["保有客户.csv"]
    read_all()
    assert Vehicle.objects.count() == 9


@pytest.mark.parametrize(
    "name", ["~$保有客户.xlsx", "a.tmp", "a.csv.part", "a.csv.crdownload", ".a.csv.Xy12", "Thumbs.db", "A.PARTIAL"]
)
def test_temporary_files_are_left_alone(name, box, zhou):
    drop(box, name)
    read_all()
    assert tree(box) == [name]
    assert told(zhou) == []


# --- once, and never lost -------------------------------------------------------------------------------------------------
def test_the_same_file_dropped_twice_is_imported_once(box, zhou):
    drop(box)
    read_all()
    drop(box, "再次.csv")
    read_all()
    assert Batch.objects.count() == 1
    assert tree(box)[2:] == ["done/再次.csv", "done/再次.csv.报告.txt"]
    assert "此前已收取" in report(box, "再次.csv")
    assert told(zhou) == [("inbox_imported", "info"), ("inbox_repeated", "info")]


def test_two_copies_at_once_are_imported_once(box):
    drop(box, "a.csv")
    drop(box, "b.csv")
    read_all()
    assert list(InboxFile.objects.order_by("name").values_list("state", flat=True)) == ["imported", "repeated"]
    assert Batch.objects.count() == 1


def test_a_file_that_was_uploaded_in_the_browser_is_recognised(box, pudong, xuhui):
    done_batch(xuhui)
    drop(box, "a.csv")
    read_all()
    assert InboxFile.objects.get().state == InboxState.IMPORTED  # another store's upload is not ours
    drop(box, "b.csv")
    read_all()
    assert InboxFile.objects.latest("pk").state == InboxState.REPEATED


def test_what_was_discarded_may_come_again(box, pudong):
    services.cancel_batch(uploaded_batch(pudong), by=None)
    drop(box)
    read_all()
    assert InboxFile.objects.get().state == InboxState.IMPORTED


def test_names_never_overwrite_one_another(box):
    for count in (1, 2, 3):
        drop(box, content=owners_csv(count))
        read_all()
    names = ["保有客户 (2).csv", "保有客户 (3).csv", "保有客户.csv"]
    assert tree(box) == sorted(f"done/{name}{ending}" for name in names for ending in ("", ".报告.txt"))
    sizes = [next(box.rglob(name)).stat().st_size for name in ("保有客户.csv", "保有客户 (2).csv")]
    assert sizes == [len(owners_csv(1)), len(owners_csv(2))]


class Killed(BaseException):
    """As a kill -9 would: nothing of ours catches it."""


STEPS = [
    "dms.inbox.reading._note",
    "dms.inbox.reading._take_in",
    "dms.services.open_file",
    "dms.inbox.reading._link",
    "dms.services.preview_batch",
    "dms.services.queue_batch",
    "dms.services.run_batch",
    "dms.services._complete",
    "dms.inbox.reading._decide",
    "dms.inbox.folders.move",
    "dms.inbox.reading.report_bytes",
    "dms.inbox.reading._tell",
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_whoever_is_killed_the_next_round_goes_on(step, after, box, pudong, zhou, monkeypatch, settings):
    settings.IMPORT_STALE_SECONDS = 0
    owner, name = step.rsplit(".", 1)
    real, module = import_string(step), __import__(owner, fromlist=["_"])

    def killed(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        raise Killed

    drop(box)
    with monkeypatch.context() as once:
        once.setattr(module, name, killed)
        once.setattr(reading, "_release", lambda file: None)  # the dead release nothing
        with pytest.raises(Killed):
            read_all()
    sweep_imports()
    read_all()
    assert [file.state for file in InboxFile.objects.all()] == [InboxState.IMPORTED]
    assert tree(box) == ["done/保有客户.csv", "done/保有客户.csv.报告.txt"]
    assert Vehicle.objects.count() == 3
    assert Batch.objects.filter(state=BatchState.DONE).count() == 1
    assert told(zhou) == [("inbox_imported", "info")]
    assert list((box / ".work").glob("*/")) == []


def test_a_file_in_a_living_workers_hands_is_left_to_it(box, pudong):
    drop(box)
    entry = folders.look(pudong).files[0]
    reading._note(pudong, *folders.claim(pudong, entry))
    assert reading._lease(pudong, set()) is not None
    assert read_all() == []
    assert Batch.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_import_once(box, zhou):
    for number in range(4):
        drop(box, f"{number}.csv", owners_csv(number + 1))
    start, problems = threading.Barrier(2), []

    def work():
        start.wait()
        try:
            for _ in range(3):
                read_all()
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    read_all()
    assert problems == []
    assert list(InboxFile.objects.order_by("name").values_list("state", flat=True)) == ["imported"] * 4
    assert list(Batch.objects.values_list("state", flat=True)) == ["done"] * 4
    assert len(tree(box)) == 8
    assert len(told(zhou)) == 4


# --- what cannot be taken -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.csv", b"", "空的"),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 200, ""),
        ("说明.txt", "请查收本周的名单,谢谢\n".encode(), ""),
    ],
)
def test_an_unusable_file_fails_with_a_sentence(name, content, words, box, zhou):
    drop(box, name, content)
    read_all()
    assert tree(box) == [f"failed/{name}", f"failed/{name}.报告.txt"]
    text = report(box, name)
    assert "结果：未导入" in text
    assert words in text
    assert "再次放入监控文件夹" in text
    assert told(zhou) == [("inbox_refused", "warning")]
    assert Notice.objects.get().url.endswith("/import/folder/")
    assert Batch.objects.count() == 0


def test_a_list_without_vin_waits_for_a_person(box, zhou):
    drop(box, "无车架号.csv", NO_VIN)
    read_all()
    batch = Batch.objects.get()
    assert batch.state == BatchState.UPLOADED
    assert tree(box)[0] == "failed/无车架号.csv"
    assert "等待您确认" in report(box, "无车架号.csv")
    assert told(zhou) == [("inbox_waiting", "warning")]
    assert Notice.objects.get().url.endswith(f"/import/{batch.pk}/")


def test_a_list_with_something_odd_about_it_waits_for_a_person(box, zhou, monkeypatch):
    real = services.preview_batch

    def odd(batch, **kwargs):
        batch = real(batch, **kwargs)
        batch.warnings = [{"code": "no_rows", "params": {}}]
        batch.save(update_fields=["warnings"])
        return batch

    monkeypatch.setattr(services, "preview_batch", odd)
    drop(box)
    read_all()
    assert Batch.objects.get().state == BatchState.READY
    assert Vehicle.objects.count() == 0
    assert told(zhou) == [("inbox_waiting", "warning")]


def test_a_hidden_worksheet_wakes_nobody(box, zhou, monkeypatch):
    real = services.preview_batch

    def hidden(batch, **kwargs):
        batch = real(batch, **kwargs)
        batch.warnings = [{"code": "hidden_worksheets", "params": {"names": "x"}}]
        batch.save(update_fields=["warnings"])
        return batch

    monkeypatch.setattr(services, "preview_batch", hidden)
    drop(box)
    read_all()
    assert Batch.objects.get().state == BatchState.DONE


def test_a_bug_fails_the_file_and_stops_nobody_else(box, zhou, monkeypatch):
    real = services.stage

    def stage(*, file_name, **kwargs):
        if file_name == "a.csv":
            raise RuntimeError
        return real(file_name=file_name, **kwargs)

    monkeypatch.setattr(services, "stage", stage)
    drop(box, "a.csv", owners_csv(1))
    drop(box, "b.csv", owners_csv(2))
    read_all()
    assert tree(box)[0].startswith("done/b.csv")
    assert "failed/a.csv" in tree(box)
    assert "RuntimeError" in report(box, "a.csv")


def test_folders_and_links_are_not_read_and_told_once(box, zhou, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(owners_csv())
    (box / "链接.csv").symlink_to(secret)
    (box / "文件夹").mkdir()
    read_all()
    read_all()
    assert Batch.objects.count() == 0
    assert secret.exists()
    assert (box / "链接.csv").is_symlink()
    assert told(zhou) == [("inbox_odd", "warning")] * 2


def test_a_link_put_in_place_of_a_taken_file_is_not_followed(box, pudong, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(owners_csv())
    drop(box)
    token, name = folders.claim(pudong, folders.look(pudong).files[0])
    path = folders.work_path(pudong, token, name)
    path.unlink()
    path.symlink_to(secret)
    read_all()
    assert InboxFile.objects.get().state == InboxState.REFUSED
    assert Batch.objects.count() == 0
    assert secret.read_bytes() == owners_csv()


def test_a_link_in_place_of_the_stores_folder_is_refused(pudong, zhou, settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_bytes(owners_csv())
    settings.INBOX_DIR.mkdir()
    (settings.INBOX_DIR / "PD").symlink_to(elsewhere)
    read_all()
    assert Batch.objects.count() == 0
    assert told(zhou) == [("inbox_stuck", "urgent")]


def test_what_lies_in_no_stores_folder_is_told_to_the_administrators(box, zhou, qian, settings):
    for name in ("PX", "empty"):
        (settings.INBOX_DIR / name).mkdir()
    (settings.INBOX_DIR / "PX" / "a.csv").write_bytes(owners_csv())
    (settings.INBOX_DIR / "lost.csv").write_bytes(owners_csv())
    read_all()
    read_all()
    assert told(qian) == [("inbox_stray", "warning")] * 2
    assert {notice.params["file"] for notice in Notice.objects.all()} == {"PX", "lost.csv"}
    assert told(zhou) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_fails(box, zhou):
    drop(box).chmod(0)
    read_all()
    assert InboxFile.objects.get().reasons == [["inbox_unreadable", {}]]


def test_a_file_that_may_not_be_opened_fails(box, zhou, monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, "no", str(path))

    monkeypatch.setattr(folders, "open_plain", refuse)
    drop(box)
    read_all()
    assert InboxFile.objects.get().reasons == [["inbox_unreadable", {}]]
    assert tree(box)[0] == "failed/保有客户.csv"


@pytest.mark.parametrize("where", ["dms.services._keep", "dms.inbox.reading.report_bytes", "dms.inbox.folders.move"])
def test_a_full_disk_delays_and_loses_nothing(where, box, zhou, monkeypatch):
    owner, name = where.rsplit(".", 1)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    drop(box)
    with monkeypatch.context() as once:
        once.setattr(__import__(owner, fromlist=["_"]), name, full)
        read_all()
        read_all()
    assert told(zhou) == [("inbox_stuck", "urgent")]
    assert "磁盘已满" in Notice.objects.get().text
    read_all()
    assert InboxFile.objects.get().state == InboxState.IMPORTED
    assert tree(box) == ["done/保有客户.csv", "done/保有客户.csv.报告.txt"]
    assert Vehicle.objects.count() == 3
    assert Notice.objects.get(code="inbox_stuck").resolved_at is not None


@pytest.mark.parametrize("name", ["客" * 83 + ".xlsx", "a" * 251 + ".csv", "无扩展名" * 20])
def test_the_longest_names_are_filed_with_their_reports(name, box):
    for count in (1, 2):
        drop(box, name, owners_csv(count))
        read_all()
    assert [file.state for file in InboxFile.objects.all()] == ["imported", "imported"]
    names = [path.name for path in box.rglob("done/*/*")]
    assert len(names) == 4
    assert max(len(name.encode()) for name in names) <= 255
    assert sum(name.endswith(".报告.txt") for name in names) == 2


def test_a_name_in_chinese_bytes_of_old_is_read(box):
    raw = os.fsencode(str(box)) + b"/" + "保有客户.csv".encode("gb18030")
    with open(raw, "wb") as file:  # noqa: PTH123
        file.write(owners_csv())
    read_all()
    assert InboxFile.objects.get().name == "保有客户.csv"
    assert tree(box)[0] == "done/保有客户.csv"


# --- by hand ----------------------------------------------------------------------------------------------------------------
def waits(box):
    """A file of which somebody has been told, and its InboxFile."""
    drop(box, "无车架号.csv", NO_VIN)
    read_all()
    return InboxFile.objects.get()


def test_trying_again_reads_the_file_anew(box, zhou):
    put_back(waits(box), by=zhou)
    assert Batch.objects.get().state == BatchState.CANCELLED
    read_all()
    assert [batch.state for batch in Batch.objects.order_by("pk")] == ["cancelled", "uploaded"]
    assert InboxFile.objects.get().state == InboxState.WAITING
    assert tree(box) == ["failed/无车架号.csv", "failed/无车架号.csv.报告.txt"]


def test_what_was_told_stays_told_until_the_file_is_in(box, zhou, settings):
    drop(box)
    settings.IMPORT_MAX_BYTES = 10
    read_all()
    assert told(zhou) == [("inbox_refused", "warning")]
    put_back(InboxFile.objects.get(), by=zhou)
    assert Notice.objects.unread().get().code == "inbox_refused"
    read_all()
    assert told(zhou) == [("inbox_refused", "warning")]  # the same matter, and no second notice of it
    settings.IMPORT_MAX_BYTES = 1_000_000
    put_back(InboxFile.objects.get(), by=zhou)
    read_all()
    notice = Notice.objects.get()
    assert (notice.code, notice.is_unread) == ("inbox_imported", True)
    assert tree(box) == ["done/保有客户.csv", "done/保有客户.csv.报告.txt"]


@pytest.mark.parametrize("step", ["_fetch", "_digest"])
def test_killed_while_it_takes_the_file_up_again_nothing_is_lost(box, zhou, monkeypatch, settings, step):
    put_back(waits(box), by=zhou)
    whole = getattr(reading, step)

    def killed(*args):
        whole(*args)
        raise Killed

    monkeypatch.setattr(reading, step, killed)
    with pytest.raises(Killed):
        read_all()
    monkeypatch.setattr(reading, step, whole)
    settings.IMPORT_STALE_SECONDS = 0
    read_all()
    assert InboxFile.objects.get().state == InboxState.WAITING
    assert tree(box) == ["failed/无车架号.csv", "failed/无车架号.csv.报告.txt"]


def test_of_two_who_try_again_one_does(box, zhou):
    seen_twice = waits(box), InboxFile.objects.get()
    put_back(seen_twice[0], by=zhou)
    with pytest.raises(services.WrongState):
        put_back(seen_twice[1], by=zhou)


def test_taken_away_before_it_was_read_again(box, zhou):
    put_back(waits(box), by=zhou)
    (box / "failed" / "无车架号.csv").unlink()
    read_all()
    file = InboxFile.objects.get()
    assert (file.state, file.reasons) == ("refused", [["inbox_vanished", {}]])


@pytest.mark.parametrize("decide", [services.cancel_batch, services.confirm_batch])
def test_whoever_decides_in_the_browser_settles_the_notice(box, pudong, zhou, monkeypatch, decide):
    monkeypatch.setattr(
        reading, "_doubts", lambda batch: [("shared_date", {"column": "交车日期", "percent": 90, "day": "2026-03-10"})]
    )
    drop(box)
    read_all()
    assert told(zhou) == [("inbox_waiting", "warning")]
    decide(Batch.objects.get(), by=zhou)
    assert Notice.objects.get(code="inbox_waiting").resolved_at is not None
    assert "不再需要" in "".join(report_lines(InboxFile.objects.get()))


def test_an_import_that_stopped_half_way_says_so_and_the_file_put_back_brings_the_rest(
    box, zhou, monkeypatch, settings
):
    settings.IMPORT_CHUNK_ROWS = 1
    advance, chunks = services._advance, []

    def fail(batch, **values):
        chunks.append(values)
        if len(chunks) == 4:
            raise ZeroDivisionError
        return advance(batch, **values)

    drop(box)
    monkeypatch.setattr(services, "_advance", fail)
    read_all()
    monkeypatch.setattr(services, "_advance", advance)
    file = InboxFile.objects.get()
    assert (file.state, Batch.objects.get().rows_done, Vehicle.objects.count()) == ("refused", 2, 2)
    assert "已导入 2 / 3 行" in report(box, "failed/保有客户.csv") and "余下的" in report(box, "failed/保有客户.csv")
    notice = Notice.objects.get()
    assert (notice.code, notice.url) == ("batch_stopped", reverse("dms:batch", args=[file.batch_id]))
    put_back(file, by=zhou)
    read_all()
    assert Vehicle.objects.count() == 3
    assert told(zhou) == [("batch_stopped", "warning"), ("inbox_imported", "info")]
    assert Notice.objects.get(code="batch_stopped").resolved_at is not None


def test_trying_again_what_somebody_took_away_says_so(box, zhou):
    drop(box, "无车架号.csv", NO_VIN)
    read_all()
    (box / "failed" / "无车架号.csv").unlink()
    with pytest.raises(FileNotFoundError):
        put_back(InboxFile.objects.get(), by=zhou)
    assert InboxFile.objects.count() == 1


def test_only_failed_files_are_tried_again(box, zhou):
    drop(box)
    read_all()
    with pytest.raises(services.WrongState):
        put_back(InboxFile.objects.get(), by=zhou)


def test_the_command_says_what_it_took(box, capsys):
    drop(box)
    call_command("read_inbox")
    call_command("read_inbox")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("PD/保有客户.csv: imported, done/")
    assert lines[1] == "Nothing was taken."


def test_a_list_of_another_kind_waits_and_is_not_loaded_as_owners(box, zhou):
    rows = exports.xlsx(["VIN", "召回编号", "车主姓名"], [exports.vin(1), "R1", "王雅丽"])
    drop(box, "召回清单.xlsx", rows)
    read_all()
    file = InboxFile.objects.get()
    assert (file.state, file.batch.state) == (InboxState.WAITING, BatchState.UPLOADED)
    assert not Vehicle.objects.exists()
    assert "召回" in Notice.objects.get(code="inbox_waiting").text
    services.choose(file.batch, sheet="owners")
    file.batch.refresh_from_db()
    assert services.preview_batch(file.batch).preview["created"] == 1
