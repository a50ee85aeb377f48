"""The pages of scripts and outcomes: what they show, whom they refuse, what is kept of what was typed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from followups.models import Outcome, Script
from followups.placeholders import known_for
from followups.reading.care_list import message_of
from followups.reading.text_diff import text_diff
from followups.reading.topics import facts_of, script_words
from followups.reading.words import person_of
from followups.rules import BY_CODE, RULES
from followups.scripts import PLACEHOLDERS
from followups.services.scripts import current_script, save_script, texts_of
from tests.factories.customers import make_customer, make_delivery, make_vehicle
from tests.factories.followups import make_card, make_item

RULE = "service_3dc"


@pytest.fixture
def now(pudong):
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def manager(zhou, login):
    return login(zhou)


def url(name, *args):
    return reverse(f"followups:{name}", args=args)


def typed(store, **more):
    texts = texts_of(current_script(store, RULE))
    return {"body_zh": texts["zh"], "body_en": texts["en"], "base": 1, **more}


# --- The editor -----------------------------------------------------------------------------------------------------------
def test_the_editor_starts_with_what_holds_and_somebody_who_is_due(manager, pudong, xuhui, today, now):
    make_card(xuhui, today=today, now=now, name="别店客户", number="13700000000")
    make_card(pudong, today=today, now=now, name="王雅丽", number="13812345678")
    html = manager.get(url("script", RULE)).text
    assert "{advisor}" in html
    assert "138****5678" in html
    assert "13812345678" not in html
    assert '<b class="slot">王雅丽</b>' in html  # the script with her name
    assert "总体满意吗" in html  # the questionnaire where the desk shows it
    assert "别店客户" not in html


def test_a_fault_is_shown_at_its_text_and_what_was_typed_stays(manager, pudong):
    answer = manager.post(url("script", RULE), typed(pudong, body_zh="您好\n\n{costumer}", note="试试"))
    assert answer.status_code == 200
    assert "第3行：没有占位符 {costumer}" in answer.text
    assert "您好\n\n{costumer}</textarea>" in answer.text
    assert 'value="试试"' in answer.text
    assert Script.objects.filter(store=pudong, rule=RULE).count() == 1


def test_saved_it_says_the_number(manager, pudong):
    answer = manager.post(url("script", RULE), typed(pudong, body_zh="您好，{person}"), follow=True)
    assert "已保存为第2版" in answer.text
    assert current_script(pudong, RULE).body_zh == "您好，{person}"


def test_the_second_of_two_is_told_and_loses_nothing(manager, pudong, zhou, now):
    save_script(pudong, RULE, {"zh": "周的话术", "en": "Zhou"}, base=1, by=zhou, now=now)
    answer = manager.post(url("script", RULE), typed(pudong, body_zh="吴的话术"))
    assert "周敏在" in answer.text
    assert "第2版" in answer.text
    assert "吴的话术</textarea>" in answer.text
    assert "<del>周</del><ins>吴</ins>的话术" in answer.text
    assert 'name="base" value="2"' in answer.text
    assert current_script(pudong, RULE).body_zh == "周的话术"
    manager.post(url("script", RULE), typed(pudong, body_zh="吴的话术", base=2))
    assert current_script(pudong, RULE).body_zh == "吴的话术"


def test_without_a_script_of_the_page_a_look_saves_nothing(manager, pudong):
    answer = manager.post(url("script", RULE), typed(pudong, body_zh="{nonsense}", look="1"))
    assert "没有占位符 {nonsense}" in answer.text
    assert Script.objects.filter(store=pudong, rule=RULE).count() == 1


def test_the_preview_is_of_what_is_typed_in_the_language_chosen(manager, pudong, today, now):
    card = make_card(pudong, today=today, now=now, name="王雅丽")
    data = typed(pudong, body_zh="您好，{person}", body_en="Hello {person}", customer=card.customer_id)
    html = manager.post(url("script_preview", RULE), data).text
    assert '您好，<b class="slot">王雅丽</b>' in html
    assert "Hello" not in html
    html = manager.post(url("script_preview", RULE), {**data, "lang": "en"}).text
    assert 'Hello <b class="slot">王雅丽</b>' in html
    assert Script.objects.filter(store=pudong, rule=RULE).count() == 1


@pytest.mark.parametrize("rule", [rule.code for rule in RULES])
def test_every_script_can_be_tried_with_a_customer_who_has_no_such_topic(manager, pudong, today, rule):
    customer = make_customer(pudong, name="王雅丽", number="13812345678")
    make_delivery(make_vehicle(customer, plate="沪A8F2K1"), today)
    texts = texts_of(current_script(pudong, rule))
    data = {"body_zh": texts["zh"], "body_en": texts["en"], "customer": customer.pk}
    html = manager.post(url("script_preview", rule), data).text
    assert "王雅丽" in html
    assert "以最近的记录代替" in html
    assert "13812345678" not in html


def test_a_customer_of_another_store_is_not_previewed(manager, pudong, xuhui, today, now):
    foreign = make_card(xuhui, today=today, now=now, name="别店客户").customer
    answer = manager.post(url("script_preview", RULE), typed(pudong, customer=foreign.pk))
    assert answer.status_code == 200
    assert "别店客户" not in answer.text
    assert "没有找到" in manager.get(url("script_customers", RULE), {"q": "别店客户"}).text


def test_customers_are_found_by_name_and_plate_with_masked_numbers(manager, pudong):
    customer = make_customer(pudong, name="王雅丽", number="13812345678")
    make_vehicle(customer, plate="沪A8F2K1")
    for text in ("王雅丽", "8F2K1", "5678"):
        html = manager.get(url("script_customers", RULE), {"q": text}).text
        assert "王雅丽" in html
        assert "138****5678" in html
    assert "没有找到" in manager.get(url("script_customers", RULE), {"q": "没有这个人"}).text


def test_a_message_is_shown_as_it_is_sent(manager, pudong):
    customer = make_customer(pudong, name="王雅丽")
    data = {"body_zh": "> 提示\n\n{person}生日快乐", "body_en": "Happy birthday", "customer": customer.pk}
    html = manager.post(url("script_preview", "birthday"), data).text
    assert "<p>王雅丽生日快乐</p>" in html
    assert "as-desk" not in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_editor_asks_as_much_whatever_customers_there_are(
    manager, pudong, today, now, rows, django_assert_max_num_queries
):
    manager.get(url("scripts"))
    for _row in range(rows):
        make_card(pudong, today=today, now=now)
    with django_assert_max_num_queries(24):
        manager.get(url("script", RULE))


def test_an_unknown_rule_is_not_there(manager):
    for name in ("script", "script_customers", "script_history"):
        assert manager.get(url(name, "nonsense")).status_code == 404
    for name in ("script_preview", "script_reset"):
        assert manager.post(url(name, "nonsense")).status_code == 404


def test_a_version_is_used_again_and_the_shipped_text_comes_back(manager, pudong, zhou, now):
    first = current_script(pudong, RULE)
    save_script(pudong, RULE, {"zh": "二", "en": "two"}, base=1, by=zhou, now=now)
    assert "现在使用第3版" in manager.post(url("script_again", first.pk), follow=True).text
    assert "没有改动" in manager.post(url("script_reset", RULE), follow=True).text
    html = manager.get(url("script_history", RULE)).text
    assert "<ins>二</ins>" in html
    assert "周敏" in html


def test_who_may_not_see_customers_writes_no_scripts(zhou, login, pudong):
    from tests.test_doors import person

    manager = login(person(pudong, "followups.manage_queue"))
    assert manager.get(url("scripts")).status_code == 200
    assert manager.get(url("script", RULE)).status_code == 403
    assert manager.post(url("script_preview", RULE)).status_code == 403


def test_what_fills_the_placeholders_is_what_the_editor_offers(pudong, zhou, today, now):
    """The words that the desk knows of a topic are those told for its rule (followups.placeholders)."""
    customer = make_customer(pudong, name="王雅丽")
    for code in ("service_3dc", "delivery_3dc"):
        item = make_item(customer, code, today=today, now=now)
        item.subject = ""
        fact = facts_of([item])[code, item.fact_id]
        words = script_words(item, fact, customer, zhou, now, person_of(fact, customer)[0])
        assert set(words) <= set(PLACEHOLDERS)
        assert {word for word, value in words.items() if value not in ("", None)} <= known_for(BY_CODE[code])
        assert message_of(item, fact, Script(body_zh="{car}{days}", rule=code), zhou, now)


# --- Differences ----------------------------------------------------------------------------------------------------------
def test_a_changed_line_shows_the_signs_that_changed():
    line = text_diff("您好{person}\n\n再见", "您好{customer}\n\n再见")[0]
    assert line.kind == "changed"
    assert line.parts == [("same", "您好"), ("old", "{person}"), ("new", "{customer}")]


def test_unlike_lines_are_taken_out_and_put_in_and_the_rest_is_left_out():
    old = "\n".join(["一", "二", "三", "四", "五"])
    lines = text_diff(old, old + "\n再见，祝您一路平安")
    assert [line.kind for line in lines] == ["skip", "same", "new"]
    assert text_diff(old, old.replace("\n", "\n\n")) == []
    assert [line.kind for line in text_diff("甲乙丙", "子丑寅")] == ["old", "new"]


# --- The outcome list -------------------------------------------------------------------------------------------------------
def test_an_outcome_is_added_changed_and_retired_by_hand(manager, pudong):
    data = {"label_zh": "车上交公司", "label_en": "Handed back", "effect": "car_gone", "why_gone": "moved"}
    manager.post(url("outcome_new", "reached"), data)
    row = Outcome.objects.get(store=pudong, label_zh="车上交公司")
    assert (row.effect, row.why_gone, row.order) == ("car_gone", "moved", 10)
    page = manager.get(url("outcome", row.pk)).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    manager.post(url("outcome", row.pk), {**data, "label_zh": "车已上交", "seen": seen})
    assert "原因：" in manager.get(url("outcomes")).text
    answer = manager.post(url("outcome", row.pk), {**data, "label_zh": "车辆上交", "seen": seen})
    assert "周敏在" in answer.text  # of somebody with the page of before
    assert 'value="车辆上交"' in answer.text
    assert Outcome.objects.get(pk=row.pk).label_zh == "车已上交"
    manager.post(url("outcome_retire", row.pk))
    assert Outcome.objects.get(pk=row.pk).retired_at is not None
    manager.post(url("outcome_revive", row.pk))
    assert Outcome.objects.get(pk=row.pk).retired_at is None


def test_what_a_used_outcome_does_is_said_at_the_field_and_not_taken_from_the_form(manager, pudong, li, today, now):
    from followups.services.visits import Topic
    from tests.followups.desk import call

    customer = make_card(pudong, today=today, now=now).customer
    call(customer, "declined", by=li, now=now, topics=[Topic(customer.due_items.get().pk, "declined")])
    row = Outcome.objects.get(store=pudong, code="declined")
    assert "作用不能再改" in manager.get(url("outcome", row.pk)).text
    data = {"label_zh": "不需要", "label_en": "No need", "effect": "do_not_call", "note_required": "on", "seen": "0"}
    manager.post(url("outcome", row.pk), data)
    row.refresh_from_db()
    assert (row.label_zh, row.effect) == ("不需要", "declined")


def test_a_refused_deed_says_why_in_the_list_and_on_the_page(manager, pudong):
    row = Outcome.objects.get(store=pudong, code="call_back")
    fragment = manager.post(url("outcome_retire", row.pk), headers={"HX-Request": "true"}).text
    assert "就无法约定回电" in fragment
    assert "<html" not in fragment
    assert "就无法约定回电" in manager.post(url("outcome_retire", row.pk), follow=True).text
    assert Outcome.objects.get(pk=row.pk).retired_at is None


def test_a_wrong_field_is_told_and_what_was_typed_stays(manager, pudong):
    data = {"label_zh": "车上交公司", "label_en": "", "effect": "retry"}
    answer = manager.post(url("outcome_new", "reached"), data)
    assert 'value="车上交公司"' in answer.text
    assert "errorlist" in answer.text
    assert not Outcome.objects.filter(label_zh="车上交公司").exists()


@pytest.mark.parametrize("to", ["up", "down", "sideways", ""])
def test_moving_answers_with_the_list(manager, pudong, to):
    row = Outcome.objects.get(store=pudong, code="busy")
    answer = manager.post(url("outcome_move", row.pk), {"to": to}, headers={"HX-Request": "true"})
    assert answer.text.strip().startswith('<div id="outcomes"')
    row.refresh_from_db()
    assert row.order == {"up": 1, "down": 3}.get(to, 2)
