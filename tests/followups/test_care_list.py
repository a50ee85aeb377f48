"""The care list: messages by day and kind, marked as sent once, taken home with an access line, made for a festival."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from audit.models import Access, Change
from customers.models import Contact, DoNotContact
from customers.services import lift_wish, set_do_not_call, set_wish
from followups.models import DueItem, Script
from followups.reading.care_list import care_page, export_rows, items_of
from followups.services.care_list import decline_messages, make_festival_list, mark_sent, to_send
from followups.services.generation import generate_due
from tests.factories.customers import make_customer, make_phone, make_vehicle
from tests.factories.followups import make_bare_item


@pytest.fixture
def birthday(pudong, today, now):
    """birthday(name, days=0): a message for a birthday so many days ahead, and its customer with a mobile number."""
    numbers = iter(range(13_900_000_000, 13_900_000_100))

    def _birthday(name="王雅丽", days=0, number=None, **fields):
        customer = make_customer(pudong, name=name, number=str(next(numbers)) if number is None else number)
        day = today + dt.timedelta(days=days)
        fields = {"opens_on": day - dt.timedelta(days=1), "expires_on": day + dt.timedelta(days=3), **fields}
        return make_bare_item(
            customer,
            due_on=day,
            now=now,
            rule="birthday",
            round=str(day.year),
            fact_id=customer.pk,
            vehicle=make_vehicle(customer, plate="沪A8F2K1"),
            state="to_send",
            **fields,
        )

    return _birthday


@pytest.fixture
def text(pudong):
    """The store's text for birthdays."""
    Script.objects.filter(store=pudong, rule="birthday").delete()
    return Script.objects.create(
        store=pudong,
        rule="birthday",
        body_zh="> 提示不发\n\n{person}您好，{store}祝您生日快乐！{address}电话{hotline}",
        body_en="Dear {person}, happy birthday from {store}!",
    )


@pytest.fixture
def send(pudong, li, now):
    return lambda channel="sms": mark_sent(to_send(pudong), store=pudong, channel=channel, by=li, now=now)


def again(item):
    return DueItem.objects.get(pk=item.pk)


def wish(item, **fields):
    return DoNotContact.objects.create(
        store=item.store, customer=item.customer, reason="不要发", source="form", **fields
    )


# --- What stands on it ---------------------------------------------------------------------------------------------------
def test_messages_stand_under_the_day_on_which_they_may_be_sent(pudong, birthday, today):
    now_item, tomorrow, later = birthday(), birthday(days=1), birthday(days=5)
    passed = birthday(days=-9)  # its last day is over; the next run expires it
    assert set(items_of(pudong, "now", today)) == {now_item, tomorrow}
    assert list(items_of(pudong, "later", today)) == [later]
    assert passed not in items_of(pudong, "now", today)


def test_a_row_says_who_what_and_how(birthday, text, li, now):
    birthday("王雅丽", days=1)
    birthday("张建国", number="02158881234")
    first, second = care_page(li, now, tab="now").rows
    assert (first.name, first.phone, first.tags[-1][1]) == ("张建国", None, "没有手机号")
    assert second.number.startswith("139****")
    assert second.text == "王雅丽您好，浦东店祝您生日快乐！电话021-58880000"  # hints and gaps are not sent
    assert second.tags == [("warn", "明日到期")]


def test_a_branch_named_message_is_what_is_sent(birthday, text, li, now):
    Script.objects.filter(pk=text.pk).update(body_zh="先打电话\n\n[短信] {person}您好\n\n[不方便] 好的")
    birthday()
    assert care_page(li, now, tab="now").rows[0].text == "王雅丽您好"


def test_the_text_follows_the_readers_language(birthday, text, li, now):
    from django.utils.translation import override

    birthday()
    with override("en"):
        assert care_page(li, now, tab="now").rows[0].text == "Dear 王雅丽, happy birthday from 浦东店!"


# --- Marking ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("channel", ["sms", "wechat"])
def test_a_sent_message_is_done_and_stands_in_the_contact_ledger(birthday, send, li, now, channel):
    item = birthday()
    assert send(channel).done == 1
    fresh = again(item)
    assert (fresh.state, fresh.reason, fresh.reason_params) == ("done", "sent", {"channel": channel})
    assert (fresh.closed_by, fresh.closed_at) == (li, now)
    contact = Contact.objects.get()
    assert (contact.customer, contact.channel, contact.connected, contact.by) == (item.customer, channel, False, li)
    assert (contact.topics, contact.origin, contact.origin_id) == (["birthday"], "followups.message", item.pk)
    assert Change.objects.get(deed="message").actor_name == "李静"


