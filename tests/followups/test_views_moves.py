"""The pages on which a manager moves cards."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from followups.forms.moves import people_of
from followups.models import CallCard, Draft, QueueMove
from followups.reading.moves import preview
from followups.services import steering
from followups.services.claims import take_card
from followups.services.planned import plan_promise
from tests.factories.customers import make_customer, make_order, make_vehicle
from tests.factories.followups import make_card, make_item
from tests.followups.desk import call

pytestmark = pytest.mark.django_db
NEW = reverse("followups:move_new")
DAY = dt.timedelta(days=1)
WHY = "请说明"


@pytest.fixture
def now(pudong):
    """The views read the clock."""
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def cards(pudong, today, now):
    return [make_card(pudong, today=today, now=now, name=f"客户{number}甲") for number in range(4)]


def asked(client, **fields):
    """What the page of choice sends, with the key it was given."""
    page = client.get(NEW)
    key = page.context["form"]["form_key"].value()
    return {"form_key": key, "deed": "assign", "note": "分一分", "promises": "on", **fields}


def test_nothing_moves_before_it_was_looked_at(login, zhou, li, cards):
    client = login(zhou)
    data = asked(client, people=[li.pk], whole="1")
    look = client.post(NEW, data)
    assert "调整预览" in look.content.decode() and not QueueMove.objects.exists()
    assert look.context["look"].customers == 4
    answer = client.post(NEW, {**data, "confirm": "1"})
    move = QueueMove.objects.get()
    assert answer["Location"] == reverse("followups:move", args=[move.pk])
    assert CallCard.objects.filter(assigned_to=li).count() == 4
    client.post(NEW, {**data, "confirm": "1"})  # a double click
    assert QueueMove.objects.count() == 1
    page = client.get(answer["Location"]).content.decode()
    assert "客户0甲" in page and "分一分" in page and "every 2s" not in page
    client.post(reverse("followups:move_undo", args=[move.pk]))
    assert CallCard.objects.filter(assigned_to=li).count() == 0
    assert "已撤销" in client.get(reverse("followups:moves")).content.decode()


def test_only_the_marked_ones(login, zhou, li, chen, cards, xuhui, today, now):
    theirs = make_card(xuhui, today=today, now=now)
    client = login(zhou)
    data = asked(client, people=[li.pk, chen.pk], card=[cards[0].pk, cards[3].pk, theirs.pk])
    assert client.post(NEW, data).context["look"].customers == 2
    client.post(NEW, {**data, "confirm": "1"})
    owners = [card.assigned_to_id for card in CallCard.objects.order_by("pk").filter(store=zhou.store)]
    assert owners == [li.pk, None, None, chen.pk] or owners == [chen.pk, None, None, li.pk]
    theirs.refresh_from_db()
    assert theirs.assigned_to is None


def test_faults_are_told_and_nothing_is_lost(login, zhou, li, qian, zhao, cards, today):
    client = login(zhou)
    for wrong, words in (
        ({"note": ""}, WHY),
        ({"people": []}, "请选择由谁来拨打"),
        ({"deed": ""}, "请选择如何调整"),
        ({"whole": ""}, "请勾选客户"),
        ({"deed": "put_aside", "aside_until": today.isoformat()}, "请选择更晚的日期"),
        ({"people": [zhao.pk]}, "alert-danger"),
        ({"reserved_until": "瞎写"}, "alert-danger"),
    ):
        data = asked(client, people=[li.pk], whole="1", confirm="1", reserved_until=(today + DAY).isoformat()) | wrong
        html = client.post(NEW, data).content.decode()
        assert "alert-danger" in html and words in html, wrong
        if "note" not in wrong:
            assert 'value="分一分"' in html
    assert not QueueMove.objects.exists()


def test_a_filter_that_cannot_be_read_moves_nothing(login, zhou, li, cards):
    client = login(zhou)
    data = asked(client, people=[li.pk], whole="1", confirm="1", start="昨天")
    page = client.post(NEW, data)
    assert page.status_code == 200 and not QueueMove.objects.exists()
    assert page.context["rows"] == []


def test_what_is_found_by_each_filter(login, zhou, li, chen, pudong, today, now):
    reserved = make_card(pudong, today=today, now=now, name="留给陈晨的")
    steering.assign_cards([reserved], to=chen, by=zhou, now=now, note="熟客")
    promised = make_card(pudong, today=today, now=now, name="李静承诺的")
    plan_promise(promised.customer, at=now + DAY, subject="约", by=li, now=now, pinned_to=li)
    make_card(pudong, today=today, now=now, name="逾期的", due_on=today - 2 * DAY)
    make_card(pudong, today=today, now=now, name="稍后的", callable_at=now + DAY, rule="delivery_3dc")
    owner = make_customer(pudong, name="翼虎车主")
    order = make_order(make_vehicle(owner, series="翼虎"), today - 3 * DAY, service_advisor="马超")
    make_item(owner, today=today, now=now, fact=order, vehicle=order.vehicle)
    Customer.objects.filter(pk=owner.pk).update(segment="A")
    client, everybody = login(zhou), {"留给陈晨的", "李静承诺的", "逾期的", "稍后的", "翼虎车主"}

    def found(**query):
        return {row.name for row in client.get(NEW, query).context["rows"]}

    assert found() == everybody
    assert found(overdue="on") == {"逾期的"}
    assert found(end=(today - DAY).isoformat()) == {"逾期的"}
    assert found(start=today.isoformat()) == everybody - {"逾期的"}
    assert found(moment="later") == {"稍后的"}
    assert found(rule="delivery_3dc") == {"稍后的"}
    assert found(whose=chen.pk) == {"留给陈晨的"}
    assert found(whose=li.pk) == {"李静承诺的"}
    assert found(whose="team") == {"逾期的", "稍后的", "翼虎车主"}
    assert found(series="翼虎") == {"翼虎车主"}
    assert found(segment="A") == {"翼虎车主"} and found(segment="B") == set()
    assert found(adviser="马超") == {"翼虎车主"}


def test_the_preview_says_what_becomes_of_the_queue(pudong, zhou, li, chen, cards, today, now):
    steering.assign_cards(cards[:1], to=chen, by=zhou, now=now, note="熟客")
    take_card(cards[1].pk, user=chen, now=now)
    two_days_ago = now - 2 * DAY
    for card in cards[2:]:
        call(card.customer, "no_answer", by=li, now=two_days_ago)
    CallCard.objects.update(callable_at=now - DAY)
    step = steering.step_of(_draft(pudong, now, people=(li,)))
    look = preview(CallCard.objects.open().filter(store=pudong), step, store=pudong, now=now)
    assert (look.customers, look.topics, look.held) == (4, 4, 1)
    assert (look.free_now, look.free_then) == (3, 1)  # the one being called stays whose it is
    assert {(share.name, share.now, share.then, share.days) for share in look.shares} == {
        ("李静", 0, 3, "1.5"),
        ("陈晨", 1, 0, None),
    }


def test_the_preview_warns_of_what_is_put_aside_too_long(pudong, zhou, cards, today, now):
    cards[0].customer.due_items.update(expires_on=today + DAY)
    step = steering.step_of(_draft(pudong, now, deed="put_aside", until=today + 3 * DAY))
    look = preview(CallCard.objects.open().filter(store=pudong), step, store=pudong, now=now)
    assert (look.late, look.lost, look.free_then) == (4, 1, 0)
    back = step.until.astimezone(pudong.zone).date()
    assert [(day, before, then) for day, before, then in look.days if before != then] == [(today, 4, 0), (back, 0, 4)]


def _draft(store, now, *, deed="assign", people=(), until=None):
    asked = {"deed": deed, "people": people, "until": until, "promises": True, "note": "看看"}
    return QueueMove(store=store, at=now, **steering.written(asked))


def test_a_large_move_is_made_by_a_worker_and_its_page_asks_again(login, zhou, li, cards, monkeypatch, settings):
    asked_for = []
    monkeypatch.setattr(steering, "AT_ONCE", 3)
    monkeypatch.setattr("followups.tasks.move_cards.delay_on_commit", asked_for.append)
    client = login(zhou)
    answer = client.post(NEW, asked(client, people=[li.pk], whole="1", confirm="1"))
    move = QueueMove.objects.get()
    assert (asked_for, move.state, move.moved) == ([move.pk], "waiting", 0)
    assert "every 2s" in client.get(answer["Location"]).content.decode()
    refused = client.post(reverse("followups:move_undo", args=[move.pk]), follow=True).content.decode()
    assert "还在进行中" in refused
    from followups.tasks import move_cards

    move_cards(move.pk)
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in part and "<html" not in part and "<b>4</b>" in part


def test_one_customer_is_given_to_a_person(login, zhou, li, zhao, cards):
    client, url = login(zhou), reverse("followups:assign", args=[cards[0].customer_id])
    for wrong in (
        {"person": li.pk},
        {"note": "x"},
        {"person": zhao.pk, "note": "x"},
    ):  # no reason, nobody, another store's
        assert "is-invalid" in client.post(url, wrong).content.decode(), wrong
    assert CallCard.objects.get(pk=cards[0].pk).assigned_to is None
    answer = client.post(url, {"person": li.pk, "note": "她认识"}, follow=True)
    assert "已调整" in answer.content.decode()
    assert CallCard.objects.get(pk=cards[0].pk).assigned_to == li
    assert "留给您" in login(li).get(reverse("followups:queue"), {"tab": "mine"}).content.decode()
    again = client.post(url, {"person": li.pk, "note": "她认识"}, follow=True)
    assert "未调整" in again.content.decode()


def test_a_customer_without_a_card_cannot_be_given(login, zhou, li, wang):
    url = reverse("followups:assign", args=[wang.pk])
    page = login(zhou).post(url, {"person": li.pk, "note": "x"})
    assert page.status_code == 200 and not QueueMove.objects.exists()


def test_taking_back_asks_for_a_reason(login, zhou, li, cards, now):
    take_card(cards[0].pk, user=li, now=now)
    client, url = login(zhou), reverse("followups:take_back", args=[cards[0].pk])
    assert "李静" in client.get(url).content.decode()
    assert client.post(url, {"note": " "}).status_code == 200
    assert CallCard.objects.get(pk=cards[0].pk).lease_by == li
    assert "可以重新领取" in client.post(url, {"note": "急"}, follow=True).content.decode()
    assert CallCard.objects.get(pk=cards[0].pk).lease_by is None
    assert "已无人占用" in client.post(url, {"note": "急"}, follow=True).content.decode()


def test_her_page_says_at_the_next_letter_that_the_card_was_taken_back(login, zhou, li, cards, now):
    card = take_card(cards[0].pk, user=li, now=now)
    desk, url = login(li), reverse("followups:draft", args=[card.pk])
    typed = {"token": str(card.lease_token), "note": "客户说"}
    assert "草稿" in desk.post(url, typed).content.decode()
    steering.take_back(card, by=zhou, now=now, note="急事")
    told = desk.post(url, {**typed, "note": "客户说下周"}).content.decode()
    assert "周敏" in told and "急事" in told and 'role="alert"' in told
    assert Draft.objects.get(card=card, user=li).data["note"] == ["客户说下周"]
    # Who has taken the card again, and saved it, is told nothing by a late request of the old page, and gets no draft back.
    call(card.customer, "no_answer", by=li, now=now + dt.timedelta(minutes=1))
    assert "周敏" not in desk.post(url, typed).content.decode()
    assert not Draft.objects.filter(card=card).exists()


def test_a_specialist_moves_nothing(login, li, cards):
    client = login(li)
    for name, args in (("board", []), ("moves", []), ("move_new", []), ("assign", [cards[0].customer_id])):
        assert client.get(reverse(f"followups:{name}", args=args)).status_code == 403
    assert 'href="/calls/board/"' not in client.get(reverse("followups:queue")).content.decode()


def test_who_may_be_given_cards(pudong, li, chen, zhou, qian, zhao):
    chen.is_active = False
    chen.save()
    assert set(people_of(pudong)) == {li, zhou}


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_the_same_whatever_the_rows(
    login, zhou, li, pudong, today, now, count, django_assert_max_num_queries
):
    for _number in range(count):
        steering.assign_cards([make_card(pudong, today=today, now=now)], to=li, by=zhou, now=now, note="一")
    client = login(zhou)
    client.get(NEW)
    for url in (NEW, reverse("followups:moves"), reverse("followups:move", args=[QueueMove.objects.first().pk])):
        with django_assert_max_num_queries(11):
            client.get(url)


def test_the_button_promises_only_what_will_move(login, zhou, li, chen, cards, now):
    take_card(cards[0].pk, user=chen, now=now)
    client = login(zhou)
    look = client.post(NEW, asked(client, people=[li.pk], whole="1"))
    assert "调整 3 位客户" in look.content.decode() and "调整 4 位客户" not in look.content.decode()
