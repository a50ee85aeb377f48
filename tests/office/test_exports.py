"""Lists taken home: masked unless the right and a reason are given, filters on top, one line for each, nothing of another store."""

import datetime as dt
import io
import re
import zipfile

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.services import update_account
from audit.models import Access
from complaints.models import Complaint
from customers.models import Customer, DuplicatePair
from office import jobs
from office.exports import collecting
from office.exports.asking import Refused, look
from office.exports.lists import Asked, Kind, all_lists, hidden
from office.exports.reading import sheet_of
from office.models import Job, Notice
from office.tasks import purge_jobs, run_job, sweep_jobs
from quality.models import SpotCheck
from reports.reading.figures import all_figures
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_conflict, make_customer, make_vehicle
from tests.factories.followups import make_bare_item, make_card
from tests.factories.jobs import make_export
from tests.factories.quality import make_check, make_reached

NUMBER, VIN, PLATE, ADDRESS, WECHAT = (
    "13812345678",
    "LVSHCAMB1CE054249",
    "沪A8F2K1",
    "浦东新区张杨路500弄3号1201室",
    "yali_wang1984",
)
SECRETS = (NUMBER, "138 1234 5678", VIN, PLATE, "500弄", WECHAT)


@pytest.fixture(autouse=True)
def _at_ten(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def leaky(pudong, li, today, now):
    """王女士, of whom every list of the house has a row, with her data wherever people put them."""
    store, how = pudong, {"today": today, "now": now}
    customer = make_card(store, name=f"王雅丽{NUMBER}", number=NUMBER, **how).customer
    car = customer.vehicles.get()
    type(car).objects.filter(pk=car.pk).update(vin=VIN, plate=PLATE, series="福克斯")
    Customer.objects.filter(pk=customer.pk).update(address=ADDRESS, wechat=WECHAT)
    customer.refresh_from_db()
    make_complaint(customer, by=li, now=now, summary=f"请回电138 1234 5678，车架号{VIN}")
    Complaint.objects.update(vehicle=car, resolution=f"已回电{NUMBER}")
    second = make_customer(store, name="王雅莉", number=NUMBER, address=ADDRESS)
    DuplicatePair.objects.create(store=store, first=customer, second=second, reason="number", rank=0, shared=NUMBER)
    for field, value in (("phone", NUMBER), ("address", ADDRESS), ("wechat", WECHAT)):
        make_conflict(customer, field, value, f"{value}9")
    day = today - dt.timedelta(days=20)
    make_bare_item(customer, due_on=today, now=now, rule="birthday", state="to_send", opens_on=today, vehicle=car)
    make_bare_item(
        customer,
        due_on=day,
        now=now,
        rule="delivery_3dc",
        state="expired",
        closed_at=now,
        expires_on=today - dt.timedelta(days=2),
        vehicle=car,
    )
    make_check(store, li, now=now, name=f"抽检{NUMBER}", number=NUMBER)
    make_reached(store, li, at=now - dt.timedelta(hours=1), name=f"通话{NUMBER}", number=NUMBER)
    SpotCheck.objects.update(customer=customer)
    customer.card.overrides.create(store=store, by=li, at=now, restraint="hours", reason="other", note=f"让打{NUMBER}")
    car.predictions.create(
        store=store, round="1", made_on=day, predicted_on=day, came_on=today, error_days=20, series="福克斯"
    )
    return customer


QUERIES = {
    "customers": "stage=owner",
    "duplicates": "",
    "conflicts": "",
    "predictions": "part=came",
    "complaints": "scope=all",
    "queue": "tab=later",
    "items": "",
    "care": "tab=now",
    "undecided": "rule=delivery_3dc&use=fresh",
    "overrides": "",
    "board": "what=calls",
    "figure": "figure=calls&period=month",
    "checks": "",
}


def sheet_text(job):
    """Everything that is written anywhere in the file."""
    with zipfile.ZipFile(jobs.path_of(job)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def rows_of(job):
    sheet = load_workbook(jobs.path_of(job), read_only=False).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def cells_of(job):
    """{header: [cells]} of the rows below the header."""
    rows = rows_of(job)
    return {head: [row[place] for row in rows[4:]] for place, head in enumerate(rows[3])}


# --- Masking ------------------------------------------------------------------------------------------------------------
def test_every_list_is_looked_at_here():
    assert set(QUERIES) == set(all_lists())


def test_a_masked_sheet_tells_nobodys_data_and_a_full_one_does(leaky, xuhui, zhou, now):
    make_complaint(make_card(xuhui, today=now.date(), now=now, name="徐汇的人").customer, by=None, now=now)
    for code, query in QUERIES.items():
        masked = make_export(code, zhou, now=now, query=query)
        assert masked.total > 0
        text = sheet_text(masked)
        assert not [secret for secret in SECRETS if secret in text], code
        full = sheet_text(make_export(code, zhou, now=now, query=query, full=True, reason="主机厂稽核要求"))
        assert [secret for secret in SECRETS if secret in full], code
        assert "主机厂稽核要求" in full and "主机厂稽核要求" not in text
        assert "徐汇的人" not in full, code
        heads = rows_of(masked)[3]
        assert len(set(heads)) == len(heads), (code, heads)


def test_what_is_hidden_in_the_customers_is_there_in_full_and_as_text(leaky, zhou, now):
    cells = cells_of(make_export("customers", zhou, now=now, query="q=", full=True, reason="主机厂稽核要求"))
    place = next(i for i, name in enumerate(cells["客户姓名"]) if name.startswith("王雅丽1"))
    shown = [cells[head][place] for head in ("电话", "车牌号", "VIN", "地址", "微信")]
    assert shown == [NUMBER, PLATE, VIN, ADDRESS, WECHAT]
    cells = cells_of(make_export("customers", zhou, now=now))
    shown = [cells[head][place] for head in ("电话", "车牌号", "VIN", "地址", "微信", "客户姓名")]
    assert shown == [
        "138****5678",
        "沪A***K1",
        "LVS**********4249",
        "浦东新区张杨****",
        "yal******1984",
        "王雅丽138****5678",
    ]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.is_personal])
