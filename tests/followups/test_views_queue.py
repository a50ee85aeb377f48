import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from followups.models import CallCard, DeskDial
from followups.reading import queue as reading
from followups.services.claims import skip, take_card
from followups.services.dials import desk_of
from followups.services.drafts import save_draft
from followups.services.planned import plan_promise
from followups.services.visits import Topic
from followups.wording import spaced
from tests.factories.customers import make_customer, make_vehicle
from tests.factories.followups import make_card, make_item
from tests.followups.desk import call, card_of, done

QUEUE = reverse("followups:queue")


@pytest.fixture
def now(pudong):
    """The views read the clock: these tests live now, in the store's zone."""
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def card(pudong, today, now):
    return make_card(pudong, today=today, now=now, name="王雅丽", number="13812345678")


def page(client, **parameters):
    return client.get(QUEUE, parameters).content.decode()


def test_a_card_says_whom_and_why_now(login, li, card):
    html = page(login(li))
    assert "王雅丽" in html
    assert "维修三日回访" in html
    assert "第3天" in html
    assert "今日到期" in html


def test_numbers_are_masked_in_the_list(login, li, card):
    html = page(login(li))
    assert "138****5678" in html
    assert "13812345678" not in html


def test_another_stores_card_is_not_listed(login, zhao, card):
    assert "王雅丽" not in page(login(zhao))


def test_a_card_that_a_colleague_holds_says_so_and_cannot_be_taken(login, li, chen, card, now):
    take_card(card.pk, user=chen, now=now)
    html = page(login(li))
    assert "陈晨 正在拨打" in html
    assert reverse("followups:take", args=[card.pk]) not in html


def test_a_lease_that_ran_out_shows_nobody(login, li, chen, card, now):
    take_card(card.pk, user=chen, now=now - dt.timedelta(hours=1))
    assert "陈晨" not in page(login(li))


def test_the_card_i_hold_leads_back_to_the_desk(login, li, card, now):
    take_card(card.pk, user=li, now=now)
    assert reverse("followups:desk", args=[card.pk]) in page(login(li))


def test_a_promise_of_a_colleague_is_pinned_to_her(login, li, chen, card, now):
    at = now + dt.timedelta(minutes=10)
    plan_promise(card.customer, at=at, subject="约好再打", by=chen, now=now, pinned_to=chen)
    assert "陈晨 已承诺回电" in page(login(li))
    assert "王雅丽" in page(login(chen), tab="mine")
    assert "王雅丽" not in page(login(li), tab="mine")


def test_tabs_part_the_cards(login, li, pudong, today, now):
    make_card(pudong, today=today, now=now, name="甲先生", due_on=today)
    make_card(pudong, today=today, now=now, name="乙先生", callable_at=now + dt.timedelta(hours=3), due_on=today)
    make_card(pudong, today=today, now=now, name="丙先生", due_on=today - dt.timedelta(days=2))
    client = login(li)
    found = {
        tab: {name for name in ("甲先生", "乙先生", "丙先生") if name in page(client, tab=tab)} for tab in reading.TABS
    }
    assert found == {"ready": {"甲先生", "丙先生"}, "later": {"乙先生"}, "mine": set(), "overdue": {"丙先生"}}


def test_one_topic_can_be_picked_out(login, li, pudong, today, now):
    make_card(pudong, today=today, now=now, name="修过车", rule="service_3dc")
    make_card(pudong, today=today, now=now, name="提新车", rule="delivery_3dc")
    html = page(login(li), rule="delivery_3dc")
    assert "提新车" in html
    assert "修过车" not in html


def test_nonsense_in_the_address_shows_the_first_page(login, li, card):
    assert "王雅丽" in page(login(li), tab="nothing", rule="nothing", after="nothing~at~all")


def test_the_list_explains_the_choice_of_the_next_card(login, li, pudong, today, now):
    for days, name in ((1, "第三位"), (-3, "第一位"), (0, "第二位")):
        make_card(pudong, today=today, now=now, name=name, due_on=today + dt.timedelta(days=days))
    html = page(login(li))
    assert html.index("第一位") < html.index("第二位") < html.index("第三位")
    login(li).post(reverse("followups:take_next"))
    assert CallCard.objects.get(lease_by=li).customer.name == "第一位"


