"""The notices page and the bell on every page."""

import time

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from office import counting
from office.models import Notice
from tests.browser import DESKTOP, PHONE, overflow, serious_findings
from tests.factories.dms import done_batch
from tests.factories.office import notice_to

pytestmark = pytest.mark.django_db
PAGE = reverse("office:notices")
ELSEWHERE = reverse("accounts:settings")


def page(client, **query):
    return client.get(PAGE, query).content.decode()


def test_the_empty_page_says_what_will_stand_there(login, li):
    assert "还没有通知" in page(login(li))
    assert "没有未读通知" in page(login(li), show="unread")
    assert "badge-count" not in page(login(li))


def test_everybody_reads_only_their_own(login, zhou, qian):
    notice_to(zhou, params={"days": 3113})
    notice_to(qian, params={"days": 7007})
    text = page(login(zhou))
    assert "3113" in text
    assert "7007" not in text


def test_what_is_unread_comes_first(login, zhou):
    for days, unread in ((1001, True), (1002, False), (1003, True), (1004, False)):
        notice_to(zhou, params={"days": days}, is_unread=unread)
    text = page(login(zhou))
    assert sorted((1001, 1002, 1003, 1004), key=lambda days: text.index(str(days))) == [1003, 1001, 1004, 1002]
    assert "1004" not in page(login(zhou), show="unread")


def test_pages_follow_one_another_without_gap(login, zhou):
    for number in range(35):
        notice_to(zhou, params={"days": 1000 + number}, is_unread=number % 2 == 0)
    first = login(zhou).get(PAGE).context["page"]
    second = login(zhou).get(PAGE, {"after": first.next}).context["page"]
    shown = [notice.params["days"] for notice in [*first.rows, *second.rows]]
    assert len(shown) == len(set(shown)) == 35
    assert second.next == ""


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(count, login, zhou, django_assert_num_queries):
    for _ in range(count):
        notice_to(zhou)
    client = login(zhou)
    page(client)
    with django_assert_num_queries(6):  # session, person, two of permissions, the list, the bell
        page(client)


def test_opening_a_notice_reads_it_and_leads_there(login, zhou):
    notice = notice_to(zhou, url_name="dms:list")
    answer = login(zhou).post(reverse("office:open", args=[notice.pk]))
    assert answer["Location"] == reverse("dms:list")
    assert Notice.objects.get().read_at is not None


def test_reading_one_and_reading_all(login, zhou):
    first = notice_to(zhou)
    notice_to(zhou)
    login(zhou).post(reverse("office:read", args=[first.pk]))
    assert Notice.objects.unread().count() == 1
    login(zhou).post(reverse("office:read_all"))
    assert Notice.objects.unread().count() == 0


def test_anothers_notice_is_not_there(login, zhou, qian):
    notice = notice_to(qian)
    assert login(zhou).post(reverse("office:open", args=[notice.pk])).status_code == 404
    assert login(zhou).post(reverse("office:read", args=[notice.pk])).status_code == 404
    assert Notice.objects.unread().count() == 1


@pytest.mark.parametrize(("count", "shown"), [(1, "1"), (99, "99"), (120, "99+")])
def test_the_bell_counts_up_to_99(count, shown, login, zhou):
    for _ in range(count):
        notice_to(zhou)
    assert f'badge-count">{shown}<' in login(zhou).get(reverse("dms:list")).content.decode()


def notice_queries(client, url, **headers):
    with CaptureQueriesContext(connection) as queries:
        client.get(url, headers=headers)
    return sum("office_notice" in query["sql"] for query in queries)


def test_the_bell_asks_once_in_a_while_and_a_fragment_never(login, zhou, pudong):
    notice_to(zhou)
    fragment = reverse("dms:errors", args=[done_batch(pudong).pk])
    client = login(zhou)
    assert notice_queries(client, fragment, **{"hx-request": "true"}) == 0
    assert [notice_queries(client, ELSEWHERE) for _ in range(3)] == [1, 0, 0]


def test_a_fresh_notice_rings_when_the_count_has_aged(login, zhou, monkeypatch):
    monkeypatch.setattr(counting, "FRESH_SECONDS", 0.2)
    client = login(zhou)
    client.get(ELSEWHERE)
    notice_to(zhou)
    assert "badge-count" not in client.get(ELSEWHERE).content.decode()
    time.sleep(0.25)
    assert 'badge-count">1<' in client.get(ELSEWHERE).content.decode()


@pytest.mark.parametrize("name", ["read", "open", "read_all"])
def test_what_is_read_is_off_the_bell_at_once_in_every_web_process(name, login, zhou):
    notice = notice_to(zhou)
    client = login(zhou)
    assert 'badge-count">1<' in client.get(ELSEWHERE).content.decode()
    other_process = dict(caches["default"]._cache)
    client.post(reverse(f"office:{name}", args=[] if name == "read_all" else [notice.pk]))
    caches["default"]._cache.update(other_process)  # which never heard of the deed
    assert "badge-count" not in client.get(ELSEWHERE).content.decode()


def test_the_page_of_notices_counts_what_it_lists(login, zhou):
    client = login(zhou)
    client.get(ELSEWHERE)
    notice_to(zhou)
    assert 'badge-count">1<' in page(client)


def test_strangers_see_no_bell(client):
    assert "bell" not in client.get(reverse("accounts:login")).content.decode()


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_bell_is_seen_and_reached_by_keyboard(page_as, zhou, size):
    notice_to(zhou, url_name="dms:list")
    screen = page_as(zhou, reverse("dms:list"), size=size)
    badge = screen.locator(".badge-count:visible")
    assert badge.first.inner_text().startswith("1")
    if size == PHONE:
        screen.locator(".rail summary").press("Enter")
    screen.locator(".bell:visible").press("Enter")
    screen.get_by_role("heading", name="通知").wait_for()
    assert serious_findings(screen) == []
    assert overflow(screen) == 0
    screen.get_by_role("button", name="去看看").press("Enter")
    screen.wait_for_url("**" + reverse("dms:list"))
    assert screen.locator(".badge-count").count() == 0