def test_marking_twice_writes_one_contact(birthday, send):
    birthday()
    assert (send().done, send().done) == (1, 0)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "is_quiet"),
    [
        ({"channel": "sms"}, True),
        ({}, True),
        ({"topic": "birthday"}, True),
        ({"channel": "sms", "expires_on": dt.date(2026, 3, 18)}, True),  # today is the last day it holds
        ({"channel": "sms", "expires_on": dt.date(2026, 3, 17)}, False),
        ({"channel": "sms", "is_void": True}, False),
        ({"channel": "phone_out"}, False),
        ({"topic": "renewal"}, False),
    ],
)
def test_a_wish_against_messages_is_respected(pudong, birthday, send, li, now, fields, is_quiet):
    item = birthday()
    wish(item, **fields)
    assert len(export_rows(li, now)[1]) == (0 if is_quiet else 1)
    result = send()
    assert (result.done, result.quiet) == ((0, 1) if is_quiet else (1, 0))
    assert Contact.objects.exists() is not is_quiet


def test_a_wish_for_another_car_does_not_count(pudong, birthday, send):
    item = birthday()
    wish(item, vehicle=make_vehicle(item.customer))
    assert send().done == 1


def test_who_minds_text_messages_may_get_one_by_wechat(birthday, send):
    wish(birthday(), channel="sms")
    assert send("sms").done == 0
    assert send("wechat").done == 1


def test_a_message_not_to_be_sent_wants_a_reason(pudong, birthday, li, now):
    item = birthday()
    with pytest.raises(ValidationError):
        decline_messages(to_send(pudong), store=pudong, note=" ", by=li, now=now)
    assert decline_messages(to_send(pudong), store=pudong, note="家有丧事", by=li, now=now) == 1
    assert (again(item).state, again(item).reason_params) == ("declined", {"note": "家有丧事"})
    assert not Contact.objects.exists()


def test_another_stores_messages_are_not_touched(pudong, xuhui, birthday, zhao, now):
    item = birthday()
    assert mark_sent(to_send(pudong), store=xuhui, channel="sms", by=zhao, now=now).done == 0
    assert again(item).state == "to_send"


# --- Festivals ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def owners(pudong):
    plain = make_customer(pudong, name="王雅丽", number="13812345678", stage="owner")
    make_customer(pudong, name="潜客", number="13812345679", stage="prospect")
    make_customer(pudong, name="座机", number="02158881234", stage="owner")
    make_customer(pudong, name="勿扰", number="13812345670", stage="owner", do_not_call=True)
    dead = make_customer(pudong, name="空号", stage="owner")
    make_phone(dead, "13812345671", state="dead")
    quiet = make_customer(pudong, name="不收短信", number="13812345672", stage="owner")
    DoNotContact.objects.create(store=pudong, customer=quiet, reason="不要发", source="form", channel="sms")
    return plain


def test_a_festival_list_holds_every_owner_who_can_and_may_be_sent_a_message(pudong, xuhui, owners, zhou, now):
    make_customer(xuhui, name="别店", number="13812345679", stage="owner")
    assert make_festival_list(pudong, "mid_autumn", year=2026, by=zhou, now=now) == 1
    item = DueItem.objects.get(rule="festival")
    assert (item.customer, item.state, item.round) == (owners, "to_send", "2026.mid_autumn")
    assert (item.opens_on, item.due_on) == (dt.date(2026, 9, 18), dt.date(2026, 9, 25))
    assert item.expires_on == dt.date(2026, 9, 25)


def test_a_festival_list_made_twice_adds_only_who_is_new(pudong, owners, zhou, now):
    how = {"year": 2026, "by": zhou, "now": now}
    make_festival_list(pudong, "national", **how)
    make_customer(pudong, name="新客", number="13812345699", stage="owner")
    assert make_festival_list(pudong, "national", **how) == 1
    assert make_festival_list(pudong, "national", **how) == 0


@pytest.mark.parametrize("full", [False, True])
def test_who_minds_a_greeting_after_the_list_was_made_is_taken_off_and_comes_back(pudong, owners, zhou, now, full):
    """No rule makes festival greetings, but runs close them as any message."""
    when = now.replace(month=9, day=20)
    generate_due(pudong, today=when.date(), now=when)
    make_festival_list(pudong, "mid_autumn", year=2026, by=zhou, now=when)

    def ends(hours):
        generate_due(pudong, today=when.date(), now=when + dt.timedelta(hours=hours), full=full)
        item = DueItem.objects.get(rule="festival")
        return item.state, item.reason, item.closed_at and item.closed_by

    assert ends(1) == ("to_send", "", None)
    how = {"by": zhou, "source": "call"}
    refusal = set_do_not_call(owners, "别再打了", now=when + dt.timedelta(hours=2), **how)
    assert ends(3) == ("declined", "do_not_call", None)
    lift_wish(refusal, now=when + dt.timedelta(hours=4), **how)
    assert ends(5) == ("to_send", "", None)
    set_wish(owners, topic="festival", reason="不用祝福", now=when + dt.timedelta(hours=6), **how)
    assert ends(7) == ("declined", "other_topic", None)
    DueItem.objects.update(state="to_send", reason="", closed_at=None)
    owners.is_void = True
    owners.changed_at = when + dt.timedelta(hours=8)
    owners.save()
    assert ends(9) == ("obsolete", "fact_void", None)


