"""Conflicts with the DMS: what each answer writes, what it refuses, and what settles itself."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.choices import Source
from audit.models import Change
from customers.conflicts import conflicts_of
from customers.models import Customer
from customers.services import (
    AlreadyDecided,
    ChangedMeanwhile,
    add_phone,
    ask_by_call,
    keep_ours,
    reopen_conflict,
    set_do_not_call,
    settle_conflicts,
    take_theirs,
    update_customer,
    verify_phone,
)
from customers.services.conflicts import fingerprint
from dms.choices import ConflictState
from dms.models import Conflict
from followups.models import DueItem, PlannedCall
from tests.factories.customers import make_conflict, make_customer, make_phone

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=5)


@pytest.fixture
def now(now):
    """The present: the conflicts of the factory were made just now."""
    return timezone.now()


@pytest.fixture
def moved(pudong, zhou, now):
    """She told us her new address; the file still has the old one."""
    customer = make_customer(pudong, name="王雅丽", number="13812345678", address="老地址")
    how = {"by": zhou, "source": Source.CALL, "now": now - LATER}
    update_customer(customer, {"address": "新地址"}, verified=True, **how)
    return make_conflict(customer, "address", "新地址", "老地址")


@pytest.fixture
def renumbered(pudong, zhou, now):
    """She confirmed one number; the file has two others."""
    customer = make_customer(pudong, name="张建国")
    verify_phone(make_phone(customer, "13911112222", is_primary=True), by=zhou, now=now - LATER, source=Source.CALL)
    return make_conflict(customer, "phone", "13911112222", "13800000001 / 02158880000")


def person_of(conflict):
    return Customer.objects.get(pk=conflict.customer_id)


def numbers_of(conflict):
    """{number: (primary, verified)} of the living ones."""
    phones = person_of(conflict).phones.filter(is_void=False)
    return {phone.number: (phone.is_primary, phone.verified_at is not None) for phone in phones}


def how(by, now, conflict):
    return {"by": by, "now": now, "seen": fingerprint(conflict)}


# --- Deciding ---------------------------------------------------------------------------------------------------------
def test_keeping_ours_writes_nothing_but_the_answer(moved, zhou, now):
    keep_ours(moved, **how(zhou, now, moved))
    moved.refresh_from_db()
    assert (moved.state, moved.decided_by, moved.decided_at) == (ConflictState.OURS, zhou, now)
    assert person_of(moved).address == "新地址" and "address" in person_of(moved).verified
    line = Change.objects.get(model="dms.conflict", object_id=moved.pk)
    assert (line.changes, line.customer_id, line.actor_name) == ({"state": ["open", "ours"]}, moved.customer_id, "周敏")


def test_taking_theirs_writes_the_value_and_the_stamp_falls_away(moved, zhou, now):
    take_theirs(moved, **how(zhou, now, moved))
    customer = person_of(moved)
    assert customer.address == "老地址" and customer.verified == {}
    change = Change.objects.filter(model="customers.customer", object_id=customer.pk).latest("pk")
    assert (change.changes, change.source) == ({"address": ["新地址", "老地址"]}, "import")


def test_taking_their_numbers_puts_ours_behind_them(renumbered, zhou, now):
    take_theirs(renumbered, **how(zhou, now, renumbered))
    assert numbers_of(renumbered) == {
        "13911112222": (False, False),
        "13800000001": (True, False),
        "02158880000": (False, False),
    }


def test_a_number_that_we_took_away_comes_back_when_theirs_is_taken(renumbered, zhou, now):
    make_phone(person_of(renumbered), "13800000001", is_void=True, state="wrong")
    take_theirs(renumbered, **how(zhou, now, renumbered))
    assert numbers_of(renumbered)["13800000001"] == (True, False)


def test_one_answer_closes_the_lines_of_earlier_files_with_the_same_value(moved, zhou, now):
    again = make_conflict(person_of(moved), "address", "新地址", "老地址")
    other = make_conflict(person_of(moved), "name", "王雅丽", "王丽")
    keep_ours(again, **how(zhou, now, again))
    states = dict(Conflict.objects.values_list("pk", "state"))
    assert states == {moved.pk: "ours", again.pk: "ours", other.pk: "open"}


def test_who_comes_second_is_told_who_was_first(moved, zhou, li, now):
    keep_ours(moved, **how(zhou, now, moved))
    with pytest.raises(AlreadyDecided) as refused:
        take_theirs(moved, **how(li, now, moved))
    assert refused.value.record.decided_by == zhou
    assert person_of(moved).address == "新地址"


def test_a_value_that_changed_since_is_not_decided_about(moved, zhou, li, now):
    seen = how(li, now, moved)
    update_customer(person_of(moved), {"address": "更新的地址"}, by=zhou, source=Source.FORM, now=now)
    for decide in (keep_ours, take_theirs, ask_by_call):
        with pytest.raises(ChangedMeanwhile):
            decide(moved, **seen)
    moved.refresh_from_db()
    assert moved.state == ConflictState.OPEN and person_of(moved).address == "更新的地址"


def test_what_was_seen_is_what_is_decided(moved, zhou, now):
    """The line was brought up to date by somebody else's list after this page was made."""
    before = fingerprint(moved)
    update_customer(person_of(moved), {"address": "更新的地址"}, by=zhou, source=Source.FORM, now=now + LATER)
    settle_conflicts(moved.store, now=now + LATER)
    with pytest.raises(ChangedMeanwhile):
        take_theirs(moved, by=zhou, now=now + LATER, seen=before)


