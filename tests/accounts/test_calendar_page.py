"""The page of the work calendar: the year at a glance, days entered one by one, as a list, from a file, from another store."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from accounts.calendar import calendar_of
from accounts.choices import DaySource
from accounts.models import CalendarDay, Store
from accounts.year import months_of
from audit.models import Change

PAGE = reverse("accounts:calendar")
YEAR = reverse("accounts:calendar_year", args=[2027])
NEW_YEAR = dt.date(2027, 1, 1)
LIST = "2027-01-01 休 元旦\n2027-01-03,班\n"


def put(day, is_work=False, store=None, source=DaySource.PACKAGE, name=""):
    return CalendarDay.objects.create(day=day, is_work=is_work, store=store, source=source, name=name)


def test_a_manager_enters_a_list_for_her_own_store_and_takes_a_day_out(login, zhou, pudong, xuhui):
    client = login(zhou)
    answer = client.post(YEAR, {"lines": LIST, "for_all": "on", "enter": "1"})
    assert answer.url == YEAR
    assert not calendar_of(pudong).is_workday(NEW_YEAR)
    assert calendar_of(xuhui).is_workday(NEW_YEAR)
    assert set(CalendarDay.objects.values_list("source", "store")) == {(DaySource.PASTED, pudong.pk)}
    assert Change.objects.filter(actor_name=zhou.full_name).exists()
    assert "元旦" in client.get(YEAR).content.decode()
    client.post(reverse("accounts:day_remove", args=[CalendarDay.objects.get(day=NEW_YEAR).pk]))
    assert calendar_of(pudong).is_workday(NEW_YEAR)


def test_an_administrator_enters_days_for_all_stores(login, qian, xuhui):
    login(qian).post(YEAR, {"lines": "2027-01-01 休 元旦", "for_all": "on", "enter": "1"})
    assert not calendar_of(xuhui).is_workday(NEW_YEAR)


def test_a_look_tells_what_every_line_would_do_and_enters_nothing(login, zhou, pudong):
    put(NEW_YEAR, store=pudong, name="元旦", source=DaySource.TYPED)
    put(dt.date(2027, 1, 3), store=pudong)
    page = login(zhou).post(YEAR, {"lines": LIST + "2027-01-04 休 店休", "look": "1"}).content.decode()
    assert page.count("已经如此") == 1 and page.count("原来是：") == 1 and page.count("<td>新增") == 1
    assert "录入3天" in page and "店休" in page
    assert CalendarDay.objects.count() == 2


def test_a_wrong_line_is_named_and_nothing_is_lost(login, zhou):
    page = login(zhou).post(PAGE, {"lines": "2027-01-01 休 元旦\n2027-13-01 休", "enter": "1"}).content.decode()
    assert "2027-13-01 休</textarea>" in page and "第2行" in page and 'name="enter"' not in page
    assert not CalendarDay.objects.exists()


def test_one_day_is_entered_by_hand_with_what_stood_there_offered(login, zhou, pudong):
    put(NEW_YEAR, name="元旦")
    client = login(zhou)
    page = client.get(YEAR, {"day": "2027-01-01"}).content.decode()
    assert 'value="2027-01-01"' in page and 'value="元旦"' in page
    assert client.get(YEAR, {"day": "2027-02-31"}).status_code == 200
    client.post(reverse("accounts:day_enter", args=[2027]), {"day": "2027-01-01", "kind": "work", "name": "营业"})
    row = CalendarDay.objects.get(store=pudong)
    assert (row.is_work, row.name, row.source) == (True, "营业", DaySource.TYPED)
    wrong = client.post(reverse("accounts:day_enter", args=[2027]), {"day": "", "kind": "work", "name": "营业"})
    assert wrong.status_code == 200 and 'value="营业"' in wrong.content.decode()


def upload(client, name, content, **data):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("accounts:day_file", args=[2027]), {"file": file, **data}).content.decode()


def as_xlsx(rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_file_is_looked_at_and_then_entered_as_imported(login, zhou, pudong):
    client = login(zhou)
    rows = [
        ["2027年放假安排"],
        ["日期", "类型", "名称"],
        [dt.datetime(2027, 1, 1), "休", "元旦"],
        ["2027-1-3", "调休", "元旦"],
    ]
    page = upload(client, "hr.xlsx", as_xlsx(rows))
    assert "第4行" in page and "2027-1-3\t调休\t元旦</textarea>" in page and not CalendarDay.objects.exists()
    rows[3][1] = "班"
    page = upload(client, "hr.xlsx", as_xlsx(rows))
    assert "录入2天" in page and 'name="source" value="imported"' in page
    lines = page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]
    client.post(YEAR, {"lines": lines, "source": "imported", "enter": "1"})
    assert set(CalendarDay.objects.values_list("day", "is_work", "source", "store")) == {
        (NEW_YEAR, False, DaySource.IMPORTED, pudong.pk),
        (dt.date(2027, 1, 3), True, DaySource.IMPORTED, pudong.pk),
    }


def test_a_csv_of_a_chinese_excel_is_read(login, zhou):
    page = upload(login(zhou), "hr.csv", "日期,是否上班,名称\r\n2027/1/1,否,元旦\r\n".encode("gb18030"))
    assert "录入1天" in page and "元旦" in page


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 nothing", b"PK\x03\x04 broken", b"\n\n", b"x" * (2 * 1024 * 1024 + 1)]
)
def test_a_file_that_is_no_list_is_refused_in_one_sentence(login, zhou, content):
    page = upload(login(zhou), "hr.xlsx", content)
    assert 'role="alert"' in page and not CalendarDay.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_sheet_of_a_year_is_read_again_as_it_is(client, zhou, pudong, language):
    put(NEW_YEAR, name="元旦")
    put(dt.date(2027, 1, 3), is_work=True, name="补班")
    put(dt.date(2027, 1, 3), is_work=False, name="店休", store=pudong)
    put(dt.date(2027, 1, 9), is_work=True, name="补班")
    zhou.language = language
    zhou.save(update_fields=["language"])
    client.force_login(zhou)
    sheet = client.get(reverse("accounts:day_sheet", args=[2027]))
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).active.values)
    assert len(rows) == 4 and rows[2][0] == "2027-01-03" and rows[2][2] == "店休"
    upload(client, "sheet.xlsx", sheet.content)
    with translation.override(language):
        page = upload(client, "sheet.xlsx", sheet.content)
    assert 'class="is-wrong"' not in page and page.count('<td class="num">') == 3


def test_an_administrator_copies_own_days_and_what_a_store_has_itself_stays(login, qian, zhou, pudong, xuhui):
    put(NEW_YEAR, store=xuhui, name="元旦")
    put(dt.date(2027, 1, 4), store=xuhui, name="店休")
    put(dt.date(2028, 1, 4), store=xuhui, name="明年")
    put(dt.date(2027, 1, 4), store=pudong, is_work=True, source=DaySource.TYPED)
    url, told = reverse("accounts:days_copy", args=[2027]), {"origin": xuhui.pk, "store": pudong.pk}
    assert login(zhou).post(url, told).status_code == 403
    assert "徐汇店" not in login(zhou).get(YEAR).content.decode()
    login(qian).post(url, {"origin": pudong.pk, "store": pudong.pk})
    assert CalendarDay.objects.filter(store=pudong).count() == 1
    login(qian).post(url, told)
    assert set(CalendarDay.objects.filter(store=pudong).values_list("day", "is_work", "source")) == {
        (NEW_YEAR, False, DaySource.COPIED),
        (dt.date(2027, 1, 4), True, DaySource.TYPED),
    }


def test_a_manager_cannot_take_out_a_day_of_all(login, zhou):
    row = put(NEW_YEAR)
    assert login(zhou).post(reverse("accounts:day_remove", args=[row.pk])).status_code == 404


def test_weekly_days_off_are_set_but_never_all_seven(login, zhou, pudong):
    client = login(zhou)
    client.post(reverse("accounts:rest_days"), {"weekdays": ["1"]})
    assert Store.objects.get(pk=pudong.pk).rest_weekdays == "1"
    client.post(reverse("accounts:rest_days"), {"weekdays": list("1234567")})
    assert Store.objects.get(pk=pudong.pk).rest_weekdays == "1"


def test_the_year_at_a_glance_says_of_every_day_what_it_is(pudong):
    Store.objects.filter(pk=pudong.pk).update(rest_weekdays="67")
    pudong.refresh_from_db()
    put(NEW_YEAR, name="元旦")
    put(dt.date(2027, 1, 3), is_work=True, name="补班")
    put(dt.date(2027, 1, 4), store=pudong, source=DaySource.TYPED, name="盘点")
    months = months_of(pudong, 2027, dt.date(2027, 1, 5))
    days = {each.day: each for month in months for week in month.weeks for each in week if each}
    assert len(months) == 12 and len(days) == 365
    calendar = calendar_of(pudong)
    for day, each in days.items():
        assert calendar.is_workday(day) == (each.kind in ("makeup", "work"))
        assert day.isoformat() in each.words
    assert [days[dt.date(2027, 1, number)].kind for number in range(1, 6)] == ["off", "rest", "makeup", "off", "work"]
    assert [number for number in range(1, 6) if days[dt.date(2027, 1, number)].is_entered] == [4]
    assert "盘点" in days[dt.date(2027, 1, 4)].words and "录入" in days[dt.date(2027, 1, 4)].words
    assert [day for day, each in days.items() if each.is_today] == [dt.date(2027, 1, 5)]


def test_the_page_of_any_year_opens_and_shows_each_day_as_a_link(login, zhou, qian, pudong):
    page = login(zhou).get(YEAR).content.decode()
    assert page.count('data-day="2027-') == 365 and "每周休息日" in page
    for year in (1, 1999, 2000, 9999, 123456789):
        assert login(zhou).get(reverse("accounts:calendar_year", args=[year])).status_code == 200
    type(qian).objects.filter(pk=qian.pk).update(store=None)
    qian.refresh_from_db()
    assert login(qian).get(PAGE, {"year": timezone.localdate().year}).status_code == 200