@pytest.mark.parametrize(("festival", "year"), [("easter", 2026), ("spring", 2026)])
def test_an_unknown_or_past_festival_is_refused(pudong, zhou, now, festival, year):
    with pytest.raises(ValidationError):
        make_festival_list(pudong, festival, year=year, by=zhou, now=now)


# --- The page -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def clock(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def visitor(login, li, clock):
    return login(li)


def post(visitor, now, **values):
    values = {"tab": "now", "as_of": now.isoformat(), "deed": "sent", "channel": "sms", **values}
    return visitor.post(reverse("followups:care_send"), values, follow=True).content.decode()


@pytest.fixture
def standing(birthday, now):
    """Messages that stood there before the page was made."""

    def _standing(*args, **fields):
        item = birthday(*args, **fields)
        DueItem.objects.filter(pk=item.pk).update(created_at=now - dt.timedelta(hours=1))
        return item

    return _standing


def test_marked_messages_are_sent_and_the_others_wait(visitor, standing, now):
    first, second = standing("王雅丽"), standing("张建国")
    assert "已标记1条" in post(visitor, now, item=[first.pk])
    assert [again(item).state for item in (first, second)] == ["done", "to_send"]
    assert "都已处理过" in post(visitor, now, item=[first.pk])


def test_the_whole_list_is_what_the_page_showed(visitor, standing, birthday, now):
    items = [standing("王雅丽"), standing("张建国"), standing("下周", days=6)]
    newer = birthday("新来")
    DueItem.objects.filter(pk=newer.pk).update(created_at=now + dt.timedelta(minutes=1))
    post(visitor, now, whole="1", kind="")
    assert [again(item).state for item in [*items, newer]] == ["done", "done", "to_send", "to_send"]


@pytest.mark.parametrize(
    ("values", "words"),
    [({}, "请勾选"), ({"whole": "1", "channel": "visit"}, "选择"), ({"whole": "1", "deed": "drop"}, "说明")],
)
def test_what_is_missing_is_said_in_words(visitor, standing, now, values, words):
    item = standing()
    assert words in post(visitor, now, **values)
    assert again(item).state == "to_send"


def test_the_sheet_holds_numbers_in_full_and_leaves_an_access_line_for_each(visitor, birthday, text, li):
    item = birthday("王雅丽", number="13812345678")
    birthday("座机", number="02158881234")
    response = visitor.post(reverse("followups:care_export"))
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[:3] for row in rows[1:]] == [
        ("13812345678", "王雅丽您好，浦东店祝您生日快乐！电话021-58880000", "王雅丽")
    ]
    whole, line = Access.objects.filter(kind="export").order_by("pk")
    assert (whole.model, whole.params["rows"]) == ("accounts.store", 1)
    assert (line.customer_id, line.actor_name, line.store_id) == (item.customer_id, "李静", li.store_id)


def test_an_empty_sheet_is_none(visitor):
    response = visitor.post(reverse("followups:care_export"), follow=True)
    assert "没有可发短信的客户" in response.content.decode()
    assert not Access.objects.exists()


def test_the_page_never_shows_a_number_in_full(visitor, birthday):
    birthday(number="13812345678")
    html = visitor.get(reverse("followups:care_list")).content.decode()
    assert "138****5678" in html
    assert "13812345678" not in html


def test_managers_are_offered_the_festivals_that_are_near(login, zhou, li, owners, monkeypatch, pudong):
    at = dt.datetime(2026, 9, 10, 10, tzinfo=pudong.zone)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    html = login(zhou).get(reverse("followups:care_list")).content.decode()
    assert 'value="mid_autumn.2026"' in html
    assert 'value="national.2026"' in html
    assert "spring" not in html
    assert "mid_autumn" not in login(li).get(reverse("followups:care_list")).content.decode()
    response = login(zhou).post(reverse("followups:care_festival"), {"festival": "mid_autumn.2026"}, follow=True)
    assert "中秋节" in response.content.decode()
    assert DueItem.objects.filter(rule="festival").count() == 1


def test_the_page_costs_the_same_for_one_and_for_three(visitor, birthday, text):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            visitor.get(reverse("followups:care_list"))
        return len(queries)

    birthday("一")
    cost()
    one = cost()
    birthday("二")
    birthday("三")
    assert cost() == one


def test_the_queue_counts_what_may_be_sent_now(birthday, li, pudong, now, today):
    from followups.reading.care_list import items_of
    from followups.reading.counts import counts_of

    local = now.astimezone(pudong.zone)
    birthday()
    assert counts_of(li, local, ["to_send"])[0]["to_send"] == items_of(pudong, "now", today).count() > 0