def test_no_kind_of_personal_data_stays_as_it_is(kind):
    assert hidden(kind, "沪A8F2K1") != "沪A8F2K1"
    assert hidden(kind, "") == ""


# --- Rights -------------------------------------------------------------------------------------------------------------
def test_full_data_want_the_right_and_a_reason(leaky, zhou, now):
    for reason in ("", "  ", "稽核"):
        with pytest.raises(Refused) as refused:
            make_export("customers", zhou, now=now, full=True, reason=reason)
        assert refused.value.code == "no_reason"
    zhou.groups.get().permissions.remove(*zhou.groups.get().permissions.filter(codename="export_unmasked"))
    zhou = type(zhou).objects.get(pk=zhou.pk)
    with pytest.raises(Refused) as refused:
        make_export("customers", zhou, now=now, full=True, reason="主机厂稽核要求")
    assert refused.value.code == "no_right"
    assert not Job.objects.exists() and not Access.objects.exists()


def test_a_page_says_why_it_is_refused_and_writes_nothing(leaky, zhou, login):
    client, address = login(zhou), reverse("exports:new", args=["customers"])
    key = "7d3f8a34-0000-4000-8000-000000000001"
    answer = client.post(address, {"data": "full", "reason": "", "form_key": key})
    assert answer.status_code == 422 and "用途" in answer.text
    zhou.groups.get().permissions.remove(*zhou.groups.get().permissions.filter(codename="export_unmasked"))
    page = client.get(address).text
    assert 'value="full"' not in page
    answer = client.post(address, {"data": "full", "reason": "主机厂稽核要求", "form_key": key})
    assert answer.status_code == 403 and "脱敏" in answer.text
    assert not Job.objects.exists()


def test_who_may_not_see_a_list_may_not_take_it_home(leaky, li, zhou, qian, login):
    for person in (li, qian):
        assert login(person).get(reverse("exports:new", args=["customers"])).status_code == 403
    group = zhou.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="view_complaint"))
    assert login(zhou).get(reverse("exports:new", args=["complaints"])).status_code == 403
    assert login(zhou).get(reverse("exports:new", args=["nothing"])).status_code == 404


def test_a_list_shows_the_control_to_those_who_may(leaky, zhou, li, login):
    address = reverse("exports:new", args=["customers"])
    assert f'href="{address}?stage=owner"' in login(zhou).get(reverse("customers:list"), {"stage": "owner"}).text
    assert address not in login(li).get(reverse("customers:list"), {"stage": "owner"}).text


