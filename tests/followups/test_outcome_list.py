"""The outcome list written by a manager: what may change, what always stays, what the desk shows, how often each was used."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Change
from followups.choices import SITUATION_EFFECTS, Effect, Level
from followups.defaults.outcomes import OUTCOMES, seed_outcomes
from followups.models import Call, CallOutcome, Outcome
from followups.reading.outcomes import Uses, outcome_lists
from followups.services.claims import take_card
from followups.services.outcomes import (
    EFFECTS,
    NEEDED,
    OutcomeMoved,
    add_outcome,
    edit_outcome,
    last_change,
    move_outcome,
    retire_outcome,
    revive_outcome,
)
from followups.services.undo import undo_visit
from followups.services.visits import Topic, save_visit
from tests.factories.followups import make_card, make_item
from tests.followups.desk import again, call, dialled
from tests.followups.test_races import at_once

NEW = {"label_zh": "车已上交公司", "label_en": "Handed back to the company", "effect": Effect.DONE}
VALUES = {**NEW, "note_required": False}


@pytest.fixture
def told(zhou, now):
    return {"by": zhou, "now": now}


def outcome(store, code):
    return Outcome.objects.get(store=store, code=code)


def keys(store, level):
    rows = Outcome.objects.filter(store=store, level=level, retired_at__isnull=True).order_by("order", "pk")
    return {row.code: row.order for row in rows}


def edit(row, told, **values):
    newest = last_change(row)
    return edit_outcome(row, values, seen=newest.pk if newest else 0, **told)


# --- Adding -------------------------------------------------------------------------------------------------------------
def test_a_new_outcome_stands_last_with_a_code_of_its_own(pudong, xuhui, told, zhou):
    row = add_outcome(pudong, "not_reached", {**VALUES, "effect": Effect.RETRY}, **told)
    assert (row.code, row.order, row.level) == ("own-handed-back-to-the-compa", 7, "not_reached")
    assert not Outcome.objects.filter(store=xuhui, code=row.code).exists()
    line = Change.objects.of_record(row).get()
    assert (line.deed, line.actor_id, line.store_id) == ("create", zhou.pk, pudong.pk)


def test_codes_stay_unique_whatever_the_names(pudong, told):
    first = add_outcome(pudong, "reached", VALUES, **told)
    retire_outcome(first, **told)
    second = add_outcome(pudong, "reached", VALUES, **told)
    third = add_outcome(pudong, "invalid", {**VALUES, "effect": Effect.BAD_NUMBER}, **told)
    wordless = add_outcome(pudong, "reached", {**VALUES, "label_zh": "留", "label_en": "留"}, **told)
    leave = add_outcome(pudong, "reached", {**VALUES, "label_zh": "离开", "label_en": "leave"}, **told)
    codes = [row.code for row in (first, second, third, wordless, leave)]
    assert len(set(codes)) == 5
    assert all(
        len(code) <= 30 and code.startswith("own") for code in codes
    )  # none is a word of the desk or of a later release


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_at_once_get_codes_and_places_of_their_own(pudong, told):
    other = {**VALUES, "label_zh": "另一个", "label_en": "Handed back to the company!"}
    results = at_once(
        lambda: add_outcome(pudong, "reached", VALUES, **told), lambda: add_outcome(pudong, "reached", other, **told)
    )
    assert len({row.code for row in results}) == 2
    assert sorted(row.order for row in results) == [10, 11]


@pytest.mark.parametrize(
    ("level", "values", "field"),
    [
        ("not_reached", {"effect": Effect.DONE}, "effect"),
        ("reached", {"effect": Effect.BAD_NUMBER}, "effect"),
        ("reached", {"effect": Effect.CAR_GONE}, "why_gone"),
        ("reached", {"effect": Effect.DO_NOT_CALL}, "note_required"),
        ("reached", {"label_zh": "完成"}, "label_zh"),
        ("reached", {"label_en": "Done"}, "label_en"),
        ("reached", {"label_zh": ""}, "label_zh"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(pudong, told, level, values, field):
    with pytest.raises(ValidationError) as caught:
        add_outcome(pudong, level, {**VALUES, **values}, **told)
    assert set(caught.value.message_dict) == {field}


def test_every_level_can_do_something_and_every_effect_has_its_level():
    assert set(EFFECTS) == set(Level)
    assert {effect for effects in EFFECTS.values() for effect in effects} == set(Effect) - set(SITUATION_EFFECTS)
    assert all(effect in EFFECTS[level] for level, effect in NEEDED)


def test_what_is_shipped_lacks_nothing():
    shipped = {(level, row.effect) for level, rows in OUTCOMES.items() for row in rows}
    assert set(NEEDED) <= shipped
    assert OUTCOMES[Level.REACHED][0].effect == Effect.DONE


# --- Changing -----------------------------------------------------------------------------------------------------------
def test_a_name_changes_also_once_used_and_the_history_says_who(pudong, told, zhou, li, wang, focus, today, now):
    make_item(wang, today=today, now=now)
    call(wang, "busy", by=li, now=now)
    edit(outcome(pudong, "busy"), told, label_zh="忙线中", note_required=True)
    row = outcome(pudong, "busy")
    assert (row.label_zh, row.note_required, row.code) == ("忙线中", True, "busy")
    line = last_change(row)
    assert line.actor_id == zhou.pk
    assert line.changes == {"label_zh": ["占线", "忙线中"], "note_required": [False, True]}


def test_nothing_changed_leaves_no_line(pudong, told):
    edit(outcome(pudong, "busy"), told, label_zh="占线")
    assert last_change(outcome(pudong, "busy")) is None


@pytest.mark.parametrize("undone", [False, True])
def test_what_a_used_outcome_does_stays(pudong, told, li, wang, focus, today, now, undone):
    item = make_item(wang, today=today, now=now)
    saved = call(wang, "not_available", by=li, now=now, topics=[Topic(item.pk, "not_available")])
    if undone:
        undo_visit(saved, by=li, now=now)
    with pytest.raises(ValidationError) as caught:
        edit(outcome(pudong, "not_available"), told, effect=Effect.DECLINED)
    assert set(caught.value.message_dict) == {"effect"}
    assert outcome(pudong, "not_available").effect == Effect.RETRY


def test_what_an_unused_one_does_can_change_and_another_stores_use_does_not_count(
    pudong, xuhui, told, zhao, today, now
):
    foreign = make_card(xuhui, today=today, now=now).customer
    call(foreign, "not_available", by=zhao, now=now, topics=[Topic(foreign.due_items.get().pk, "not_available")])
    edit(outcome(pudong, "not_available"), told, effect=Effect.DECLINED)
    assert outcome(pudong, "not_available").effect == Effect.DECLINED
    assert outcome(xuhui, "not_available").effect == Effect.RETRY


def test_a_shipped_outcome_of_a_gone_car_keeps_its_reason(pudong, told):
    row = edit(outcome(pudong, "car_scrapped"), told, label_zh="报废了", effect=Effect.CAR_GONE, why_gone="scrapped")
    assert (row.label_zh, set(last_change(row).changes)) == ("报废了", {"label_zh"})


def test_who_saves_second_is_told_of_the_first(pudong, told):
    edit(outcome(pudong, "busy"), told, label_zh="忙线")
    with pytest.raises(OutcomeMoved) as caught:
        edit_outcome(outcome(pudong, "busy"), {"label_zh": "正忙"}, seen=0, **told)
    assert caught.value.change.changes == {"label_zh": ["占线", "忙线"]}
    assert outcome(pudong, "busy").label_zh == "忙线"


def test_a_new_place_is_no_hindrance_to_who_writes(pudong, told):
    move_outcome(outcome(pudong, "busy"), 1, **told)
    edit_outcome(outcome(pudong, "busy"), {"label_zh": "正忙"}, seen=0, **told)
    assert outcome(pudong, "busy").label_zh == "正忙"


# --- Places, retiring, bringing back ---------------------------------------------------------------------------------------
def test_a_place_is_a_key(pudong, told):
    assert move_outcome(outcome(pudong, "power_off"), -1, **told)
    assert list(keys(pudong, "not_reached"))[:3] == ["no_answer", "power_off", "busy"]
    assert list(keys(pudong, "not_reached").values()) == list(range(1, 7))
    assert move_outcome(outcome(pudong, "power_off"), -9, **told)
    assert not move_outcome(outcome(pudong, "power_off"), -1, **told)
    assert Change.objects.of_record(outcome(pudong, "power_off")).count() == 2


def test_a_retired_one_gives_up_its_key_and_comes_back_last(pudong, xuhui, told, zhou):
    row = outcome(pudong, "busy")
    assert retire_outcome(row, **told)
    assert not retire_outcome(row, **told)
    assert keys(pudong, "not_reached") == {
        "no_answer": 1, "power_off": 2, "no_connection": 3, "rejected": 4, "hung_up": 5
    }  # fmt: skip
    assert len(keys(xuhui, "not_reached")) == 6
    seed_outcomes(pudong)  # the next migration does not bring it back
    assert outcome(pudong, "busy").retired_at is not None
    assert not move_outcome(row, 1, **told)
    assert revive_outcome(row, **told)
    assert not revive_outcome(row, **told)
    assert keys(pudong, "not_reached")["busy"] == 6
    deeds = Change.objects.of_record(row).order_by("pk").values_list("deed", "actor_id")
    assert list(deeds) == [("void", zhou.pk), ("revive", zhou.pk)]


def test_it_does_not_come_back_beside_one_of_the_same_name(pudong, told):
    row = outcome(pudong, "busy")
    retire_outcome(row, **told)
    add_outcome(pudong, "not_reached", {**VALUES, "label_zh": "占线", "effect": Effect.RETRY}, **told)
    with pytest.raises(ValidationError):
        revive_outcome(row, **told)


@pytest.mark.parametrize(("level", "effect"), sorted(NEEDED))
def test_the_last_one_that_the_desk_needs_stays(pudong, told, level, effect):
    needed = list(Outcome.objects.filter(store=pudong, level=level, effect=effect).order_by("pk"))
    if effect == Effect.DONE:
        move_outcome(needed[0], 0, **told)
    for row in needed[:-1]:
        assert retire_outcome(row, **told)
    with pytest.raises(ValidationError) as caught:
        retire_outcome(needed[-1], **told)
    assert Outcome.objects.get(pk=needed[-1].pk).retired_at is None
    assert str(NEEDED[level, effect]) in caught.value.messages[0] or caught.value.code == "first"
    assert not Change.objects.of_record(needed[-1]).filter(deed="void").exists()


def test_the_last_one_that_the_desk_needs_does_not_become_another(pudong, told):
    with pytest.raises(ValidationError) as caught:
        edit(outcome(pudong, "call_back"), told, effect=Effect.DECLINED)
    assert caught.value.code == "needed"
    assert outcome(pudong, "call_back").effect == Effect.PROMISE


@pytest.mark.django_db(transaction=True)
def test_two_who_retire_the_last_two_at_once_leave_one(pudong, told):
    for code in ("power_off", "no_connection", "rejected", "hung_up"):
        retire_outcome(outcome(pudong, code), **told)
    rows = [outcome(pudong, "no_answer"), outcome(pudong, "busy")]
    results = at_once(*[lambda row=row: retire_outcome(row, **told) for row in rows])
    assert sorted(type(result).__name__ for result in results) == ["ValidationError", "bool"]
    assert len(keys(pudong, "not_reached")) == 1


def test_what_holds_where_nobody_chooses_finishes_the_topic(pudong, told):
    with pytest.raises(ValidationError) as caught:
        move_outcome(outcome(pudong, "no_more_calls"), -4, **told)
    assert caught.value.code == "first"
    with pytest.raises(ValidationError):
        move_outcome(outcome(pudong, "done"), 1, **told)
    second = add_outcome(pudong, "reached", VALUES, **told)
    move_outcome(second, -8, **told)
    assert list(keys(pudong, "reached"))[:2] == ["done", second.code]
    assert retire_outcome(outcome(pudong, "done"), **told)
    assert list(keys(pudong, "reached"))[0] == second.code


def test_a_list_that_lacked_something_before_can_be_written_all_the_same(pudong, told):
    Outcome.objects.filter(store=pudong, effect=Effect.WRONG_NUMBER).delete()
    assert retire_outcome(outcome(pudong, "busy"), **told)


# --- How often ------------------------------------------------------------------------------------------------------------
def uses(store, now, code):
    rows = [row for level in outcome_lists(store, now) for row in (*level.active, *level.retired)]
    row = next(row for row in rows if row.outcome.code == code)
    return row.recent, row.ever


def test_uses_are_those_of_the_store_without_what_was_undone(pudong, xuhui, told, li, zhao, wang, focus, today, now):
    make_item(wang, "service_3dc", today=today, now=now)
    make_item(wang, "delivery_3dc", today=today, now=now)
    call(wang, "busy", by=li, now=now)
    for store, person in ((pudong, li), (xuhui, zhao), (xuhui, zhao)):
        customer = make_card(store, today=today, now=now).customer
        saved = call(customer, "busy", by=person, now=now)
        if store == pudong:
            undo_visit(saved, by=li, now=now)
    assert uses(pudong, now, "busy") == (Uses(1, 2), Uses(1, 2))
    assert uses(xuhui, now, "busy") == (Uses(2, 2), Uses(2, 2))
    assert uses(pudong, now + dt.timedelta(days=31), "busy") == (Uses(), Uses(1, 2))
    retire_outcome(outcome(pudong, "busy"), **told)
    assert uses(pudong, now, "busy") == (Uses(1, 2), Uses(1, 2))  # history keeps it


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_asks_as_much_whatever_there_is(pudong, told, now, more, django_assert_num_queries):
    for number in range(1 + more):
        add_outcome(pudong, "reached", {**VALUES, "label_zh": f"结果{number}", "label_en": f"Result {number}"}, **told)
    with django_assert_num_queries(5):
        outcome_lists(pudong, now)


def test_beyond_nine_there_is_no_key(pudong, told, now):
    row = add_outcome(pudong, "reached", VALUES, **told)
    shown = [line for line in outcome_lists(pudong, now)[0].active if line.key]
    assert [line.key for line in shown] == list("123456789")
    assert row.pk not in {line.outcome.pk for line in shown}


# --- The desk ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def held(pudong, li):
    now = timezone.now()
    return take_card(make_card(pudong, today=pudong.day_of(now), now=now).pk, user=li, now=now)


def post(client, held, **fields):
    data = {"token": str(held.lease_token), "phone": held.customer.phones.get().pk, **fields}
    return client.post(reverse("followups:save", args=[held.pk]), data)


def test_the_next_desk_shows_the_list_as_it_stands(pudong, told, li, held, login):
    client, address = login(li), reverse("followups:desk", args=[held.pk])
    assert 'name="outcome" value="busy"' in client.get(address).text
    retire_outcome(outcome(pudong, "busy"), **told)
    row = add_outcome(pudong, "not_reached", {**VALUES, "label_zh": "来电提醒", "effect": Effect.RETRY}, **told)
    for _step in range(4):
        move_outcome(row, -1, **told)
    html = client.get(address).text
    assert 'name="outcome" value="busy"' not in html
    assert f'value="{row.code}" data-key="2"' in html
    assert "来电提醒" in html
    post(client, held, level="not_reached", outcome=row.code)
    assert Call.objects.get().outcome == row


def test_one_retired_on_an_open_desk_is_asked_for_again_and_nothing_takes_its_place(pudong, told, li, held, login):
    retire_outcome(outcome(pudong, "car_sold"), **told)
    answer = post(login(li), held, level="reached", answered_by="owner", outcome="car_sold", note="卖给邻居了")
    assert "这个结果已停用" in answer.text
    assert "卖给邻居了" in answer.text
    assert not Call.objects.exists()


def test_a_new_reason_why_a_car_is_gone_is_written_on_the_car(pudong, told, li, wang, focus, today, now):
    values = {"label_zh": "全损", "label_en": "Total loss", "effect": Effect.CAR_GONE, "why_gone": "scrapped"}
    row = add_outcome(pudong, "reached", {**values, "note_required": False}, **told)
    item = make_item(wang, today=today, now=now)
    card = take_card(wang.card.pk, user=li, now=now)
    attempt = dialled(wang, row.code, answered_by="owner")
    topics = [Topic(item.pk, row.code)]
    save_visit(card, token=card.lease_token, by=li, now=now, attempt=attempt, topics=topics)
    focus.refresh_from_db()
    assert focus.gone_why == "scrapped"
    assert again(item).reason_params == {"why": "scrapped"}
    assert CallOutcome.objects.get().outcome == row