# --- A call -----------------------------------------------------------------------------------------------------------
def test_call_to_verify_puts_both_values_before_a_specialist(renumbered, zhou, now):
    ask_by_call(renumbered, **how(zhou, now, renumbered))
    item = DueItem.objects.get(customer_id=renumbered.customer_id)
    subject = PlannedCall.objects.get(pk=item.fact_id).subject
    assert item.rule == "manual" and item.state == "open"
    assert "139****2222" in subject and "138****0001" in subject and "13911112222" not in subject
    renumbered.refresh_from_db()
    assert renumbered.state == ConflictState.VERIFY


def test_who_wants_no_calls_is_not_called(moved, zhou, now):
    set_do_not_call(person_of(moved), "不想", by=zhou, source=Source.FORM, now=now - LATER)
    with pytest.raises(ValidationError):
        ask_by_call(moved, **how(zhou, now, moved))
    moved.refresh_from_db()
    assert moved.state == ConflictState.OPEN and not DueItem.objects.exists()


def test_what_the_call_finds_out_closes_the_conflict(renumbered, zhou, li, now):
    ask_by_call(renumbered, **how(zhou, now, renumbered))
    assert settle_conflicts(renumbered.store, now=now) == 0
    later = {"by": li, "source": Source.CALL, "now": now + LATER}
    add_phone(person_of(renumbered), "13800000001", verified=True, make_primary=True, **later)
    assert settle_conflicts(renumbered.store, now=now + LATER) == 1
    renumbered.refresh_from_db()
    assert (renumbered.state, renumbered.decided_by is None) == (ConflictState.THEIRS, False)


def test_a_number_confirmed_again_settles_it_as_ours(renumbered, li, now):
    verify_phone(person_of(renumbered).phones.get(), by=li, now=now + LATER, source=Source.CALL)
    settle_conflicts(renumbered.store, now=now + LATER)
    renumbered.refresh_from_db()
    assert renumbered.state == ConflictState.OURS and renumbered.decided_by is None


@pytest.mark.parametrize(("value", "state"), [("老地址", "theirs"), ("新地址", "ours")])
def test_a_field_confirmed_again_settles_it(value, state, moved, li, now):
    how_now = {"by": li, "source": Source.FORM, "now": now + LATER}
    update_customer(person_of(moved), {"address": value}, verified=True, **how_now)
    assert settle_conflicts(moved.store, now=now + LATER) == 1
    moved.refresh_from_db()
    assert moved.state == state
    assert settle_conflicts(moved.store, now=now + LATER) == 0


def test_work_in_another_store_settles_nothing_here(moved, xuhui, li, now):
    how_now = {"by": li, "source": Source.FORM, "now": now + LATER}
    update_customer(person_of(moved), {"address": "新地址"}, verified=True, **how_now)
    assert settle_conflicts(xuhui, now=now + LATER) == 0


# --- Taking a decision back -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("decide", [keep_ours, take_theirs, ask_by_call])
@pytest.mark.parametrize("which", ["moved", "renumbered"])
def test_a_decision_taken_back_leaves_everything_as_it_was(decide, which, request, zhou, now):
    conflict = request.getfixturevalue(which)
    before = (person_of(conflict).address, person_of(conflict).verified, numbers_of(conflict))
    decide(conflict, **how(zhou, now, conflict))
    reopen_conflict(conflict, by=zhou, now=now + LATER)
    assert (person_of(conflict).address, person_of(conflict).verified, numbers_of(conflict)) == before
    conflict.refresh_from_db()
    assert (conflict.state, conflict.decided_by, conflict.undo) == (ConflictState.OPEN, None, None)
    assert not DueItem.objects.filter(state="open").exists()
    assert settle_conflicts(conflict.store, now=now + LATER) == 0


