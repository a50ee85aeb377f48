import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Cause, Complaint
from customers.models import Phone
from cvp.models import Response
from followups.models import Call, CallCard, CallOutcome, Draft, DueItem, Script
from followups.reading.topics import prefix_of
from followups.services.claims import take_card
from followups.services.planned import plan_promise
from followups.sightings import of_answers
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer, make_order, make_phone, make_vehicle
from tests.factories.followups import make_card, make_item
from tests.followups.desk import again, call

HTMX = {"HX-Request": "true"}


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


@pytest.fixture
def item(card):
    return card.customer.due_items.get()


@pytest.fixture
def phone(card):
    return card.customer.phones.get()


@pytest.fixture
def held(card, li, now):
    return take_card(card.pk, user=li, now=now)


def url(name, card):
    return reverse(f"followups:{name}", args=[card.pk])


def show(client, card):
    return client.get(url("desk", card)).content.decode()


def questions(item):
    version = Script.objects.get(store=item.store, rule=item.rule, is_current=True).version
    return {question.code: f"{prefix_of(item)}q{question.pk}" for question in version.questions.all()}


def typed(card, **fields):
    """What the page of a held card posts: its token, the chosen number, and these fields."""
    phone = card.customer.phones.filter(is_void=False).order_by("-is_primary", "id").first()
    return {"token": str(card.lease_token), "phone": phone.pk if phone else "", **fields}


def satisfied(card, item, **more):
    answers = dict.fromkeys(questions(item).values(), "1")
    return typed(card, level="reached", answered_by="owner", **answers, **more)


def chosen_number(html):
    return int(re.search(r'name="phone" value="(\d+)"[^>]* checked', html)[1])


# --- What the desk shows ------------------------------------------------------------------------------------------------
def test_the_holder_sees_the_whole_number(login, li, held):
    html = show(login(li), held)
    assert "138 1234 5678" in html
    assert 'href="tel:13812345678"' in html


def test_the_script_is_filled_with_this_customer(login, li, held, item):
    Script.objects.filter(rule="service_3dc").update(
        body_zh="您好{person}，{car}是{advisor}接待的。{nonsense}{odometer}"
    )
    html = show(login(li), held)
    assert '<b class="slot">王雅丽</b>' in html
    assert '<b class="slot">吴刚</b>' in html
    assert '<mark class="slot unknown">{nonsense}</mark>' in html
    assert '<mark class="slot gap">里程</mark>' in html


def test_after_service_the_bringer_is_asked_for(login, li, pudong, today, now):
    owner = make_customer(
        pudong, name="恒通租赁有限公司", kind="company", number="02158880000", contact_person="王经理"
    )
    car = make_vehicle(owner, plate="沪B12345")
    order = make_order(car, today - dt.timedelta(days=3), bringer_name="张师傅", bringer_phone="13655556666")
    make_item(owner, today=today, now=now, vehicle=car, fact=order)
    html = show(login(li), take_card(owner.card.pk, user=li, now=now))
    assert "请找" in html
    assert "张师傅" in html
    assert "13655556666" in html


def test_a_topic_for_later_is_shown_and_left_alone(login, li, held, item, today, now):
    later = make_item(held.customer, "delivery_7dc", today=today, now=now, callable_at=now + dt.timedelta(hours=2))
    client = login(li)
    assert '<option value="leave" selected>' in show(client, held)
    data = satisfied(held, item, **{prefix_of(later) + "outcome": "leave"})
    client.post(url("save", held), data)
    assert again(item).state == "done"
    assert again(later).state == "open"


def test_a_card_taken_before_its_time_leaves_nothing_out(login, li, pudong, today, now):
    card = make_card(pudong, today=today, now=now, callable_at=now + dt.timedelta(hours=2))
    html = show(login(li), take_card(card.pk, user=li, now=now))
    assert '<option value="leave">' in html