def test_every_list_page_offers_its_own_sheet_and_the_sheet_leads_back(leaky, zhou, login):
    client = login(zhou)
    for code, entry in all_lists().items():
        query = QUERIES[code]
        asked = client.get(f"{reverse('exports:new', args=[code])}?{query}")
        assert asked.status_code == 200, code
        page = client.get(asked.context["back"])
        assert page.status_code == 200, (code, asked.context["back"])
        found = re.search(rf'href="({reverse("exports:new", args=[code])}[^"]*)"', page.text)
        assert found, entry.page
        assert client.get(found[1].replace("&amp;", "&")).context["look"].rows == asked.context["look"].rows


def test_a_finished_sheet_is_for_its_maker_alone(leaky, zhou, pudong, login, now):
    from accounts.services import create_account

    job = make_export("customers", zhou, now=now)
    other = create_account(username="wu", full_name="吴经理", role="manager", store=pudong, password="Cast-of-eight-1")
    for name in ("exports:file", "exports:export", "exports:progress"):
        assert login(other).get(reverse(name, args=[job.pk])).status_code == 404
    assert login(zhou).get(reverse("exports:file", args=[job.pk])).status_code == 200


# --- What stands on top, and how cells are written --------------------------------------------------------------------------
def test_the_filters_of_the_page_stand_on_top_with_who_when_how_many_and_how(leaky, zhou, now):
    make_customer(zhou.store, name="公司客户", kind="company")
    job = make_export("customers", zhou, now=now, query="kind=private&car=yes&stage=nonsense")
    title, facts, filters = (row[0] for row in rows_of(job)[:3])
    assert title == "客户"
    assert facts == f"浦东店 · 周敏于2026-03-18 10:00导出 · 共{job.total}行 · 个人信息已脱敏"
    assert "类型：个人" in filters and "有车" in filters and "nonsense" not in filters
    assert len(rows_of(job)) == job.total + 4
    assert "公司客户" not in sheet_text(job)


def test_a_sheet_holds_the_rows_of_its_page_in_their_order(leaky, pudong, zhou, login, now, today):
    for serial in range(3):
        make_card(pudong, today=today, now=now, name=f"排队{serial}", due_on=today - dt.timedelta(days=serial))
    page = login(zhou).get(reverse("followups:queue"), {"tab": "ready"}).context["page"]
    job = make_export("queue", zhou, now=now, query="tab=ready", full=True, reason="主机厂稽核要求")
    assert cells_of(job)["客户"] == [row.name for row in page.rows]
    found = login(zhou).get(reverse("complaints:list"), {"scope": "all"}).context["page"].rows
    job = make_export("complaints", zhou, now=now, query="scope=all")
    assert cells_of(job)["投诉编号"] == [row.number for row in found]


def test_days_are_days_numbers_are_numbers_and_nothing_is_reckoned(pudong, zhou, now):
    customer = make_customer(
        pudong, name='=HYPERLINK("http://x")', number="02158881234", wechat="@SUM(1)", dms_no="007"
    )
    make_vehicle(customer, plate="", series="+7")
    job = make_export("customers", zhou, now=now, full=True, reason="主机厂稽核要求")
    cells = {head: column[0] for head, column in cells_of(job).items()}
    assert (cells["电话"], cells["DMS客户编号"]) == ("02158881234", "007")
    assert (cells["客户姓名"], cells["微信"]) == ('\'=HYPERLINK("http://x")', "'@SUM(1)")
    assert "<f>" not in sheet_text(job)
    sheet = load_workbook(jobs.path_of(job)).active
    assert sheet.freeze_panes == "A5"
    assert sheet.column_dimensions["C"].width > 20


def test_moments_are_those_of_the_store(leaky, zhou, now):
    opened = cells_of(make_export("complaints", zhou, now=now, query="scope=all"))["立案时间"]
    assert opened == [dt.datetime(2026, 3, 18, 10, 0)]


def test_a_sheet_speaks_the_language_of_its_maker(leaky, zhou, login):
    update_account(zhou, {"language": "en"}, by=None)
    page = login(zhou).get(reverse("exports:new", args=["customers"]))
    key = page.context["form"]["form_key"].value()
    answer = login(zhou).post(reverse("exports:new", args=["customers"]), {"data": "masked", "form_key": key})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert "personal data masked" in sheet["A2"].value


