"""The bell in the tab, urgent notices, and what happened while somebody was away."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from followups.services.planned import plan_promise
from office.models import Notice
from tests.conftest import PASSWORD
from tests.factories.customers import make_customer
from tests.factories.office import notice_to

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
ELSEWHERE = "/me/"


def come(person, *, away):
    """Log in by the form; `away`: the time since the last click."""
    User.objects.filter(pk=person.pk).update(seen_at=timezone.now() - away)
    client = Client()
    client.post(reverse("accounts:login"), {"username": person.username, "password": PASSWORD})
    return client


class TestBadge:
    def test_it_tells_the_number_and_whether_one_is_urgent(self, zhou, li, login):
        client = login(zhou)
        assert client.get(reverse("office:badge")).json() == {"count": 0, "text": "0", "urgent": False}
        notice_to(li)
        notice_to(zhou, severity="urgent")
        assert login(zhou).get(reverse("office:badge")).json() == {"count": 1, "text": "1", "urgent": True}
        assert "data-urgent" in login(zhou).get(ELSEWHERE).text and "data-urgent>" not in login(li).get(ELSEWHERE).text

    def test_asking_is_no_click_and_costs_three_queries_at_most(self, zhou, login, django_assert_max_num_queries):
        client = login(zhou)
        User.objects.filter(pk=zhou.pk).update(seen_at=None)
        with django_assert_max_num_queries(3):
            client.get(reverse("office:badge"))
        assert "seen" not in client.session
        assert User.objects.get(pk=zhou.pk).seen_at is None


class TestUrgent:
    def test_it_stays_until_it_is_handled(self, zhou, login):
        urgent, other = notice_to(zhou, severity="urgent"), notice_to(zhou)
        client = login(zhou)
        client.post(reverse("office:open", args=[urgent.pk]))
        client.post(reverse("office:read_all"))
        assert list(Notice.objects.unread()) == [urgent] and other.pk
        assert "已处理" in client.get(reverse("office:notices")).text
        client.post(reverse("office:read", args=[urgent.pk]))
        assert not Notice.objects.unread().exists()


class TestAway:
    def test_the_first_page_brings_it_once(self, li):
        notice_to(li)
        client = come(li, away=3 * HOUR)
        address = reverse("office:away")
        assert address in client.get(ELSEWHERE).text
        assert "31" in client.get(address).text
        assert address not in client.get(ELSEWHERE).text
        assert client.get(address).context["page"] is None

    def test_a_short_gap_is_no_absence_and_a_first_login_neither(self, li, zhou):
        assert reverse("office:away") not in come(li, away=10 * dt.timedelta(minutes=1)).get(ELSEWHERE).text
        client = Client()
        client.post(reverse("accounts:login"), {"username": "zhou", "password": PASSWORD})
        assert reverse("office:away") not in client.get(ELSEWHERE).text

    def test_only_what_came_since_and_is_not_over_grouped_by_matter(self, li, zhou):
        moment = timezone.now()
        old = notice_to(li, params={"days": 99})
        Notice.objects.filter(pk=old.pk).update(created_at=moment - 9 * HOUR)
        for days in (40, 41, 42):
            notice_to(li, params={"days": days})
        notice_to(li, code="calendar_missing", params={"year": 2031, "runs": True}, severity="urgent")
        notice_to(li, code="expired_waiting", params={"count": 5}, resolved_at=moment, is_unread=False)
        notice_to(zhou, code="expired_waiting", params={"count": 6})
        client = come(li, away=3 * HOUR)
        page = client.get(reverse("office:away")).context["page"]
        assert [(group.newest.code, group.count) for group in page.groups] == [
            ("calendar_missing", 1),
            ("import_silence", 3),
        ]
        assert page.groups[1].newest.params == {"days": 42}

    def test_own_promises_that_came_due_stand_on_top(self, li, chen, pudong):
        moment = timezone.now()
        for person, name, ago in ((li, "刘女士", 1), (chen, "别人的", 1), (li, "更早的", 5)):
            at = moment - ago * HOUR
            customer = make_customer(pudong, name=name)
            plan_promise(customer, at=at, subject="x", by=person, now=at - 9 * HOUR, pinned_to=person)
        answer = come(li, away=3 * HOUR).get(reverse("office:away"))
        (line,) = answer.context["page"].lines
        assert "刘女士" in line[0] and line[1].endswith("?tab=mine")
        assert "别人的" not in answer.text and "更早的" not in answer.text

    def test_as_many_queries_for_three_as_for_one(self, li, pudong, django_assert_num_queries):
        notice_to(li)
        client = come(li, away=3 * HOUR)
        client.get(ELSEWHERE)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            client.get(reverse("office:away"))
        number = len(one)
        notice_to(li), notice_to(li)
        client = come(li, away=3 * HOUR)
        client.get(ELSEWHERE)
        with django_assert_num_queries(number):
            client.get(reverse("office:away"))

    def test_a_click_is_stamped_at_most_every_five_minutes(self, li, login):
        login(li).get(ELSEWHERE)
        first = User.objects.get(pk=li.pk).seen_at
        assert first is not None
        login(li).get(ELSEWHERE)
        assert User.objects.get(pk=li.pk).seen_at == first