def test_nobody_takes_back_what_another_decided(moved, zhou, li, now):
    keep_ours(moved, **how(zhou, now, moved))
    with pytest.raises(AlreadyDecided):
        reopen_conflict(moved, by=li, now=now)


@pytest.mark.parametrize("which", ["moved", "renumbered"])
def test_what_was_worked_on_since_is_not_taken_back(which, request, zhou, li, now):
    conflict = request.getfixturevalue(which)
    take_theirs(conflict, **how(zhou, now, conflict))
    later = {"by": li, "source": Source.CALL, "now": now + LATER}
    update_customer(person_of(conflict), {"address": "别处"}, **later)
    add_phone(person_of(conflict), "13600000000", **later)
    with pytest.raises(ChangedMeanwhile):
        reopen_conflict(conflict, by=zhou, now=now + 2 * LATER)


# --- The page ---------------------------------------------------------------------------------------------------------
LIST = "/customers/conflicts/"


def decide(client, conflict, decision, **headers):
    url = reverse("customers:conflict_decide", args=[conflict.pk])
    return client.post(url, {"decision": decision, "seen": fingerprint(conflict)}, **headers)


def test_the_list_shows_both_sides_and_masks_numbers(renumbered, moved, login, li):
    text = login(li).get(LIST).content.decode()
    assert "139****2222" in text and "138****0001 / 021****0000" in text
    assert "13911112222" not in text and "13800000001" not in text
    assert "新地址" in text and "老地址" in text and "周敏" in text


def test_another_stores_conflicts_are_not_shown(moved, xuhui, zhao, login):
    foreign = make_conflict(make_customer(xuhui, name="外店客户", address="甲"), "address", "甲", "乙")
    assert [line.pk for line in conflicts_of(zhao)] == [foreign.pk]
    text = login(zhao).get(LIST).content.decode()
    assert "外店客户" in text and "王雅丽" not in text
    assert login(zhao).get(f"{LIST}?batch={moved.batch_id}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(count, pudong, login, li, django_assert_max_num_queries):
    for number in range(count):
        customer = make_customer(pudong, number=f"1380000000{number}", address="甲")
        make_conflict(customer, "address", "甲", "乙")
        make_conflict(customer, "address", "甲", "乙")
    client = login(li)
    client.get(LIST)
    with django_assert_max_num_queries(24):
        text = client.get(LIST).content.decode()
    assert text.count('id="conflict') == count


def test_a_decision_without_javascript_comes_back_to_the_list(moved, login, li):
    client = login(li)
    response = decide(client, moved, "ours")
    assert response.status_code == 302 and f"last={moved.pk}" in response["Location"]
    text = client.get(response["Location"]).content.decode()
    assert "data-undo" in text
    assert decide(client, moved, "undo").status_code == 302
    moved.refresh_from_db()
    assert moved.state == ConflictState.OPEN


def test_a_decision_by_fragment_answers_with_the_line(moved, login, li, zhou, now):
    text = decide(login(li), moved, "theirs", headers={"HX-Request": "true"}).content.decode()
    assert f'id="conflict{moved.pk}"' in text and "is-decided" in text and "<html" not in text
    text = decide(login(zhou), moved, "ours", headers={"HX-Request": "true"}).content.decode()
    assert "李静" in text and 'role="alert"' in text


def test_a_decision_by_fragment_counts_its_tab_and_its_field_anew(moved, login, li, pudong):
    make_conflict(make_customer(pudong, address="甲"), "address", "甲", "乙")
    client = login(li)
    assert 'id="field_address">2<' in client.get(LIST).content.decode()
    text = decide(client, moved, "ours", headers={"HX-Request": "true"}).content.decode()
    assert 'id="field_address" hx-swap-oob="true">1<' in text
    assert 'id="open_lines" hx-swap-oob="true">1<' in text


def test_keeping_all_of_a_field_leaves_the_others_and_what_came_later(moved, renumbered, login, li, pudong):
    client = login(li)
    url = f"{LIST}keep/?field=address"
    assert "1" in client.get(url).content.decode()
    newest = client.get(url).context["newest"]
    late = make_conflict(make_customer(pudong, address="丙"), "address", "丙", "丁")
    client.post(url, {"newest": newest})
    states = dict(Conflict.objects.values_list("pk", "state"))
    assert states == {moved.pk: "ours", renumbered.pk: "open", late.pk: "open"}
    assert Change.objects.filter(model="dms.conflict").count() == 1
