"""After a change of days off, bands or desk numbers a job moves what waits; the page that saved it says so and does not wait."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.days import enter_days, remove_day
from accounts.models import CalendarDay
from followups.models import CallCard, CallMove, DeskDial, DueItem
from followups.services.cards import check_cards
from followups.services.dials import change_desk_dial
from followups.services.moments import reschedule
from followups.services.moving import ask_move, find_unmoved, move_calls
from followups.services.planned import plan_promise
from followups.tasks import sweep_moves
from tests.conftest import at
from tests.factories.customers import make_customer
from tests.factories.followups import make_item

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LATER = {"m": ["10:00", "12:00"], "a": ["15:00", "18:00"], "e": ["18:00", "20:00"]}


@pytest.fixture
def soon(pudong):
    """Tomorrow by the real clock: the worker has no other."""
    return pudong.day_of(timezone.now()) + DAY


@pytest.fixture
def waiting(pudong, wang, soon):
    """(untried, tried): two topics that wait for tomorrow, 9:00 and 14:00."""
    today, now = soon - DAY, timezone.now()
    untried = make_item(wang, today=today, now=now, opens_on=soon, due_on=soon, callable_at=at(pudong, soon, 9))
    other = make_customer(pudong, name="李伟")
    return untried, make_item(
        other, "delivery_3dc", today=today, now=now, attempts=1, bands_failed="m", callable_at=at(pudong, soon, 14)
    )


def places(*items):
    return [DueItem.objects.values_list("callable_at", flat=True).get(pk=item.pk) for item in items]


def test_a_holiday_is_saved_at_once_and_its_calls_follow_in_the_background(
    pudong, zhou, soon, waiting, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as bells:
        enter_days([(soon, False, "店庆")], store=pudong, by=zhou, now=timezone.now())
    assert places(*waiting) == [at(pudong, soon, 9), at(pudong, soon, 14)]
    assert CallMove.objects.get().done_at is None and len(bells) == 1
    bells[0]()
    assert places(*waiting) == [at(pudong, soon + DAY, 9), at(pudong, soon + DAY, 14)]
    row = CallMove.objects.get()
    assert row.done_at is not None and row.moved == 2 and row.heartbeat_at is None
    assert check_cards(pudong) == []
    with django_capture_on_commit_callbacks(execute=True):
        remove_day(CalendarDay.objects.get(), by=zhou, now=timezone.now())
    assert places(*waiting) == [at(pudong, soon, 9), at(pudong, soon + DAY, 14)]


def test_new_bands_move_waiting_calls_too_but_no_promise_and_no_deadline(
    pudong, zhou, li, wang, soon, waiting, django_capture_on_commit_callbacks
):
    promise = plan_promise(wang, at=at(pudong, soon, 9, 30), subject="回电", by=li, now=timezone.now())
    before = list(DueItem.objects.order_by("pk").values_list("opens_on", "due_on", "expires_on", "due_at"))
    agreed = DueItem.objects.get(rule="promise", fact_id=promise.pk)
    with django_capture_on_commit_callbacks(execute=True):
        change_desk_dial(DeskDial.objects.get(store=pudong), {"bands": LATER}, by=zhou, now=timezone.now())
    assert places(*waiting, agreed) == [at(pudong, soon, 10), at(pudong, soon, 15), agreed.callable_at]
    assert list(DueItem.objects.order_by("pk").values_list("opens_on", "due_on", "expires_on", "due_at")) == before
    assert check_cards(pudong) == []


def test_numbers_of_the_desk_work_out_the_cards_anew_in_the_job(
    pudong, zhou, soon, waiting, django_capture_on_commit_callbacks
):
    CallCard.objects.update(rank=7)
    with django_capture_on_commit_callbacks() as bells:
        change_desk_dial(DeskDial.objects.get(store=pudong), {"budget_days": 9}, by=zhou, now=timezone.now())
    assert set(CallCard.objects.values_list("rank", flat=True)) == {7}
    bells[0]()
    assert 7 not in CallCard.objects.values_list("rank", flat=True)
    assert not CallMove.objects.get().with_cards
    assert check_cards(pudong) == []


def test_a_change_while_calls_are_being_moved_is_followed_too(pudong, zhou, soon, waiting, settings, monkeypatch):
    from followups.services import moving

    def change_again(store, *, now, tick):
        moved = reschedule(store, now=now, tick=tick)
        if not CalendarDay.objects.exists():
            enter_days([(soon, False, "")], store=store, by=zhou, now=now)
        return moved

    monkeypatch.setattr(moving, "import_string", lambda name: change_again if name == moving.RESCHEDULE else _Silent)
    ask_move(pudong, now=timezone.now())
    assert move_calls(pudong, now=timezone.now()) == 2
    assert places(waiting[0]) == [at(pudong, soon + DAY, 9)]
    assert CallMove.objects.get().done_at is not None


class _Silent:
    @staticmethod
    def delay_on_commit(store_id):
        """A bell that nobody hears."""


def test_two_workers_do_not_move_the_same_calls_and_a_dead_one_is_followed(pudong, soon, waiting):
    assert move_calls(pudong, now=timezone.now()) is None  # nobody asked
    ask_move(pudong, now=timezone.now() - dt.timedelta(minutes=5))
    CalendarDay.objects.create(day=soon, is_work=False, source="typed")
    CallMove.objects.update(heartbeat_at=timezone.now())
    assert move_calls(pudong, now=timezone.now()) is None and find_unmoved() == []
    CallMove.objects.update(heartbeat_at=timezone.now() - dt.timedelta(minutes=2))
    assert find_unmoved() == [pudong.pk]
    sweep_moves()
    assert places(waiting[0]) == [at(pudong, soon + DAY, 9)]
    assert find_unmoved() == [] and move_calls(pudong, now=timezone.now()) is None


def test_what_fails_is_free_to_be_tried_again(pudong, waiting, monkeypatch):
    from followups.services import moments

    ask_move(pudong, now=timezone.now())
    monkeypatch.setattr(moments, "reschedule", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        move_calls(pudong, now=timezone.now())
    monkeypatch.undo()
    assert move_calls(pudong, now=timezone.now()) == 0


def test_the_line_says_that_calls_are_moved_and_when_it_is_done(login, zhou, qian, xuhui, pudong, soon, waiting):
    url, client = reverse("followups:moving"), login(zhou)
    assert "notice" not in client.get(url).content.decode()
    ask_move(xuhui, now=timezone.now())
    assert "hx-get" not in client.get(url).content.decode()  # that is another store's
    assert "hx-get" in login(qian).get(url).content.decode()
    ask_move(pudong, now=timezone.now())
    page = client.get(url).content.decode()
    assert "正在" in page and 'hx-trigger="every 2s"' in page
    CalendarDay.objects.create(day=soon, is_work=False, source="typed")
    move_calls(pudong, now=timezone.now())
    page = client.get(url).content.decode()
    assert "2" in page and "hx-get" not in page
    assert url in client.get(reverse("accounts:calendar")).content.decode()
    CallMove.objects.filter(store=pudong).update(done_at=None, asked_at=timezone.now() - dt.timedelta(minutes=9))
    assert "warning" in client.get(url).content.decode()


def test_topics_of_many_days_move_lot_by_lot_and_not_one_by_one(pudong, soon, django_assert_max_num_queries):
    now = timezone.now()
    people = [make_customer(pudong, name=f"客户{number}") for number in range(40)]
    for number, customer in enumerate(people):
        day = soon + (number % 4) * DAY
        make_item(customer, today=soon, now=now, opens_on=day, due_on=day, callable_at=at(pudong, day, 9))
    CalendarDay.objects.bulk_create(
        CalendarDay(day=soon + number * DAY, is_work=False, source="typed") for number in range(4)
    )
    with django_assert_max_num_queries(30):
        assert reschedule(pudong, now=now) == 40
    assert reschedule(pudong, now=now) == 0
    assert check_cards(pudong) == []