def test_without_holding_the_card_there_is_no_desk(login, li, chen, card, now):
    response = login(li).get(url("desk", card), follow=True)
    assert "请先在列表中领取" in response.content.decode()
    assert "138 1234 5678" not in response.content.decode()


def test_the_address_of_a_colleagues_card_says_who_has_it_and_until_when(login, li, chen, card, now):
    held = take_card(card.pk, user=chen, now=now)
    response = login(li).get(url("desk", card), follow=True)
    assert response.redirect_chain[-1][0] == reverse("followups:queue")
    until = timezone.localtime(held.lease_until, card.store.zone)
    assert f"由 陈晨 占用，最晚到 {until:%H:%M}" in response.content.decode()
    assert "138 1234 5678" not in response.content.decode()


def test_a_crowded_card_asks_the_database_as_little(login, li, held, pudong, today, now, django_assert_max_num_queries):
    customer = held.customer
    for rule in ("service_3dc", "service_3dc", "delivery_3dc"):
        car = make_vehicle(customer)
        make_item(customer, rule, today=today, now=now, vehicle=car)
        for visit in range(5):
            make_order(car, today - dt.timedelta(days=100 * visit + 10))
    plan_promise(customer, at=now + dt.timedelta(minutes=5), subject="约好", by=li, now=now, pinned_to=li)
    from customers.services import record_contact

    for number in range(40):
        at = now - dt.timedelta(days=number + 1)
        record_contact(customer, at=at, channel="phone_out", connected=True, by=li, topics=["service_3dc"], summary={})
    assert customer.due_items.open().count() == 5
    other = make_card(pudong, today=today, now=now)
    call(other.customer, "no_answer", by=li, now=now)  # may still be undone
    held = take_card(held.pk, user=li, now=now)
    client = login(li)
    client.get(reverse("accounts:me"))  # any page: the count of the bell is known for a while
    with django_assert_max_num_queries(
        27
    ):  # two above the goal: the causes to choose from, and whether she complains again
        html = client.get(url("desk", held)).content.decode()
    assert html.count("data-topic") == 5


def test_tried_numbers_and_the_next_one_are_marked(login, li, held, phone):
    second = make_phone(held.customer, "02158881234")
    client = login(li)
    data = typed(held, level="not_reached", outcome="no_answer")
    html = client.post(url("attempt", held), data, headers=HTMX).content.decode()
    assert Call.objects.get(visit=held.lease_token).outcome.code == "no_answer"
    assert chosen_number(html) == second.pk
    held.refresh_from_db()
    assert held.lease_by == li


def test_nobody_is_reached_by_a_mere_attempt(login, li, held):
    data = typed(held, level="reached", answered_by="owner", outcome="done")
    html = login(li).post(url("attempt", held), data, headers=HTMX).content.decode()
    assert "已接通，请直接保存" in html
    assert not Call.objects.exists()


# --- Save ---------------------------------------------------------------------------------------------------------------
def test_a_satisfied_call_closes_its_topic_and_keeps_the_answers(login, li, held, item):
    response = login(li).post(url("save", held), satisfied(held, item))
    assert response["Location"] == reverse("followups:queue")
    assert again(item).state == "done"
    assert again(item).effective_at is not None
    assert Response.objects.get().answers.count() == len(questions(item))
    assert Call.objects.get().answered_by == "owner"


def test_after_saving_the_next_card_is_on_the_desk(login, li, held, item, pudong, today, now):
    following = make_card(pudong, today=today, now=now, name="下一位")
    response = login(li).post(url("save", held), satisfied(held, item))
    assert response["Location"] == url("desk", following)


def test_the_next_card_comes_in_place_and_with_its_address(login, li, held, item, pudong, today, now):
    following = make_card(pudong, today=today, now=now, name="下一位")
    response = login(li).post(url("save", held), satisfied(held, item), headers=HTMX)
    html = response.content.decode()
    assert response["HX-Push-Url"] == url("desk", following)
    assert "<html" not in html
    assert "下一位" in html
    assert "王雅丽 · 完成" in html  # the offer to undo


