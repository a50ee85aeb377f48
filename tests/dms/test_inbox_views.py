"""The page of the watched folder, and a folder drop at night that is in the queue in the morning."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from dms.inbox import folders
from dms.models import InboxFile
from dms.tasks import read_inbox
from followups.tasks import generate_due_items
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.factories.dms import done_batch, dropped_file, failed_file, owners_csv, read_file, uploaded_batch

pytestmark = pytest.mark.django_db
PAGE = reverse("dms:inbox")


def page(client, url=PAGE):
    return client.get(url).content.decode()


def test_the_empty_page_says_where_to_put_files(login, zhou, settings):
    text = page(login(zhou))
    assert str(settings.INBOX_DIR / "PD") in text
    assert "文件夹是空的" in text
    assert "还没有从该文件夹收取过文件" in text


def test_it_shows_what_lies_there_and_what_became_of_it(login, zhou, pudong):
    read_file(pudong, name="上午.csv")
    failed_file(pudong)
    dropped_file(pudong, "待读.csv")
    (folders.folder_of(pudong) / "子文件夹").mkdir()
    text = page(login(zhou))
    for name in ("上午.csv", "无车架号.csv", "待读.csv", "子文件夹", "等待确认", "已导入"):
        assert name in text
    assert text.index("待读.csv") < text.index("无车架号.csv") < text.index("上午.csv")


def test_another_stores_folder_is_not_shown(login, zhou, xuhui):
    read_file(xuhui, name="徐汇.csv")
    dropped_file(xuhui, "徐汇二.csv")
    assert "徐汇" not in page(login(zhou)).split("<main")[1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(count, login, zhou, pudong, django_assert_num_queries):
    for number in range(count):
        read_file(pudong, name=f"{number}.csv", content=owners_csv(number + 1))
        failed_file(pudong, name=f"f{number}.csv")
        uploaded_batch(pudong)
    client = login(zhou)
    page(client)
    with django_assert_num_queries(7):  # session, person, two of permissions, three lists
        page(client)


def test_the_report_is_shown_with_the_numbers_masked(login, zhou, pudong):
    rows = [["K1", "王雅丽", "13812345678999", "LVSHCAMB1CE05424", "沪A8F2K1", "福克斯", "2026-03-10", ""]]
    file = read_file(pudong, content=owners_csv(rows=rows))
    text = page(login(zhou), reverse("dms:inbox_report", args=[file.pk]))
    assert "VIN 应为 17 位" in text
    assert "13812345678" not in text


def test_trying_again_says_that_the_file_is_read_again(login, zhou, pudong):
    file = failed_file(pudong)
    text = login(zhou).post(reverse("dms:inbox_retry", args=[file.pk]), follow=True).content.decode()
    assert "两分钟内重新读取" in text and "正在读取" in text
    assert not InboxFile.objects.get().settled_at


def test_trying_again_what_is_gone_says_so(login, zhou, pudong):
    file = failed_file(pudong)
    (folders.folder_of(pudong) / file.place).unlink()
    answer = login(zhou).post(reverse("dms:inbox_retry", args=[file.pk]), follow=True)
    assert "已不在失败文件夹中" in answer.content.decode()
    assert "无车架号.csv" not in answer.content.decode()


def test_a_file_that_is_still_in_hand_has_no_report(login, zhou, pudong):
    file = InboxFile.objects.create(store=pudong, token="t", name="a.csv")
    assert login(zhou).get(reverse("dms:inbox_report", args=[file.pk])).status_code == 404
    assert "正在读取" in page(login(zhou))


def test_the_list_of_imports_leads_there(login, zhou, pudong):
    done_batch(pudong)
    assert f'href="{PAGE}"' in page(login(zhou), reverse("dms:list"))


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_page_is_readable_for_everybody(page_as, zhou, pudong, size):
    read_file(pudong, name="上午" * 30 + ".csv")
    file = failed_file(pudong, name="无车架号" * 15 + ".csv")
    dropped_file(pudong, "待读" * 30 + ".csv")
    screen = page_as(zhou, PAGE, size=size)
    assert serious_findings(screen) == []
    assert overflow(screen) == 0
    screen.goto(reverse("dms:inbox_report", args=[file.pk]))
    assert serious_findings(screen) == []
    assert overflow(screen) == 0


def test_dropped_at_night_it_is_in_the_queue_in_the_morning(login, li, zhou, pudong):
    night = dt.datetime(2026, 3, 12, 23, 0, tzinfo=pudong.zone)
    with time_machine.travel(night):
        dropped_file(pudong)  # three cars that were delivered on 2026-03-10
        read_inbox()
    with time_machine.travel(night + dt.timedelta(minutes=1)):
        read_inbox()
    with time_machine.travel(dt.datetime(2026, 3, 13, 6, 30, tzinfo=pudong.zone)):
        generate_due_items()
    with time_machine.travel(dt.datetime(2026, 3, 13, 9, 0, tzinfo=pudong.zone)):
        queue = page(login(li), reverse("followups:queue"))
        assert [f"车主{number}" in queue for number in range(3)] == [True] * 3
        assert "保有客户.csv" in page(login(zhou), reverse("office:notices"))