def test_pages_follow_one_another_without_gaps(login, li, pudong, today, now, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    names = {f"客户甲{number}" for number in range(5)}
    for name in names:
        make_card(pudong, today=today, now=now, name=name)
    seen, after = [], ""
    for _page in range(3):
        found = reading.queue_page(li, now, dial=desk_of(pudong), tab="ready", after=after)
        seen += [row.name for row in found.rows]
        after = found.next_page
    assert after == ""
    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_the_same_whatever_the_rows(
    login, li, pudong, today, now, count, django_assert_max_num_queries
):
    for _number in range(count):
        card = make_card(pudong, today=today, now=now)
        make_item(card.customer, "delivery_7dc", today=today, now=now, vehicle=make_vehicle(card.customer))
    call(make_card(pudong, today=today, now=now).customer, "no_answer", by=li, now=now)  # may be undone
    plan_promise(card.customer, at=now + dt.timedelta(minutes=10), subject="约好", by=li, now=now, pinned_to=li)
    take_card(card.pk, user=li, now=now)
    client = login(li)
    client.get(QUEUE)
    with django_assert_max_num_queries(13):
        client.get(QUEUE)


def test_counts_stop_at_a_thousand(li, pudong, today, now, monkeypatch):
    from followups.reading import counts

    monkeypatch.setattr(counts, "COUNT_LIMIT", 2)
    for _card in range(4):
        make_card(pudong, today=today, now=now)
    assert counts.counts_of(li, now, ["left"])[0] == {"left": 3}
    assert counts.count_words(3) == "2+"


def test_each_tab_counts_the_cards_it_lists(li, chen, pudong, xuhui, today, now):
    from followups.reading.counts import counts_of

    soon = now + dt.timedelta(minutes=5)
    make_card(xuhui, today=today, now=now)  # another store's
    plain = [make_card(pudong, today=today, now=now, due_on=today - dt.timedelta(days=n)) for n in range(4)]
    make_card(pudong, today=today, now=now, callable_at=now + dt.timedelta(hours=2))
    take_card(plain[0].pk, user=chen, now=now)
    take_card(plain[1].pk, user=li, now=now)
    for person in (li, chen):
        card = make_card(pudong, today=today, now=now)
        plan_promise(card.customer, at=soon, subject="约好", by=person, now=now, pinned_to=person)
    finished = make_card(pudong, today=today, now=now)
    call(
        finished.customer, "declined", by=li, now=now, topics=[Topic(finished.customer.due_items.get().pk, "declined")]
    )
    take_card(plain[1].pk, user=li, now=now)
    listed = {tab: reading.cards_of(tab, li, now).count() for tab in reading.TABS}
    listed["left"] = CallCard.objects.visible_to(li).callable(now).free_for(li, now).count()
    assert counts_of(li, now, list(listed))[:3] == (listed, plain[1].pk, plain[1].customer.name)
    assert min(listed.values()) > 0


def test_my_own_figures_stand_in_the_bar(login, li, chen, pudong, today, now):
    cards = [make_card(pudong, today=today, now=now) for _number in range(4)]
    item = cards[0].customer.due_items.get()
    call(cards[0].customer, "done", by=li, now=now, topics=[done(item)])
    call(cards[1].customer, "no_answer", by=li, now=now)
    call(cards[2].customer, "no_answer", by=chen, now=now)
    from followups.reading.bar import bar_of

    bar = bar_of(li, now + dt.timedelta(seconds=1))
    assert (bar.done, bar.connected, bar.left) == (2, 1, 1)


def test_several_numbers_of_one_visit_are_one_customer_called(li, pudong, today, now):
    from followups.reading.bar import bar_of
    from tests.factories.customers import make_phone

    card = make_card(pudong, today=today, now=now)
    make_phone(card.customer, "02158881234")
    from tests.followups.desk import dialled

    first = dialled(card.customer, "no_answer")
    call(card.customer, "no_answer", by=li, now=now, log=[first], number="02158881234")
    assert bar_of(li, now + dt.timedelta(seconds=1)).done == 1


def test_an_undone_call_counts_nowhere(login, li, card, now):
    made = call(card.customer, "no_answer", by=li, now=now)
    login(li).post(reverse("followups:undo", args=[made.pk]))
    from followups.reading.bar import bar_of

    assert bar_of(li, now + dt.timedelta(seconds=1)).done == 0


def test_an_unfinished_draft_waits_in_the_tray(login, li, chen, card, now):
    save_draft(card, li, {"note": ["客户在开会"]}, now)
    assert "1 张未完成" in page(login(li))
    assert "未完成" not in page(login(chen))
    login(li).post(reverse("followups:discard_draft", args=[card.pk]))
    assert "未完成" not in page(login(li))


def test_a_skipped_card_comes_back_later(login, li, card, now):
    card = take_card(card.pk, user=li, now=now)
    skip(card, token=card.lease_token, by=li, now=now, reason="prepare")
    html = page(login(li))
    assert "现在没有可打的客户" in html
    assert "今天的电话都打完了" not in html
    assert "下一位可在" in html


def test_a_store_without_data_is_told_to_import_and_not_that_all_is_done(login, li, zhou, pudong):
    html = page(login(li))
    assert "今天的电话都打完了" not in html
    assert "请 DCRC 经理导入" in html
    assert reverse("dms:upload") not in html
    assert reverse("dms:upload") in page(login(zhou))


def test_where_nothing_is_due_nobody_is_praised(login, li, wang):
    html = page(login(li))
    assert "今天没有到期的回访" in html
    assert "今天的电话都打完了" not in html


def test_an_empty_queue_after_calls_is_good_news(login, li, card, now):
    call(card.customer, "done", by=li, now=now, topics=[done(card.customer.due_items.get())])
    html = page(login(li))
    assert "今天的电话都打完了" in html
    assert "今天已打 1 位客户" in html


def test_cards_for_later_are_not_called_done(login, li, card, now):
    call(card.customer, "no_answer", by=li, now=now)
    html = page(login(li))
    assert "今天的电话都打完了" not in html
    assert "还有 1 张客户卡" in html
    assert "今天已打 1 位客户" in html


def test_taking_the_next_of_an_empty_queue_says_so(login, li):
    response = login(li).post(reverse("followups:take_next"), follow=True)
    assert "现在没有可打的客户了" in response.content.decode()


def test_taking_a_card_opens_the_desk(login, li, card):
    response = login(li).post(reverse("followups:take", args=[card.pk]))
    assert response["Location"] == reverse("followups:desk", args=[card.pk])
    card.refresh_from_db()
    assert card.lease_by == li


def test_the_second_to_take_a_card_is_told_who_has_it(login, li, chen, card):
    login(chen).post(reverse("followups:take", args=[card.pk]))
    response = login(li).post(reverse("followups:take", args=[card.pk]), follow=True)
    until = timezone.localtime(card_of(card.customer).lease_until, card.store.zone)
    assert f"王雅丽 的客户卡由 陈晨 占用，最晚到 {until:%H:%M}" in response.content.decode()
    card.refresh_from_db()
    assert card.lease_by == chen


def test_a_card_without_topics_cannot_be_taken(login, li, wang, today, now):
    item = make_item(wang, today=today, now=now)
    call(wang, "done", by=li, now=now, topics=[done(item)])
    response = login(li).post(reverse("followups:take", args=[card_of(wang).pk]), follow=True)
    assert "已没有要打的回访" in response.content.decode()


def test_a_manager_may_work_too_but_an_administrator_not(login, zhou, qian, card):
    assert login(zhou).get(QUEUE).status_code == 200
    assert login(qian).get(QUEUE).status_code == 403


def test_only_the_list_is_sent_to_a_refresh(login, li, card):
    html = login(li).get(QUEUE, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert html.lstrip().startswith('<div id="queue"')


def test_undo_is_offered_for_the_minutes_of_the_dial(li, card, now):
    from followups.reading.bar import bar_of

    DeskDial.objects.filter(store=li.store).update(undo_minutes=3)
    made = call(card.customer, "no_answer", by=li, now=now)
    assert bar_of(li, now + dt.timedelta(minutes=2)).last_call == made
    assert bar_of(li, now + dt.timedelta(minutes=4)).last_call is None


def test_customer_without_a_number_is_listed_all_the_same(login, li, pudong, today, now):
    customer = make_customer(pudong, name="无号客户")
    make_item(customer, today=today, now=now)
    assert "无号客户" in page(login(li))


def test_what_is_reserved_for_me_stands_under_mine_and_for_colleagues_says_so(login, li, chen, zhou, card, now):
    from followups.reading.counts import counts_of
    from followups.services.steering import assign_cards

    plan_promise(card.customer, at=now + dt.timedelta(minutes=10), subject="约好", by=li, now=now, pinned_to=li)
    assign_cards([card], to=li, by=zhou, now=now, note="熟客")
    assert counts_of(li, now, ["mine"])[0] == {"mine": 1}  # promised by her and reserved for her: one card
    assert "王雅丽" in page(login(li), tab="mine")
    assert counts_of(chen, now, ["mine"])[0] == {"mine": 0}
    assert "王雅丽" not in page(login(chen), tab="mine")
    assign_cards([card], to=chen, by=zhou, now=now, note="换人")
    assert "王雅丽" in page(login(chen), tab="mine")


def test_a_reserved_card_is_not_left_to_others(li, chen, zhou, card, now):
    from followups.reading.counts import counts_of
    from followups.services.steering import assign_cards

    chen.last_login = now
    chen.save()
    assert counts_of(li, now, ["left"])[0] == {"left": 1}
    assign_cards([card], to=chen, by=zhou, now=now, note="熟客")
    assert counts_of(li, now, ["left"])[0] == {"left": 0}
    assert counts_of(chen, now, ["left"])[0] == {"left": 1}


def test_an_empty_tab_says_nothing_of_other_cards(login, li, card, now):
    page = login(li).get(reverse("followups:queue"), {"tab": "mine"}).content.decode()
    assert "这里没有需要打的客户" in page
    assert "下一位可在" not in page


def test_a_card_without_a_usable_number_says_so(login, li, card):
    assert "没有可用号码" not in login(li).get(reverse("followups:queue")).content.decode().split("order-help")[0]
    card.customer.phones.update(state="dead")
    assert "没有可用号码" in login(li).get(reverse("followups:queue")).content.decode().split("order-help")[0]


@pytest.mark.parametrize(("number", "words"), [("02133586797", "021-33586797"), ("075581234567", "0755-81234567")])
def test_landlines_are_spelt_in_parts(number, words):
    assert spaced(number) == words
