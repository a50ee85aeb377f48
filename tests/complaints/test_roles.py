"""Who sees which cases, and what each role may do with them."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.services import create_account
from complaints import services
from complaints.models import Complaint
from complaints.services.intake import Stranger, take_in
from customers.models import Customer
from tests.complaints.people import hire
from tests.conftest import PASSWORD
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer
from tests.factories.office import upload


@pytest.fixture
def gao(pudong):
    return hire(pudong, "gao")[0]


@pytest.fixture
def he(pudong):
    return hire(pudong, "he")[0]


@pytest.fixture
def cases(wang, li):
    """One of each department."""
    now = timezone.now()
    return {each: make_complaint(wang, by=li, now=now, department=each) for each in ("service", "sales", "parts")}


def post(client, name, case, **data):
    return client.post(reverse(f"complaints:{name}", args=[case.pk]), data)


def test_a_handler_sees_his_department_and_what_is_his_and_no_customer(login, gao, li, cases, wang):
    services.assign(cases["parts"], li, department="parts", by=li, now=timezone.now())
    client = login(gao)
    assert set(Complaint.objects.visible_to(gao)) == {cases["service"]}
    assert client.get(reverse("complaints:detail", args=[cases["sales"].pk])).status_code == 404
    assert post(client, "note", cases["sales"], text="偷看").status_code == 404
    page = client.get(reverse("complaints:detail", args=[cases["service"].pk]))
    assert "13812345678" not in page.text
    for name, args in (("customers:list", []), ("customers:detail", [wang.pk]), ("followups:queue", [])):
        assert client.get(reverse(name, args=args)).status_code == 403
    assert client.get(reverse("accounts:home"), follow=True).status_code == 200
    assert client.get(reverse("complaints:mine")).status_code == 200


def test_a_handler_solves_but_does_not_confirm_reopen_or_close_his_own_work(login, gao, li, cases):
    case, client = cases["service"], login(gao)
    assert post(client, "take_over", case).status_code == 302
    told = {"text": "已返工，见照片。", "kind": "customer", "uploads": upload("车.png")}
    assert post(client, "note", case, **told).status_code == 302
    assert post(client, "solve", case, resolution="返工正常").status_code == 302
    for name, data in (
        ("asked", {"note": "好"}),
        ("reopen", {"reason": "又"}),
        ("close", {"unasked": "x"}),
        ("force", {"reason": "x"}),
        ("reject", {"reason": "x"}),
        ("assign", {}),
        ("extend", {}),
    ):
        assert post(client, name, case, **data).status_code == 403, name
    case.refresh_from_db()
    assert (case.state, case.handler) == ("solved", gao)
    assert case.files.get().note.text == "已返工，见照片。"
    assert "高建国" in li.notices.get(code="complaint_reply").text


def test_a_head_assigns_within_the_department_only(login, he, gao, li, cases, pudong):
    (xu,) = hire(pudong, "xu")
    case, client = cases["service"], login(he)
    assert post(client, "assign", case, to=xu.pk, department="sales").status_code == 422
    assert post(client, "assign", case, to=li.pk, department="service").status_code == 422
    assert post(client, "assign", case, to=gao.pk, department="service", note="今天看").status_code == 302
    case.refresh_from_db()
    assert (case.handler, case.state) == (gao, "handling")
    assert "何志远" in gao.notices.get(code="complaint_assigned").text
    with pytest.raises(ValidationError):
        services.assign(case, xu, department="service", by=he, now=timezone.now())


def test_who_gives_a_case_to_another_department_sees_it_no_more(login, gao, li, cases, pudong):
    (xu,) = hire(pudong, "xu")
    assert post(login(li), "assign", cases["service"], to=xu.pk, department="sales").status_code == 302
    assert login(gao).get(reverse("complaints:detail", args=[cases["service"].pk])).status_code == 404


@pytest.mark.parametrize(("who", "page"), [("gao", "mine"), ("he", "department"), ("wan", "glance")])
def test_each_has_a_page_of_the_own_that_costs_the_same_whatever_it_shows(
    login, pudong, wang, li, who, page, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    (person,) = hire(pudong, who)
    client, address = login(person), reverse(f"complaints:{page}")
    make_complaint(wang, by=li, now=timezone.now(), emergency="fire", severity="major")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    for name in ("陈志远", "刘洋"):
        make_complaint(make_customer(pudong, name=name), by=li, now=timezone.now(), emergency="fire", severity="major")
    with django_assert_num_queries(len(one)):
        text = client.get(address).text
    assert "陈志远" in text and "王雅丽" in text


def test_a_department_head_needs_a_department(pudong):
    told = {"full_name": "某", "role": "department_head", "store": pudong, "password": PASSWORD}
    with pytest.raises(ValidationError) as refused:
        create_account(username="x", **told)
    assert set(refused.value.message_dict) == {"department"}


# --- Intake ---------------------------------------------------------------------------------------------------------
INTAKE = {
    "summary": "看车时没人接待",
    "cause": "attitude",
    "severity": "normal",
    "department": "sales",
    "origin": "social",
}


def test_a_stranger_becomes_a_prospect_and_somebody_known_stays_who_she_is(login, li, pudong, wang):
    client, address = login(li), reverse("complaints:stranger")
    assert (
        client.post(address, {**INTAKE, "name": "岳先生", "number": "137 6452 0981", "wish": "道歉"}).status_code == 302
    )
    case = Complaint.objects.get()
    assert (case.customer.name, case.customer.stage, case.wish, case.origin) == ("岳先生", "prospect", "道歉", "social")
    assert case.customer.phones.get().number == "13764520981"
    assert client.post(address, {**INTAKE, "name": "王雅丽", "number": "13812345678"}).status_code == 302
    assert Complaint.objects.order_by("-id")[0].customer == wang
    refused = client.post(address, {**INTAKE, "name": "岳先生", "number": "12"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"number"})
    assert Customer.objects.count() == 2


def test_a_double_click_takes_a_complaint_down_once(li, pudong, now):
    told = {**INTAKE, "stranger": Stranger("岳先生", "13764520981"), "by": li, "now": now}
    first = take_in(pudong, **told)
    assert take_in(pudong, **told) == first
    assert (Complaint.objects.count(), Customer.objects.count()) == (1, 1)


def test_a_note_clicked_twice_stands_there_once(wang, li, chen, now):
    case = make_complaint(wang, by=li, now=now)
    first = services.add_note(case, "已致电。", by=li, now=now)
    assert services.add_note(case, "已致电。", by=li, now=now) == first
    services.add_note(case, "已致电。", by=chen, now=now)
    assert case.notes.count() == 2