# --- Lines --------------------------------------------------------------------------------------------------------------
def test_each_sheet_and_each_download_leaves_its_line(leaky, zhou, login, now):
    client, address = login(zhou), f"{reverse('exports:new', args=['customers'])}?stage=owner"
    key = client.get(address).context["form"]["form_key"].value()
    answer = client.post(address, {"data": "full", "reason": "主机厂稽核要求", "form_key": key})
    assert answer["Content-Type"].endswith("sheet") and len(b"".join(answer.streaming_content)) > 1_000
    job = Job.objects.get()
    made = Access.objects.get(kind="export", model="office.job")
    assert (made.object_id, made.actor_name, made.store_id) == (job.pk, "周敏", zhou.store_id)
    assert made.params["filters"] == [["客户阶段", "车主"]]
    assert (made.params["rows"], made.params["full"], made.params["reason"]) == (job.total, True, "主机厂稽核要求")
    # Whose data left in full is asked by customer one day.
    named = Access.objects.filter(kind="export", model="customers.customer")
    assert {line.customer_id for line in named} == set(
        Customer.objects.filter(stage="owner").values_list("pk", flat=True)
    )
    client.get(reverse("exports:file", args=[job.pk]))
    assert Access.objects.filter(kind="file", object_id=job.pk).count() == 2


def test_a_masked_sheet_names_no_customer_in_the_log(leaky, zhou, now):
    make_export("customers", zhou, now=now)
    line = Access.objects.get()
    assert (line.model, line.params["full"], line.params["reason"]) == ("office.job", False, "")


def test_a_number_that_was_searched_for_is_not_told_by_a_masked_sheet(leaky, zhou, now):
    Complaint.objects.update(number=f"TS{NUMBER}")
    assert NUMBER not in rows_of(make_export("complaints", zhou, now=now, query=f"scope=all&q={NUMBER}"))[2][0]
    assert NUMBER not in str(Access.objects.get().params)


def test_the_rows_behind_every_figure_can_be_taken_home(zhou, now):
    for code in all_figures():
        asked = Asked(zhou, QueryDict(f"figure={code}&period=month&day={now.date()}"), now)
        assert look(all_lists()["figure"], asked).rows == 0, code


def test_a_list_in_an_order_with_gaps_is_told_whole(pudong, zhou, now, monkeypatch):
    monkeypatch.setattr(collecting, "CHUNK", 2)
    for _time in range(5):
        make_complaint(make_customer(pudong), by=None, now=now)
    Complaint.objects.filter(pk__in=Complaint.objects.values("pk")[:3]).update(next_due_at=None)
    assert make_export("complaints", zhou, now=now, query="scope=open").total == 5


# --- Once, at once, or by the worker ----------------------------------------------------------------------------------------
def test_two_clicks_are_one_sheet_but_another_choice_is_another(leaky, zhou, now):
    wish = {"now": now, "form_key": "one-page"}
    first, second = (make_export("customers", zhou, **wish) for _click in range(2))
    assert first.pk == second.pk and Access.objects.count() == 1
    full = make_export("customers", zhou, full=True, reason="主机厂稽核要求", **wish)
    narrowed = make_export("customers", zhou, query="stage=owner", **wish)
    assert len({first.pk, full.pk, narrowed.pk}) == 3


def test_an_empty_list_and_one_that_is_too_long_are_refused(leaky, zhou, now, settings):
    with pytest.raises(Refused, match="nothing"):
        make_export("customers", zhou, now=now, query="stage=contact")
    settings.EXPORT_MAX_ROWS = 1
    with pytest.raises(Refused, match="too_many"):
        make_export("customers", zhou, now=now)


@pytest.fixture
def worker(settings, monkeypatch):
    """Every list is a long one, and the bells that are rung; nobody answers them."""
    settings.EXPORT_AT_ONCE_ROWS = 0
    rung = []
    monkeypatch.setattr(jobs, "ring", rung.append)
    return rung


def test_a_long_list_is_built_by_the_worker_who_tells_its_maker(leaky, zhou, login, worker, now):
    client, address = login(zhou), reverse("exports:new", args=["customers"])
    key = client.get(address).context["form"]["form_key"].value()
    answers = [client.post(address, {"data": "masked", "form_key": key}) for _click in range(2)]
    job = Job.objects.get()
    assert worker == [job.pk]
    assert {answer["Location"] for answer in answers} == {reverse("exports:export", args=[job.pk])}
    progress = client.get(reverse("exports:progress", args=[job.pk])).text
    assert "hx-get" in progress and "排队" in progress
    assert client.get(reverse("exports:file", args=[job.pk])).status_code == 302  # not there yet
    run_job(job.pk)
    run_job(job.pk)  # rung twice
    progress = client.get(reverse("exports:progress", args=[job.pk])).text
    assert "hx-get" not in progress and reverse("exports:file", args=[job.pk]) in progress
    notice = Notice.objects.get(user=zhou)
    assert notice.url == reverse("exports:export", args=[job.pk]) and "4行" in notice.text
    assert Access.objects.filter(kind="export").count() == 1


