"""Scripts written by a manager: versions, two who save at once, what the desk shows, what calls remember."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Change
from followups.models import CallOutcome, Script
from followups.reading.scripts import Talks, script_areas, script_versions, talks_of
from followups.services.claims import take_card
from followups.services.scripts import (
    ScriptMoved,
    current_script,
    reset_script,
    save_script,
    shipped_texts,
    texts_of,
    use_again,
)
from followups.services.undo import undo_visit
from followups.services.visits import Topic
from tests.factories.customers import make_customer
from tests.factories.followups import make_card, make_item
from tests.followups.desk import call, done
from tests.followups.test_races import at_once

RULE = "service_3dc"


@pytest.fixture
def save(pudong, zhou, now):
    def _save(zh, en="Hello {person}", *, base=None, by=None, **more):
        return save_script(pudong, RULE, {"zh": zh, "en": en}, base=base, by=by or zhou, now=now, **more)

    return _save


def scripts(store):
    return list(Script.objects.filter(store=store, rule=RULE).order_by("number"))


# --- Versions -----------------------------------------------------------------------------------------------------------
def test_what_is_saved_is_a_new_version_with_the_questionnaire_of_before(pudong, xuhui, save, zhou, now):
    first = current_script(pudong, RULE)
    before = texts_of(first)
    script = save("您好{person}\r\n\r\n[忙] 再见  \r\n", base=1, note="更短")
    assert (script.number, script.is_current, script.at, script.by, script.note) == (2, True, now, zhou, "更短")
    assert script.body_zh == "您好{person}\n\n[忙] 再见"
    assert script.version == first.version is not None
    first.refresh_from_db()
    assert (first.is_current, texts_of(first)) == (False, before)
    assert [row.number for row in scripts(xuhui)] == [1]
    line = Change.objects.get(model="followups.script")
    assert (line.actor_id, line.changes, line.params["rule"]) == (zhou.pk, {"number": [1, 2]}, RULE)


def test_the_same_text_makes_no_version(pudong, save):
    texts = texts_of(current_script(pudong, RULE))
    assert save(texts["zh"].replace("\n", "\r\n"), texts["en"]) is None
    assert len(scripts(pudong)) == 1
    assert not Change.objects.filter(model="followups.script").exists()


def test_a_fault_is_told_at_its_text_and_line_and_nothing_is_saved(pudong, save):
    with pytest.raises(ValidationError) as caught:
        save("您好\n\n{costumer}", "Hello\n\n[busy goodbye")
    assert set(caught.value.message_dict) == {"body_zh", "body_en"}
    assert "第3行" in caught.value.message_dict["body_zh"][0]
    assert len(scripts(pudong)) == 1


def test_a_doubt_is_no_hindrance(save):
    assert save("您好，{consultant}卖的车") is not None


def test_who_saves_second_is_told_of_the_first(pudong, save, zhou):
    mine = save("周的话术", base=1)
    with pytest.raises(ScriptMoved) as caught:
        save("吴的话术", base=1)
    assert caught.value.script == mine
    assert caught.value.script.by == zhou
    assert current_script(pudong, RULE) == mine


def test_an_earlier_version_holds_again_as_a_new_one(pudong, save, zhou, now):
    save("二")
    save("三")
    again = use_again(scripts(pudong)[0], by=zhou, now=now)
    assert (again.number, again.restores, texts_of(again)) == (4, 1, shipped_texts(RULE))
    assert use_again(again, by=zhou, now=now) is None


def test_the_shipped_text_comes_back(pudong, save, zhou, now):
    save("二")
    script = reset_script(pudong, RULE, by=zhou, now=now)
    assert (script.number, script.restores, texts_of(script)) == (3, 0, shipped_texts(RULE))
    assert reset_script(pudong, RULE, by=zhou, now=now) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_holds_and_the_other_is_told(pudong, save, zhou):
    results = at_once(lambda: save("甲", base=1), lambda: save("乙", base=1))
    assert sorted(type(result).__name__ for result in results) == ["Script", "ScriptMoved"]
    assert [script.number for script in scripts(pudong)] == [1, 2]
    assert Script.objects.filter(store=pudong, rule=RULE, is_current=True).count() == 1


# --- What calls remember ------------------------------------------------------------------------------------------------
def spoken(item, script_id, **more):
    topic = done(item)
    return Topic(item.pk, topic.outcome, answers=topic.answers, script_id=script_id, **more)


def test_a_call_remembers_the_script_that_was_on_the_screen(pudong, save, li, wang, focus, today, now):
    item = make_item(wang, RULE, today=today, now=now)
    shown = current_script(pudong, RULE)
    save("二")  # while she speaks
    call(wang, "done", by=li, now=now, topics=[spoken(item, shown.pk)])
    assert CallOutcome.objects.get().script == shown


@pytest.mark.parametrize("whose", ["other store", "other rule", "nobody"])
def test_a_script_that_was_not_on_the_screen_is_not_remembered(pudong, xuhui, li, wang, focus, today, now, whose):
    item = make_item(wang, RULE, today=today, now=now)
    wrong = {
        "other store": Script.objects.get(store=xuhui, rule=RULE).pk,
        "other rule": Script.objects.get(store=pudong, rule="delivery_3dc").pk,
        "nobody": 10**12,
    }[whose]
    call(wang, "done", by=li, now=now, topics=[spoken(item, wrong)])
    assert CallOutcome.objects.get().script is None


def test_talks_are_counted_by_version_without_what_was_undone(pudong, xuhui, save, li, zhao, today, now):
    first = current_script(pudong, RULE)
    foreign = current_script(xuhui, RULE)
    for place in range(3):
        card = make_card(pudong, today=today, now=now)
        item = card.customer.due_items.get()
        saved = call(card.customer, "done", by=li, now=now, topics=[spoken(item, first.pk)])
        if place == 2:
            undo_visit(saved, by=li, now=now)
    refused = make_card(pudong, today=today, now=now).customer
    call(
        refused, "declined", by=li, now=now, topics=[Topic(refused.due_items.get().pk, "declined", script_id=first.pk)]
    )
    other = make_card(xuhui, today=today, now=now).customer
    call(other, "done", by=zhao, now=now, topics=[spoken(other.due_items.get(), foreign.pk)])
    assert talks_of([first.pk]) == {first.pk: Talks(3, 2, 1)}
    row = next(row for _area, rows in script_areas(pudong, now) for row in rows if row.rule.code == RULE)
    assert (row.recent, row.talks, row.is_shipped) == (3, Talks(3, 2, 1), True)
    late = now + dt.timedelta(days=31)
    row = next(row for _area, rows in script_areas(pudong, late) for row in rows if row.rule.code == RULE)
    assert (row.recent, row.talks.spoken) == (0, 3)


def test_a_share_is_told_only_of_enough_talks():
    assert Talks(29, 20).share is None
    assert Talks(30, 20).share == 67


def test_versions_tell_what_each_changed(pudong, save, zhou):
    texts = texts_of(current_script(pudong, RULE))
    save(texts["zh"].replace("您好", "您好呀", 1) if "您好" in texts["zh"] else "您好呀", texts["en"])
    rows, following = script_versions(pudong, RULE)
    assert [row.script.number for row in rows] == [2, 1]
    assert following == ""
    assert any(kind == "new" for line in rows[0].zh for kind, _text in line.parts)
    assert rows[0].en == []
    assert rows[1].is_first


def test_the_versions_go_on_over_a_page(pudong, save):
    for number in range(2, 14):
        save(f"第{number}版")
    rows, following = script_versions(pudong, RULE)
    assert [row.script.number for row in rows] == list(range(13, 3, -1))
    assert rows[-1].zh  # held against version 3, which stands on the next page
    rest, _end = script_versions(pudong, RULE, following)
    assert [row.script.number for row in rest] == [3, 2, 1]


@pytest.mark.parametrize("versions", [1, 3])
def test_the_pages_ask_as_much_whatever_there_is(
    pudong, save, zhou, login, today, versions, django_assert_num_queries, now
):
    for number in range(versions - 1):
        save(f"第{number}版")
    with django_assert_num_queries(4):
        script_areas(pudong, now)
    with django_assert_num_queries(3):
        script_versions(pudong, RULE)


# --- The desk -----------------------------------------------------------------------------------------------------------
def test_the_next_desk_shows_the_new_text_and_its_call_remembers_it(pudong, save, li, login):
    now = timezone.now()
    card = make_card(pudong, today=pudong.day_of(now), now=now, name="王雅丽")
    card = take_card(card.pk, user=li, now=now)
    client, address = login(li), reverse("followups:desk", args=[card.pk])
    assert "新写的话术" not in client.get(address).text
    script = save("{greeting}，{person}，这是新写的话术。")
    html = client.get(address).text
    assert "这是新写的话术" in html
    assert "王雅丽" in html
    item = card.customer.due_items.get()
    assert f'name="topic{item.pk}-script" value="{script.pk}"' in html
    answers = {f"topic{item.pk}-q{q.pk}": "1" for q in script.version.questions.all()}
    data = {"token": str(card.lease_token), "phone": card.customer.phones.get().pk, "level": "reached", **answers}
    client.post(
        reverse("followups:save", args=[card.pk]),
        {**data, "answered_by": "owner", f"topic{item.pk}-script": str(script.pk)},
    )
    assert CallOutcome.objects.get().script == script


def test_nonsense_in_the_place_of_the_script_saves_all_the_same(pudong, li, login):
    now = timezone.now()
    card = take_card(make_card(pudong, today=pudong.day_of(now), now=now).pk, user=li, now=now)
    item = card.customer.due_items.get()
    data = {"token": str(card.lease_token), "phone": card.customer.phones.get().pk, "level": "reached"}
    data |= {"answered_by": "owner", "outcome": "declined", f"topic{item.pk}-script": "9" * 40}
    login(li).post(reverse("followups:save", args=[card.pk]), data)
    assert CallOutcome.objects.get().script is None


def test_a_customer_without_a_call_has_no_talks(pudong, now):
    make_customer(pudong)
    assert talks_of([current_script(pudong, RULE).pk]) == {}
