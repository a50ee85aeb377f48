"""The error workbook of a long list: built by the worker, once, while the page waits and nobody else does."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from audit.models import Access
from dms import purging, rows_file
from dms.models import RowError
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.dms.test_workbook import lines, page_of
from tests.factories.dms import done_batch, owners_csv

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def every_list_is_long(monkeypatch):
    monkeypatch.setattr(rows_file, "SHORT_LIST", 0)


@pytest.fixture
def batch(pudong):
    return done_batch(pudong, content=owners_csv(9, bad_every=3))


@pytest.fixture
def address(batch):
    return reverse("dms:error_rows", args=[batch.pk])


def files(settings):
    return sorted(path.name.partition(".")[2] for path in Path(settings.MEDIA_ROOT).glob(rows_file.PATTERN))


def test_the_page_waits_polls_and_gives_the_file(batch, address, zhou, login):
    client = login(zhou)
    page = client.get(address)
    assert page.status_code == 200 and f'hx-get="{address}"' in page.text and "正在生成" in page.text
    assert "every 2s" in client.get(address, headers=HTMX).text
    assert not Access.objects.exists()
    rows_file.build_rows(batch.pk, False, "zh-hans")
    fragment = client.get(address, headers=HTMX).text
    assert f'href="{address}"' in fragment and "every" not in fragment
    assert not Access.objects.exists()
    answer = client.get(address)
    rows = lines(page_of(b"".join(answer.streaming_content)))
    assert [row[-3] for row in rows[1:]] == [3, 6, 9] and rows[0][-1] == "修改建议"
    assert Access.objects.get(kind="export").params["rows"] == 3


def test_the_worker_is_rung_once_and_the_file_is_there(
    batch, address, zhou, login, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as bells:
        for _time in range(3):
            login(zhou).get(address)
    assert len(bells) == 1
    bells[0]()
    assert [name.split(".")[-2:] for name in files(settings)] == [["3", "xlsx"]]
    assert login(zhou).get(address).get("Content-Disposition")


def test_a_lost_bell_and_a_dead_worker_are_overcome_by_asking_again(
    batch, address, zhou, login, settings, monkeypatch, django_capture_on_commit_callbacks
):
    client = login(zhou)
    client.get(address)  # the bell is lost
    dead = time.time() - settings.IMPORT_STALE_SECONDS - 1
    monkeypatch.setattr(rows_file, "write_error_workbook", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rows_file.build_rows(batch.pk, False, "zh-hans")
    monkeypatch.undo()
    monkeypatch.setattr(rows_file, "SHORT_LIST", 0)
    assert rows_file.build_rows(batch.pk, False, "zh-hans") is None  # somebody seems to be at it
    for path in Path(settings.MEDIA_ROOT).glob(rows_file.PATTERN):
        os.utime(path, (dead, dead))
    with django_capture_on_commit_callbacks(execute=True):
        client.get(address)
    assert client.get(address).get("Content-Disposition")
    assert rows_file.build_rows(batch.pk, False, "zh-hans") is None  # done already


def test_each_language_and_choice_has_its_own_and_new_remarks_make_a_new_one(batch, settings):
    assert rows_file.build_rows(batch.pk, False, "zh-hans") == rows_file.build_rows(batch.pk, True, "zh-hans") == 3
    rows_file.build_rows(batch.pk, False, "en")
    with override("en"):
        file, _rows = rows_file.open_rows(batch, with_warnings=False)
    with file:
        assert lines(page_of(file.read()))[0][-1] == "How to correct it"
    RowError.objects.create(batch=batch, row=5, code="missing_value", severity="error")
    with override("en"):
        assert rows_file.open_rows(batch, with_warnings=False) is None
    assert len([name for name in files(settings) if name.endswith("xlsx")]) == 3


def test_what_is_gone_is_said_and_old_files_are_thrown_away(batch, address, zhou, login, settings):
    rows_file.build_rows(batch.pk, False, "zh-hans")
    purging.purge(timezone.now() + dt.timedelta(days=2))
    assert files(settings) == []
    (Path(settings.MEDIA_ROOT) / batch.path).unlink()
    answer = login(zhou).get(address, follow=True)
    assert "已不存在" in answer.text or "重新上传" in answer.text


def test_a_short_list_is_given_at_once(pudong, zhou, login, monkeypatch, settings):
    monkeypatch.setattr(rows_file, "SHORT_LIST", 100)
    batch = done_batch(pudong, content=owners_csv(9, bad_every=3))
    assert login(zhou).get(reverse("dms:error_rows", args=[batch.pk])).get("Content-Disposition")
    monkeypatch.setattr(rows_file, "SHORT_ERRORS", 2)
    assert not login(zhou).get(reverse("dms:error_rows", args=[batch.pk])).get("Content-Disposition")


def test_another_store_gets_neither_page_nor_file(batch, address, zhao, login, settings):
    assert login(zhao).get(address).status_code in (403, 404)
    assert files(settings) == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_waiting_page_turns_into_a_download_by_itself(page_as, zhou, pudong, monkeypatch, size):
    monkeypatch.setattr(rows_file, "ring", lambda *args: None)  # the worker comes a little later
    batch = done_batch(pudong, content=owners_csv(9, bad_every=3))
    screen = page_as(zhou, reverse("dms:error_rows", args=[batch.pk]), size=size)
    expect(screen.get_by_role("status")).to_contain_text("正在生成")
    assert serious_findings(screen) == [] and overflow(screen) == 0
    rows_file.build_rows(batch.pk, False, "zh-hans")
    link = screen.get_by_role("link", name="下载")
    expect(link).to_be_visible(timeout=10_000)
    assert serious_findings(screen) == [] and overflow(screen) == 0
    with screen.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith("待修正行.xlsx")
