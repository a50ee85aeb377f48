"""Situations through the page: filled in, saved, refused, clicked twice."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Vehicle
from followups.models import Call, Draft, DueItem
from followups.reading.topics import prefix_of
from followups.services.claims import take_card
from office.models import Notice
from tests.factories.customers import make_phone, make_vehicle
from tests.factories.followups import make_card, make_item

HTMX = {"HX-Request": "true"}


@pytest.fixture
def now(pudong):
    """The views read the clock."""
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def card(pudong, li, today, now):
    card = make_card(pudong, today=today, now=now, name="王雅丽", number="13812345678")
    return take_card(card.pk, user=li, now=now)


@pytest.fixture
def item(card):
    return card.customer.due_items.get()


@pytest.fixture
def post(login, li, card):
    client = login(li)

    def _post(what, **fields):
        phone = card.customer.phones.order_by("-is_primary", "id").first()
        data = {"token": str(card.lease_token), "phone": phone.pk, "note": "说到一半", "situation-what": what, **fields}
        return client.post(reverse("followups:situation", args=[card.pk]), data, headers=HTMX)

    return _post


def last():
    return Call.objects.latest("id")


@pytest.mark.parametrize(("what", "code"), [("sold", "car_sold"), ("scrapped", "car_scrapped"), ("moved", "car_moved")])
def test_the_only_car_goes_without_saying(post, item, what, code):
    post(what)
    assert last().outcome.code == code
    assert DueItem.objects.get(pk=item.pk).state == "obsolete"
    assert Vehicle.objects.get().gone_why == what


def test_of_several_cars_one_is_chosen_and_the_rest_of_the_call_goes_on(post, card, item, today, now):
    other = make_vehicle(card.customer, plate="沪B12345")
    make_item(card.customer, "delivery_7dc", vehicle=other, today=today, now=now)
    assert "请选择车辆" in post("sold").content.decode()
    html = post("sold", **{"situation-cars": other.pk}).content.decode()
    assert not Call.objects.exists()
    assert f'name="mark" value="{other.pk}:gone:sold" checked' in html
    assert html.count("data-settled") == 1
    assert 'value="说到一半"' in html


def test_what_was_said_of_a_car_is_saved_with_the_call(login, li, card, item, today, now):
    other = make_vehicle(card.customer, plate="沪B12345")
    topic = make_item(card.customer, "delivery_7dc", vehicle=other, today=today, now=now)
    data = {
        "token": str(card.lease_token), "phone": card.customer.phones.get().pk, "level": "reached", "answered_by": "owner",
        "outcome": "not_available", "mark": f"{other.pk}:gone:moved",
    }  # fmt: skip
    login(li).post(reverse("followups:save", args=[card.pk]), data)
    other.refresh_from_db()
    assert other.gone_why == "moved"
    states = {each.pk: each.state for each in DueItem.objects.all()}
    assert (states[topic.pk], states[item.pk]) == ("obsolete", "open")


def test_a_taxi_with_nothing_but_reminders_is_saved_at_once(post, card, item, now, today):
    item.delete()
    make_item(card.customer, "quarterly_care", today=today, now=now)
    assert "这辆车作什么用" in post("use").content.decode()
    post("use", **{"situation-use": "taxi"})
    assert last().outcome.code == "fleet_car"
    assert Vehicle.objects.get().use == "taxi"


def test_death_is_saved_at_once_and_shown_with_dignity(post, login, li, card):
    post("died", **{"situation-note": "儿子告知"})
    assert last().answered_by == "family"
    assert "儿子告知" in last().note
    assert not card.customer.due_items.filter(state="open").exists()


def test_a_wrong_person_leads_to_the_next_number_and_without_one_to_the_next_card(post, card):
    second = make_phone(card.customer, "02158881234")
    html = post("wrong").content.decode()
    assert last().outcome.code == "wrong_number"
    assert f'name="phone" value="{second.pk}" data-key="2" checked' in html
    post("wrong", phone=second.pk)
    assert Call.objects.count() == 2
    assert card.customer.phones.filter(state="wrong").count() == 2


def test_a_broken_line_keeps_the_answers_for_the_call_after_it(post, card, item, li):
    post("dropped", level="reached", answered_by="owner", **{prefix_of(item) + "q1": "2"})
    assert last().outcome.code == "line_dropped"
    promise = DueItem.objects.get(rule="promise")
    assert promise.due_at - last().at == dt.timedelta(minutes=5)
    data = Draft.objects.get(user=li).data
    assert data[prefix_of(item) + "q1"] == ["2"]
    assert not [name for name in data if name.startswith("situation-")]


def test_the_evening_is_filled_in_and_can_be_changed(post, item):
    html = post("evening").content.decode()
    assert not Call.objects.exists()
    assert 'value="call_back" data-key="2" data-effect="promise" checked' in html
    assert 'T18:00" aria-label="再打时间"' in html or 'T18:00" ' in html


def test_the_driver_is_filled_in(post, card, item, today, now):
    reminder = make_item(card.customer, "thin_ice", today=today, now=now, fact=card.customer.vehicles.get())
    html = post("driver").content.decode()
    assert 'value="driver" data-key="2" checked' in html
    select = html[html.index(f'name="{prefix_of(reminder)}outcome"') :]
    assert 'value="not_available" data-effect="retry" selected' in select[: select.index("</select>")]


def test_a_hand_over_needs_words_and_people_and_loses_neither(post, zhou, item):
    html = post("workshop", **{"situation-to": zhou.pk}).content.decode()
    assert "请写下客户的要求" in html
    assert f'<input type="hidden" name="situation-to" value="{zhou.pk}">' in html
    assert not Notice.objects.exists()
    words = {"situation-to": zhou.pk, "situation-words": "刹车异响", "situation-department": "service"}
    post("workshop", **words, **{"situation-minutes": "30"})
    assert "刹车异响" in Notice.objects.get(user=zhou).text
    check = DueItem.objects.get(rule="promise")
    assert dt.timedelta(minutes=28) < check.due_at - last().at <= dt.timedelta(minutes=30)


def test_people_of_another_store_cannot_be_told(post, zhao, item):
    html = post("workshop", **{"situation-to": zhao.pk, "situation-words": "x"}).content.decode()
    assert "data-open" in html
    assert not Notice.objects.exists()


@pytest.mark.parametrize("what", ["sold", "died", "dropped", "wrong"])
def test_a_second_click_does_nothing_more(post, item, what):
    post(what)
    response = post(what)
    assert Call.objects.count() == 1
    assert response["HX-Redirect"] == reverse("followups:queue")


def test_a_colleagues_card_is_told_and_what_was_typed_kept(post, card, chen, now):
    from followups.models import CallCard

    CallCard.objects.filter(pk=card.pk).update(lease_by=None, lease_token=None, lease_until=None)
    take_card(card.pk, user=chen, now=now)
    assert "陈晨" in post("sold").content.decode()
    assert not Call.objects.exists()
    assert Draft.objects.get().data["note"] == ["说到一半"]


def test_the_colleagues_list_starts_with_the_managers(login, li, zhou, qian, card):
    html = login(li).get(reverse("followups:colleagues", args=[card.pk])).content.decode()
    assert f'value="{zhou.pk}" checked' in html
    assert f'value="{qian.pk}" checked' not in html
    assert html.index("周敏") < html.index("钱进")
    assert f'value="{li.pk}"' not in html
