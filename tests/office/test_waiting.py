"""What waits for a manager: on her first page, with an address that opens what was counted; told to nobody else."""

import datetime as dt

import pytest
from django.urls import reverse

from complaints.models import Complaint
from dms.models import Batch
from office.waiting import waiting_for
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_conflict, make_customer
from tests.factories.quality import make_check

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(pudong, xuhui, li, zhao, now):
    for store, person in ((pudong, li), (xuhui, zhao)):
        customer = make_customer(store, address="老地址")
        case = make_complaint(customer, by=person, now=now - dt.timedelta(days=9))
        Complaint.objects.filter(pk=case.pk).update(deadline_at=now - dt.timedelta(days=1))
        make_conflict(customer, "address", "老地址", "新地址")
        make_check(store, person, now=now)
        Batch.objects.create(store=store, sheet="owners", file_name="车主.xlsx", state="ready")


def test_each_line_opens_as_many_rows_as_it_says(login, work, zhou, now):
    lines = waiting_for(zhou, now)
    assert [line.count for line in lines] == ["1", "1", "1", "1"]  # the other store's are not hers
    assert lines[0].is_late and not any(line.is_late for line in lines[1:])
    client = login(zhou)
    assert all(client.get(line.url).status_code == 200 for line in lines)
    for line, name in zip(lines, ("complaints:list", "quality:checks", "dms:list", "customers:conflicts"), strict=True):
        assert line.url.startswith(reverse(name))


def test_who_decides_nothing_is_told_nothing(work, li, qian, now):
    assert waiting_for(li, now) == []
    assert {line.url for line in waiting_for(qian, now)} == {f"{reverse('dms:list')}?state=ready"}


def test_a_manager_lands_on_the_board_and_sees_it(login, work, zhou, li):
    home = login(zhou).get(reverse("accounts:home"))
    assert home["Location"] == reverse("followups:board")
    page = login(zhou).get(home["Location"])
    assert "等您处理" in page.content.decode()
    here = [entry["url"] for entry in page.context["navigation"] if entry["is_here"]]
    assert here == [reverse("followups:board")]  # and not the queue as well
    assert login(li).get(reverse("accounts:home"))["Location"] == reverse("followups:queue")