def test_a_killed_worker_is_followed_by_another(leaky, zhou, worker, now, monkeypatch):
    job = make_export("customers", zhou, now=now, full=True, reason="主机厂稽核要求")

    class Killed(BaseException):
        pass

    def dies(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("office.jobs._finish", dies)
        with pytest.raises(Killed):
            jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "running"
    named = Access.objects.filter(model="customers.customer").count()
    assert named
    assert jobs.run(job.pk) is None  # it may still live
    with time_machine.travel(now + dt.timedelta(minutes=3)):
        sweep_jobs()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert Access.objects.filter(model="customers.customer").count() == named  # nobody is named twice
    assert jobs.path_of(job).is_file()


def test_who_was_taken_for_dead_and_lives_writes_nothing(leaky, zhou, worker, now, monkeypatch):
    job = make_export("customers", zhou, now=now)
    real = collecting.pages

    def slow(*args):
        Job.objects.filter(pk=job.pk).update(token="another")
        return real(*args)

    monkeypatch.setattr(collecting, "pages", slow)
    assert jobs.run(job.pk) is None
    assert not Access.objects.exists() and not list(jobs.folder().iterdir())


def test_a_job_that_kills_its_workers_is_given_up(leaky, zhou, worker, now):
    job = make_export("customers", zhou, now=now)
    Job.objects.filter(pk=job.pk).update(attempts=jobs.ATTEMPTS)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "given_up")
    assert "没有完成" in sheet_of(job, zhou, now).error
    assert Notice.objects.get(user=zhou).severity == "warning"


@pytest.mark.parametrize("lost", ["right", "full", "closed"])
def test_who_loses_the_right_meanwhile_gets_nothing(lost, leaky, zhou, worker, now):
    job = make_export("customers", zhou, now=now, full=True, reason="主机厂稽核要求")
    codename = {"right": "export_lists", "full": "export_unmasked"}.get(lost)
    if codename:
        zhou.groups.get().permissions.remove(*zhou.groups.get().permissions.filter(codename=codename))
    else:
        type(zhou).objects.filter(pk=zhou.pk).update(is_active=False)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.file) == ("failed", "no_right", "")
    assert not Access.objects.exists()


def test_a_sheet_is_of_the_moment_it_was_asked_for(leaky, zhou, worker, now):
    """What has become overdue while it waited is not in a list of what was."""
    complaint = Complaint.objects.get()
    Complaint.objects.update(next_due_at=now - dt.timedelta(hours=1))
    make_complaint(make_customer(zhou.store, name="后来"), by=None, now=now)
    Complaint.objects.exclude(pk=complaint.pk).update(next_due_at=now + dt.timedelta(hours=1))
    job = make_export("complaints", zhou, now=now, query="scope=overdue")
    with time_machine.travel(now + dt.timedelta(hours=3)):
        run_job(job.pk)
    job.refresh_from_db()
    assert cells_of(job)["投诉编号"] == [complaint.number]


def test_files_are_thrown_away_after_their_days_and_the_row_stays(leaky, zhou, login, now, settings):
    job = make_export("customers", zhou, now=now)
    stray = jobs.folder() / f"{'0' * 32}.xlsx.part"
    stray.write_bytes(b"left by a killed worker")
    purge_jobs()
    assert jobs.path_of(job).is_file()
    with time_machine.travel(now + dt.timedelta(days=settings.EXPORT_KEEP_DAYS, minutes=1)):
        import os

        os.utime(stray, (now.timestamp(), now.timestamp()))
        purge_jobs()
        assert not list(jobs.folder().iterdir())
        job.refresh_from_db()
        assert job.file == "" and job.state == "done"
        answer = login(zhou).get(reverse("exports:file", args=[job.pk]), follow=True)
    assert "不再保存" in answer.text
    assert Access.objects.filter(kind="file").count() == 0