def test_with_nobody_left_the_queue_follows(login, li, held, item):
    response = login(li).post(url("save", held), satisfied(held, item), headers=HTMX)
    assert response["HX-Redirect"] == reverse("followups:queue")


def test_no_answer_needs_no_more_than_level_and_reason(login, li, held, item):
    login(li).post(url("save", held), typed(held, level="not_reached", outcome="no_answer"))
    assert again(item).attempts == 1
    assert again(item).callable_at.date() > again(item).dialled_at.date()


def test_a_promise_comes_back_to_whoever_gave_it(login, li, held, item, now):
    at = (now + dt.timedelta(days=1)).replace(hour=14, minute=30)
    data = typed(held, level="reached", outcome="call_back", answered_by="owner", promise_at=f"{at:%Y-%m-%dT%H:%M}")
    login(li).post(url("save", held), data)
    promise = DueItem.objects.get(rule="promise")
    assert promise.due_at == at.replace(second=0, microsecond=0)
    assert promise.pinned_to == li


def test_each_topic_may_have_its_own_result(login, li, held, item, today, now):
    other = make_item(held.customer, "delivery_7dc", today=today, now=now)
    data = satisfied(held, item, **{prefix_of(other) + "outcome": "declined"})
    login(li).post(url("save", held), data)
    assert (again(item).state, again(other).state) == ("done", "declined")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请先选择通话结果"),
        ({"level": "not_reached"}, "请选择原因"),
        ({"level": "reached", "answered_by": "owner"}, "这是关键题"),
        ({"level": "reached"}, "请选择接听人"),
        ({"level": "reached", "answered_by": "owner", "outcome": "call_back"}, "请填写约定的时间"),
        ({"level": "reached", "answered_by": "owner", "outcome": "call_back", "promise_at": "2020-01-01T10:00"}, "已经过了"),
        ({"level": "reached", "answered_by": "owner", "outcome": "no_more_calls"}, "请填写备注"),
        ({"level": "not_reached", "outcome": "no_answer", "phone": "999999"}, "请选择拨打的号码"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_typed_is_lost(login, li, held, item, fields, words):
    data = typed(held, **{prefix_of(item) + "waiver": "话题里的话", **fields})
    html = login(li).post(url("save", held), data, headers=HTMX).content.decode()
    assert words in html
    assert "话题里的话" in html
    assert not Call.objects.exists()
    for name, value in fields.items():
        if name in ("level", "answered_by", "outcome"):
            assert f'name="{name}" value="{value}"' in html


def test_a_refused_save_keeps_every_choice(login, li, held, item):
    overall = questions(item)["overall"]
    data = typed(held, level="reached", outcome="call_back", note="客户要开会", **{overall: "3"})
    html = login(li).post(url("save", held), data, headers=HTMX).content.decode()
    assert f'name="{overall}" value="3" data-key="3" checked' in html
    assert 'value="客户要开会"' in html
    assert 'value="reached" data-level="F1" checked' in html


# --- Dissatisfied ---------------------------------------------------------------------------------------------------------
def complaint(item, **fields):
    words = {"complaint": "open", "cause": "repair_quality", "severity": "serious", "department": "service"}
    return {prefix_of(item) + name: value for name, value in {**words, "summary": "异响还在", **fields}.items()}


def test_a_dissatisfied_answer_needs_a_complaint(login, li, held, item):
    data = satisfied(held, item) | {questions(item)["overall"]: "5"}
    html = login(li).post(url("save", held), data, headers=HTMX).content.decode()
    assert "请记下客户反映的情况" in html
    assert not Call.objects.exists()


def test_the_complaint_is_opened_with_the_call(login, li, held, item):
    data = satisfied(held, item) | {questions(item)["overall"]: "5"} | complaint(item)
    login(li).post(url("save", held), data)
    made = Complaint.objects.get()
    assert (made.cause.code, made.severity, made.summary, made.opened_by) == (
        "repair_quality",
        "serious",
        "异响还在",
        li,
    )
    assert made.repair_order_id == item.fact_id
    assert Call.objects.get().outcomes.get().complaint == made


def test_the_bar_names_the_complaint_that_was_opened(login, li, held, item):
    data = satisfied(held, item) | {questions(item)["overall"]: "5"} | complaint(item)
    html = login(li).post(url("save", held), data, follow=True).content.decode()
    made = Complaint.objects.get()
    assert f"投诉 {made.number}" in html
    assert reverse("complaints:detail", args=[made.pk]) in html


def test_a_complaint_may_be_waived_with_a_reason_only(login, li, held, item):
    client = login(li)
    unhappy = satisfied(held, item) | {questions(item)["fixed"]: "2"}
    waived = unhappy | complaint(item, complaint="waive", waiver="")
    assert "为什么不立投诉" in client.post(url("save", held), waived, headers=HTMX).content.decode()
    assert not Call.objects.exists()
    client.post(url("save", held), waived | {prefix_of(item) + "waiver": "客户说已约好复查"})
    assert not Complaint.objects.exists()
    assert Call.objects.get().outcomes.get().note == "客户说已约好复查"


def test_a_waived_dissatisfaction_is_seen_by_the_radar_but_none_of_which_a_complaint_was_made(
    login, li, held, item, now
):
    unhappy = satisfied(held, item) | {questions(item)["fixed"]: "2"}
    login(li).post(url("save", held), unhappy | complaint(item, complaint="waive", waiver="客户说已约好复查"))
    day = dt.timedelta(days=1)
    (seen,) = of_answers(item.store, now - day, now + day)
    assert (seen.kind, seen.department, seen.customer_id) == ("answer", "service", item.customer_id)
    assert Cause.objects.get(pk=seen.cause_id).code == "repair_quality"
    CallOutcome.objects.update(complaint=make_complaint(item.customer, by=li, now=now))
    assert list(of_answers(item.store, now - day, now + day)) == []


def test_a_complaint_can_be_opened_on_a_satisfied_call(login, li, held, item):
    login(li).post(url("save", held), satisfied(held, item) | complaint(item, cause="waiting"))
    assert Complaint.objects.get().cause.code == "waiting"


# --- The card is gone -----------------------------------------------------------------------------------------------------
def test_when_a_colleague_took_the_card_the_words_are_kept(login, li, chen, held, item, now):
    CallCard.objects.filter(pk=held.pk).update(lease_until=now - dt.timedelta(minutes=1))
    take_card(held.pk, user=chen, now=now)
    html = login(li).post(url("save", held), satisfied(held, item, note="说了很多"), headers=HTMX).content.decode()
    assert "陈晨 已接手这位客户" in html
    assert "说了很多" in html
    assert not Call.objects.exists()
    assert Draft.objects.get(user=li).data["note"] == ["说了很多"]


def test_a_lost_card_shows_no_whole_number_any_more(login, li, chen, held, item, now):
    CallCard.objects.filter(pk=held.pk).update(lease_until=now - dt.timedelta(minutes=1))
    take_card(held.pk, user=chen, now=now)
    html = login(li).post(url("save", held), satisfied(held, item), headers=HTMX).content.decode()
    assert "138 1234 5678" not in html
    assert "13812345678" not in html


def test_an_expired_lease_that_nobody_took_still_saves(login, li, held, item, now):
    CallCard.objects.filter(pk=held.pk).update(lease_until=now - dt.timedelta(hours=2))
    login(li).post(url("save", held), satisfied(held, item))
    assert again(item).state == "done"


def test_a_topic_closed_meanwhile_is_said_and_the_rest_stays(login, li, held, item, today, now):
    other = make_item(held.customer, "delivery_7dc", today=today, now=now)
    data = satisfied(held, item, note="别丢") | dict.fromkeys(questions(other).values(), "1")
    client = login(li)
    page = show(client, held)
    assert f"topic-{other.pk}" in page
    DueItem.objects.filter(pk=other.pk).update(state="obsolete", closed_at=now)
    html = client.post(url("save", held), data | {"shown": [item.pk, other.pk]}, headers=HTMX).content.decode()
    assert "已不需要再打" in html
    assert "别丢" in html
    assert not Call.objects.exists()


def test_a_garbled_token_saves_nothing(login, li, held, item):
    for token in ("", "nonsense", str(uuid.uuid4())):
        login(li).post(url("save", held), satisfied(held, item) | {"token": token})
    assert not Call.objects.exists()


# --- Drafts, lease, skip, release -------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_and_comes_back(login, li, held, item):
    client = login(li)
    overall = questions(item)["overall"]
    html = client.post(
        url("draft", held), typed(held, note="写到一半", **{overall: "2"}), headers=HTMX
    ).content.decode()
    assert "草稿已存" in html
    page = show(client, held)
    assert 'value="写到一半"' in page
    assert f'name="{overall}" value="2" data-key="2" checked' in page


def test_a_page_that_lost_the_card_writes_no_draft_over_the_new_one(login, li, held):
    login(li).post(url("draft", held), typed(held, note="旧页面") | {"token": str(uuid.uuid4())})
    assert not Draft.objects.exists()


def test_a_late_autosave_leaves_no_draft_on_a_saved_card(login, li, held, item):
    client = login(li)
    client.post(url("save", held), satisfied(held, item))
    client.post(url("draft", held), typed(held, note="来晚了"))
    assert not Draft.objects.exists()


def test_opening_a_card_leaves_no_draft(login, li, held):
    login(li).post(url("draft", held), typed(held))
    assert not Draft.objects.exists()


def test_a_renewed_lease_lasts_from_now(login, li, held, now):
    CallCard.objects.filter(pk=held.pk).update(lease_until=now + dt.timedelta(minutes=1))
    login(li).post(url("renew", held), {"token": str(held.lease_token)})
    held.refresh_from_db()
    assert held.lease_until > now + dt.timedelta(minutes=10)


def test_a_lost_lease_is_said_while_working(login, li, held):
    html = login(li).post(url("renew", held), {"token": str(uuid.uuid4())}).content.decode()
    assert "已不由您处理" in html


def test_a_skip_needs_a_reason_and_leads_on(login, li, held, pudong, today, now):
    following = make_card(pudong, today=today, now=now, name="下一位")
    client = login(li)
    client.post(url("skip", held), {"token": str(held.lease_token)})
    assert not held.skips.exists()
    response = client.post(url("skip", held), {"token": str(held.lease_token), "skip-reason": "colleague"})
    assert held.skips.get().reason == "colleague"
    assert response["Location"] == url("desk", following)


def test_a_card_without_a_number_that_reaches_her_says_so(login, li, held):
    client, words = login(li), ("这些号码都联系不上客户", "须先查到正确号码")
    html = client.get(url("desk", held)).content.decode()
    assert not any(word in html for word in words)
    Phone.objects.filter(customer=held.customer).update(state="wrong")
    html = client.get(url("desk", held)).content.decode()
    assert all(word in html for word in words)
    Phone.objects.filter(customer=held.customer).delete()
    assert "没有登记电话" in client.get(url("desk", held)).content.decode()


def test_other_reasons_want_words(login, li, held):
    data = {"token": str(held.lease_token), "skip-reason": "other"}
    html = login(li).post(url("skip", held), data, headers=HTMX).content.decode()
    assert "请说明原因" in html
    assert not held.skips.exists()


def test_going_back_gives_the_card_up_and_keeps_the_words(login, li, held):
    response = login(li).post(url("release", held), typed(held, note="先放一放"))
    assert response["Location"] == reverse("followups:queue")
    held.refresh_from_db()
    assert held.lease_by is None
    assert Draft.objects.get().data["note"] == ["先放一放"]


# --- Numbers ----------------------------------------------------------------------------------------------------------------
def fix(card, deed, **fields):
    return typed(card, fix_deed=deed, **fields)


def test_a_number_is_confirmed_in_place(login, li, held, phone):
    html = login(li).post(url("correct_phone", held), fix(held, f"verify:{phone.pk}"), headers=HTMX).content.decode()
    phone.refresh_from_db()
    assert phone.verified_by == "李静"
    assert "今天核实" in html
    assert html.lstrip().startswith('<fieldset id="desk_numbers"')


def test_a_wrong_number_is_replaced_and_the_new_one_dialled(login, li, held, phone):
    data = fix(held, f"replace:{phone.pk}", **{f"fix-{phone.pk}": "137 1111 2222"})
    html = login(li).post(url("correct_phone", held), data, headers=HTMX).content.decode()
    phone.refresh_from_db()
    fresh = Phone.objects.get(number="13711112222")
    assert phone.state == "wrong"
    assert fresh.is_primary
    assert fresh.verified_at is not None
    assert chosen_number(html) == fresh.pk


def test_a_further_number_is_added(login, li, held):
    login(li).post(url("correct_phone", held), fix(held, "add", **{"fix-new": "021-58881234"}), headers=HTMX)
    assert held.customer.phones.filter(number="02158881234", is_primary=False).exists()


def test_a_typing_error_in_a_number_is_said(login, li, held, phone):
    data = fix(held, f"replace:{phone.pk}", **{f"fix-{phone.pk}": "1381234"})
    html = login(li).post(url("correct_phone", held), data, headers=HTMX).content.decode()
    assert 'role="alert"' in html
    assert 'value="1381234"' in html
    assert held.customer.phones.count() == 1


def test_another_customers_number_is_not_touched(login, li, held, pudong):
    foreign = make_customer(pudong, name="别人", number="13999999999").phones.get()
    login(li).post(url("correct_phone", held), fix(held, f"verify:{foreign.pk}"), headers=HTMX)
    foreign.refresh_from_db()
    assert foreign.verified_at is None


def test_numbers_are_changed_only_by_the_holder(login, li, chen, held, phone):
    login(chen).post(url("correct_phone", held), fix(held, f"verify:{phone.pk}"), headers=HTMX)
    phone.refresh_from_db()
    assert phone.verified_at is None


# --- Undo -------------------------------------------------------------------------------------------------------------------
def test_undo_brings_the_card_back_with_all_that_was_typed(login, li, held, item):
    client = login(li)
    client.post(url("save", held), satisfied(held, item, note="按错了"))
    response = client.post(reverse("followups:undo", args=[Call.objects.get().pk]))
    assert response["Location"] == url("desk", held)
    html = show(client, held)
    assert "按错了" in html
    assert f'name="{questions(item)["overall"]}" value="1" data-key="1" checked' in html
    assert again(item).state == "open"


def test_only_the_caller_may_undo(login, li, chen, card, now):
    made = call(card.customer, "no_answer", by=li, now=now)
    response = login(chen).post(reverse("followups:undo", args=[made.pk]), follow=True)
    assert "只有打这通电话的人才能撤销" in response.content.decode()
    made.refresh_from_db()
    assert made.undone_at is None


def test_a_handled_complaint_is_not_taken_back(login, li, zhou, held, item, now):
    client = login(li)
    client.post(url("save", held), satisfied(held, item) | {questions(item)["overall"]: "5"} | complaint(item))
    from complaints.services import take_over

    take_over(Complaint.objects.get(), by=zhou, now=timezone.now())
    response = client.post(reverse("followups:undo", args=[Call.objects.get().pk]), follow=True)
    assert "已有人处理，不能撤销" in response.content.decode()


def test_complaints_of_the_customer_are_called_by_address(login, li, held, now):
    made = make_complaint(held.customer, by=li, now=now)
    assert reverse("complaints:customer_panel", args=[made.customer_id]) in show(login(li), held)
