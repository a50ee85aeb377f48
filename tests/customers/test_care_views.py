"""Pages about care: a car that is gone, intervals, how right the predictions are, the reason of the next service."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from customers.models import CareInterval, CarePlan, Prediction, Vehicle
from customers.predicting import accuracy
from customers.services.care import work_out
from customers.wording import service_reason
from tests.factories.customers import make_customer, make_delivery, make_order, make_vehicle

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 1)


def plan(why, due="2026-03-18", **fields):
    return CarePlan(service_on=dt.date.fromisoformat(due), why=why, **fields)


@pytest.mark.parametrize(
    ("why", "chinese", "english"),
    [
        (
            {"code": "km", "pace": "own", "n": 4, "km_a_day": 42, "km": 10_000},
            "按最近4次进厂，平均每天42公里，预计3月18日前后到10,000公里。",
            "By its last 4 visits it runs 42 km a day, so it reaches 10,000 km about March 18.",
        ),
        (
            {"code": "km", "pace": "model", "km_a_day": 42, "km": 10_000},
            "按同车型平均每天42公里，预计3月18日前后到10,000公里。",
            "Cars of this model run 42 km a day on average, so it reaches 10,000 km about March 18.",
        ),
        (
            {"code": "months", "months": 6, "since": "2025-09-18"},
            "上次保养2025年9月18日，满6个月该做下次保养。",
            "Last service on September 18, 2025; the next is due 6 months after that.",
        ),
        (
            {"code": "months", "months": 6, "since": "2025-09-18", "first": True},
            "2025年9月18日交车，满6个月该做首保。",
            "Delivered on September 18, 2025; 6 months after that the first service is due.",
        ),
        (
            {"code": "km", "pace": "own", "n": 1, "km_a_day": 42, "km": 10_000, "reached": 12_345},
            "里程已到12,345公里，超过了该保养的10,000公里。",
            "With 12,345 km it is past 10,000 km, where the service was due.",
        ),
        ({"code": "dms"}, "日期来自DMS。", "The DMS gives this day."),
        ({}, "", ""),
    ],
)
def test_the_reason_in_a_sentence(why, chinese, english):
    assert service_reason(plan(why), today=TODAY) == chinese
    with override("en"):
        assert service_reason(plan(why), today=TODAY) == english


def test_the_customer_page_says_when_and_why(client, li, pudong):
    today = pudong.day_of(timezone.now())
    car = make_vehicle(make_customer(pudong))
    make_delivery(car, today - dt.timedelta(days=200))
    make_order(car, today - dt.timedelta(days=20), kind="首保", odometer_km=7_200)
    work_out(pudong, now=timezone.now())
    client.force_login(li)
    page = client.get(reverse("customers:detail", args=[car.owner_id])).content.decode()
    assert "预计下次保养" in page and "平均每天40公里" in page


def test_a_car_is_marked_gone_and_brought_back(client, li, pudong):
    car = make_vehicle(make_customer(pudong))
    client.force_login(li)
    url = reverse("customers:vehicle_gone", args=[car.pk])
    assert client.post(url, {"gone_why": "sold", "gone_on": "2999-01-01"}).status_code == 200
    assert client.post(url, {"gone_why": "sold", "gone_on": "2026-01-05"}).status_code == 302
    car.refresh_from_db()
    assert (car.gone_on, car.gone_why) == (dt.date(2026, 1, 5), "sold")
    page = client.get(reverse("customers:detail", args=[car.owner_id])).content.decode()
    assert "自2026-01-05起已不在" in page and reverse("customers:vehicle_gone", args=[car.pk]) not in page
    client.post(reverse("customers:vehicle_back", args=[car.pk]))
    car.refresh_from_db()
    assert car.gone_on is None


# --- intervals ------------------------------------------------------------------------------------------------------
NUMBERS = {"first_months": 3, "first_km": 5_000, "months": 12, "km": 10_000, "warranty_months": 36, "warranty_km": 0}


@pytest.mark.django_db(transaction=True)
def test_a_new_interval_has_its_cars_worked_out_anew(client, zhou, pudong):
    today = pudong.day_of(timezone.now())
    mine, other = (make_vehicle(make_customer(pudong), series=series) for series in ("福克斯", "锐界"))
    for car in (mine, other):
        make_delivery(car, today)
    work_out(pudong, now=timezone.now())
    before = CarePlan.objects.get(vehicle=other).first_service_on
    assert CarePlan.objects.get(vehicle=mine).first_service_on == before
    client.force_login(zhou)
    form = client.get(reverse("customers:interval_new"))
    choices = dict(form.context["form"].fields["of"].choices)
    key = next(key for key, name in choices.items() if name == "福克斯")
    assert client.post(reverse("customers:interval_new"), NUMBERS | {"of": key}).status_code == 302
    row = CareInterval.objects.get(series="福克斯")
    assert CarePlan.objects.get(vehicle=mine).first_service_on < before
    assert CarePlan.objects.get(vehicle=other).first_service_on == before
    client.post(reverse("customers:interval_remove", args=[row.pk]))
    assert CarePlan.objects.get(vehicle=mine).first_service_on == before


def test_an_interval_without_months_and_kilometres_is_refused(client, zhou, pudong):
    client.force_login(zhou)
    row = CareInterval.objects.get(store=pudong, series="")
    answer = client.post(reverse("customers:interval_edit", args=[row.pk]), NUMBERS | {"months": 0, "km": 0})
    assert answer.status_code == 200 and "月数和公里数至少填一个。" in answer.content.decode()
    assert client.post(reverse("customers:interval_remove", args=[row.pk])).status_code == 404


def test_the_lists_ask_the_same_whatever_the_rows(client, zhou, pudong):
    client.force_login(zhou)
    urls = (
        reverse("customers:intervals"),
        reverse("customers:predictions"),
        reverse("customers:prediction_rows") + "?part=came",
    )

    def add(number):
        predicted(pudong, 3, model=f"M{number}")
        CareInterval.objects.create(store=pudong, series=f"S{number}", **NUMBERS)

    def count():
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
        return counts

    add(1)
    count()
    once = count()
    add(2)
    add(3)
    assert count() == once


# --- how right the predictions are ----------------------------------------------------------------------------------
def predicted(store, error, *, model="A", came=True, days_ago=40):
    today = store.day_of(timezone.now())
    day = today - dt.timedelta(days=days_ago)
    return Prediction.objects.create(
        store=store, vehicle=make_vehicle(make_customer(store)), round="1", series="福克斯", model=model, pace="own", made_on=day,
        predicted_on=day, earliest_on=day - dt.timedelta(days=20), latest_on=day + dt.timedelta(days=20),
        came_on=day + dt.timedelta(days=error) if came else None, error_days=error if came else None,
    )  # fmt: skip


def test_each_number_is_what_its_formula_says_and_opens_its_rows(client, zhou, pudong, xuhui):
    errors = [-30, -10, -5, 0, 0, 1, 5, 15, 20, 34]
    for error in errors:
        predicted(pudong, error)
    predicted(pudong, 0, model="B")
    predicted(pudong, 0, came=False, days_ago=100)
    predicted(pudong, 0, came=False, days_ago=30)
    predicted(xuhui, 9)
    whole, a, b = accuracy(pudong, today=pudong.day_of(timezone.now()))
    assert (whole.came, whole.waiting, a.came, a.waiting, b.came) == (11, 1, 10, 1, 1)
    assert (a.mean, a.median, a.near, a.in_range) == (3.0, 7.5, 60.0, 80.0)
    assert (b.mean, b.median, b.near) == (None, None, None)
    client.force_login(zhou)
    page = client.get(reverse("customers:predictions")).content.decode()
    assert "不足10台，样本太少" in page and "误差＝实际保养日－预测日" in page
    for part, number in (("came", 10), ("near", 6), ("range", 8), ("waiting", 1)):
        rows = client.get(reverse("customers:prediction_rows"), {"part": part, "series": "福克斯", "model": "A"})
        assert len(rows.context["page"].rows) == number, part
    assert client.get(reverse("customers:prediction_rows"), {"part": "nonsense"}).status_code == 404


def test_no_prediction_yet(client, zhou):
    client.force_login(zhou)
    assert "还没有可以对照的预测。" in client.get(reverse("customers:predictions")).content.decode()
    assert Vehicle.objects.count() == 0