# --- Size ---------------------------------------------------------------------------------------------------------------
def test_a_page_more_costs_the_same_queries_and_no_memory(pudong, zhou, now, monkeypatch):
    """Rows go through in pages of CHUNK: with twice the rows the queries of one page are asked twice, and no page is ever larger."""
    monkeypatch.setattr(collecting, "CHUNK", 10)
    sizes = []
    real = collecting.pages

    def measured(*args):
        for page in real(*args):
            sizes.append(len(page))
            yield page

    monkeypatch.setattr(collecting, "pages", measured)

    def cost(rows):
        for _row in range(rows):
            make_vehicle(make_customer(pudong, number="13812345678"))
        sizes.clear()
        with CaptureQueriesContext(connection) as asked:
            job = make_export("customers", zhou, now=now)
        assert job.total == Customer.objects.count() == sum(sizes)
        assert max(sizes) == 10
        return len(asked), len(sizes)

    cost(5 + 5)  # content types and groups are known from now on
    (first, pages), (second, more) = cost(10), cost(10)
    (third, most) = cost(10)
    assert (pages, more, most) == (2, 3, 4)
    assert second - first == third - second <= 6


# --- The pages ----------------------------------------------------------------------------------------------------------
def test_managers_see_who_took_what_home_and_why(leaky, zhou, pudong, xuhui, login, now):
    from accounts.services import create_account

    other = create_account(username="wu", full_name="吴经理", role="manager", store=pudong, password="Cast-of-eight-1")
    foreign = create_account(username="he", full_name="何经理", role="manager", store=xuhui, password="Cast-of-eight-1")
    make_customer(xuhui)
    make_export("customers", other, now=now, query="stage=owner", full=True, reason="主机厂稽核要求")
    make_export("complaints", zhou, now=now, query="scope=all")
    make_export("customers", foreign, now=now)
    client = login(zhou)
    page = client.get(reverse("exports:everybodys")).text
    assert "吴经理" in page and "主机厂稽核要求" in page and "客户阶段：车主" in page and "何经理" not in page
    assert [row.title for row in client.get(reverse("exports:mine")).context["rows"]] == ["投诉"]
    full = client.get(reverse("exports:everybodys"), {"data": "full"}).context["rows"]
    assert [row.job.made_by for row in full] == [other]
    hers = client.get(reverse("exports:everybodys"), {"person": zhou.pk}).context["rows"]
    assert [row.title for row in hers] == ["投诉"]
    assert not client.get(reverse("exports:everybodys"), {"start": "2026-03-19"}).context["rows"]


def test_who_saw_what_tells_reveals_and_sheets_and_folds_the_customers_of_a_sheet(
    leaky, zhou, li, zhao, qian, login, now
):
    login(li).post(reverse("customers:phone_reveal", args=[leaky.phones.get().pk]))
    make_export("customers", zhou, now=now, full=True, reason="主机厂稽核要求")
    client = login(qian)  # who may export is not the only one who looks at it
    rows = client.get(reverse("exports:accesses")).context["rows"]
    assert [row.who for row in rows] == ["周敏", "李静"]
    assert rows[0].reason == "主机厂稽核要求" and rows[0].full[0] == "warn"
    assert rows[1].customer == leaky.name and rows[1].url
    only = client.get(reverse("exports:accesses"), {"kind": "reveal", "person": li.pk}).context["rows"]
    assert [row.who for row in only] == ["李静"]
    hers = client.get(reverse("exports:customer_accesses", args=[leaky.pk])).context["rows"]
    assert {row.who for row in hers} == {"周敏", "李静"}
    assert NUMBER not in client.get(reverse("exports:customer_accesses", args=[leaky.pk])).text.replace(leaky.name, "")
    address = reverse("exports:customer_accesses", args=[leaky.pk])
    history = reverse("customers:history", args=[leaky.pk])
    assert address in login(zhou).get(history).text and address not in login(li).get(history).text
    assert login(li).get(reverse("exports:accesses")).status_code == 403


def test_the_log_costs_the_same_for_one_line_and_for_three(leaky, zhou, li, login, now):
    phone = leaky.phones.get()
    client = login(zhou)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("exports:accesses"))
            client.get(reverse("exports:everybodys"))
        return len(asked)

    login(li).post(reverse("customers:phone_reveal", args=[phone.pk]))
    make_export("customers", zhou, now=now)
    cost()
    first = cost()
    for _time in range(2):
        login(li).post(reverse("customers:phone_reveal", args=[phone.pk]))
        make_export("customers", zhou, now=now)
    assert cost() == first
