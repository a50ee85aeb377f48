"""Two files of one person become one and two again: what moves, what is joined, what an import and an undo make of it."""

import datetime as dt
import random

import pytest
from django.apps import apps

from audit.choices import Source
from audit.models import Change
from common.meanwhile import ChangedMeanwhile
from common.personal import Joining, all_follows
from customers.choices import Channel, DuplicateState
from customers.merging import fingerprint
from customers.models import Customer, DuplicatePair, Merge, Ownership, Phone, RepairOrder, Vehicle
from customers.services import add_phone, record_contact, set_wish, update_customer, verify_phone
from customers.services.care import work_out
from customers.services.errors import MergeRefused
from customers.services.gone import mark_gone
from customers.services.merging import merge_customers
from customers.services.outward import make_dms_sheet
from customers.services.unmerging import undo_merge
from customers.standing import standing_id
from customers.wording import merge_refused
from dms import services
from followups.models import DueItem
from followups.services.cards import check_cards
from followups.services.claims import take_card
from tests.customers.merge_stories import LATER, everything, make_files
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, owner, remarks, xlsx
from tests.factories.customers import make_conflict, make_customer, make_order, make_phone, make_vehicle
from tests.factories.followups import make_item
from tests.factories.reception import make_arrival
from tests.followups.desk import call
from tests.followups.desk import done as done_topic

pytestmark = pytest.mark.django_db
ONE, OTHER = "13800000001", "13800000002"


@pytest.fixture
def merge(zhou, now):
    def _merge(kept, gone, **choices):
        return merge_customers(kept, gone, choices=choices, by=zhou, now=now)

    return _merge


# --- Declarations -----------------------------------------------------------------------------------------------------
def test_every_row_that_names_a_customer_says_what_a_merge_does_with_it():
    declared = {
        (follow.model, follow.field): follow.joining for follow in all_follows() if follow.to == "customers.Customer"
    }
    keys = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Customer
    }
    assert {key for key in keys if declared.get(key) is None} == set(), "say in personal.py what a merge does with it"
    assert None not in declared.values()


def test_nothing_moves_of_which_one_customer_has_only_one():
    """Two rows may be about the same thing there: the app has to join them itself."""
    for follow in all_follows():
        if follow.to != "customers.Customer" or follow.joining is not Joining.MOVES:
            continue
        field = follow.source._meta.get_field(follow.field)
        unique = [
            constraint.name
            for constraint in follow.source._meta.total_unique_constraints
            if field.name in constraint.fields
        ]
        partial = [
            constraint.name
            for constraint in follow.source._meta.constraints
            if field.name in getattr(constraint, "fields", ())
            and hasattr(constraint, "deferrable")
            # A day's matter that one of the two takes back first: the merge is refused with a sentence.
            and constraint.name not in ("arrival_once_a_day_and_car", "arrival_once_a_day_on_foot")
        ]
        assert not field.unique and unique == [] and partial == [], follow


# --- What a merge does ------------------------------------------------------------------------------------------------
def test_everything_that_follows_her_names_the_kept_file(pudong, merge, today, now, zhou):
    kept, gone = (
        make_customer(pudong, name="王建国", number=ONE),
        make_customer(pudong, name="王建国先生", number=OTHER),
    )
    item = make_item(gone, today=today, now=now)
    record_contact(gone, at=now, channel="sms", connected=False, by=zhou, topics=[], summary={})
    merge(kept, gone)
    gone.refresh_from_db()
    assert gone.is_void and gone.merged_into == kept
    for model, column in (
        (Vehicle, "owner"), (Ownership, "customer"), (RepairOrder, "owner"), (RepairOrder, "bringer"), (Phone, "customer"), (DueItem, "customer"),
    ):  # fmt: skip
        assert not model.objects.filter(**{column: gone}).exists(), (model, column)
    assert kept.contacts.count() == 1
    item.refresh_from_db()
    assert item.customer == kept and kept.card.is_open and not gone.card.is_open
    assert check_cards(pudong, now=now) == []


def test_the_same_number_stands_once_with_the_better_confirmation(pudong, merge, zhou, now):
    kept, gone = make_customer(pudong, number=ONE), make_customer(pudong, number=ONE)
    make_phone(gone, OTHER)
    verify_phone(gone.phones.get(number=ONE), by=zhou, now=now)
    merge(kept, gone)
    assert list(kept.phones.filter(is_void=False).values_list("number", "is_primary")) == [(ONE, True), (OTHER, False)]
    assert kept.phones.get(number=ONE).verified_at == now and kept.phones.get(number=ONE).verified_by == "周敏"


def test_a_number_that_was_retired_comes_back_only_where_she_confirmed_it(pudong, merge, zhou, now):
    kept, gone, third = (make_customer(pudong) for _ in range(3))
    make_phone(kept, ONE, is_void=True)
    make_phone(gone, ONE, is_primary=True)
    make_phone(third, ONE, is_primary=True, verified_at=now, verified_by="李静")
    merge(kept, gone)
    assert kept.phones.get(number=ONE).is_void
    merge(kept, third)
    assert not kept.phones.get(number=ONE).is_void and kept.phones.get(number=ONE).is_primary


def test_the_chosen_values_stand_with_their_stamps(pudong, merge, now):
    stamp = (now - dt.timedelta(days=9)).isoformat()
    kept = make_customer(pudong, name="王建国", address="老地址", verified={"address": stamp, "name": stamp}, note="甲")
    gone = make_customer(
        pudong,
        name="王建国先生",
        address="新地址",
        wechat="wx1",
        birthday=815,
        birthday_is_lunar=True,
        note="乙",
        stage="owner",
    )
    merge(kept, gone, address="gone", note="both")
    kept.refresh_from_db()
    assert (kept.name, kept.address, kept.wechat, kept.note) == ("王建国", "新地址", "wx1", "甲\n乙")
    assert (kept.birthday, kept.birthday_is_lunar) == (815, True)
    assert kept.verified == {"name": stamp}  # nobody has confirmed the other address


def test_the_stricter_wish_holds_and_closes_what_it_forbids(pudong, merge, zhou, today, now):
    kept, gone = make_customer(pudong, number=ONE), make_customer(pudong, number=OTHER)
    item = make_item(kept, today=today, now=now)
    set_wish(gone, channel=Channel.PHONE_OUT, reason="别再打了", by=zhou, source=Source.CALL, now=now)
    done = merge(kept, gone)
    kept.refresh_from_db()
    item.refresh_from_db()
    assert kept.do_not_call and kept.do_not_call_reason == "别再打了"
    assert item.state == "declined" and item.reason == "do_not_call"
    undo_merge(done, by=zhou, now=now)
    kept.refresh_from_db()
    gone.refresh_from_db()
    item.refresh_from_db()
    assert (kept.do_not_call, gone.do_not_call, item.state) == (False, True, "open")


def test_one_birthday_is_wished_once(pudong, merge, now, today):
    kept, gone = make_customer(pudong, birthday=320), make_customer(pudong, birthday=320)
    for person in (kept, gone):
        make_item(person, "birthday", today=today, now=now, fact=person, anchor_on=today, round="2026", state="to_send")
    merge(kept, gone)
    states = dict(DueItem.objects.values_list("fact_id", "state"))
    assert states == {kept.pk: "to_send", gone.pk: "obsolete"}


def test_a_car_that_went_does_not_come_back_because_its_owner_s_file_was_merged(pudong, merge, zhou, now, today):
    kept, gone = make_customer(pudong), make_customer(pudong)
    car = make_vehicle(gone)
    mark_gone(car, "scrapped", on=today, by=zhou, source=Source.FORM, now=now)
    merge(kept, gone)

    work_out(pudong, now=now)
    car.refresh_from_db()
    assert car.gone_on == today


def test_an_open_conflict_is_decided_on_the_kept_file(pudong, merge, now):
    kept, gone = make_customer(pudong, address="甲"), make_customer(pudong, address="乙")
    conflict = make_conflict(gone, "address", "乙", "丙")
    merge(kept, gone)
    conflict.refresh_from_db()
    assert (conflict.object_id, conflict.customer_id) == (kept.pk, kept.pk)


def test_the_dms_is_told_as_ever(pudong, merge, zhou, now):
    kept = make_customer(pudong, name="王建国", number=ONE, dms_no="K1")
    gone = make_customer(pudong, name="王建国先生", number=ONE, dms_no="K2")
    merge(kept, gone)
    assert DuplicatePair.objects.get().state == DuplicateState.SAME
    (line,) = make_dms_sheet(pudong, by=zhou, now=now).lines.filter(field="dms_no")
    assert sorted(line.cells[5:7]) == ["K1 王建国", "K2 王建国先生"]


def test_both_files_tell_of_it(pudong, merge):
    kept, gone = make_customer(pudong, name="甲"), make_customer(pudong, name="乙", wechat="wx")
    merge(kept, gone)
    lines = Change.objects.filter(deed="merge", model="customers.customer")
    assert {line.customer_id for line in lines} == {kept.pk, gone.pk}


# --- Who may not, and two at once -------------------------------------------------------------------------------------
def test_nobody_merges_under_a_telling_voice(pudong, merge, li, zhou, today, now):
    kept, gone = make_customer(pudong, number=ONE), make_customer(pudong, number=OTHER)
    make_item(gone, today=today, now=now)
    take_card(gone.card.pk, user=li, now=now)
    with pytest.raises(MergeRefused) as refused:
        merge(kept, gone)
    assert refused.value.code == "held" and refused.value.params["person"] == "李静"
    assert not Merge.objects.exists() and not Customer.objects.filter(is_void=True).exists()


def test_the_second_merge_of_a_file_is_refused(pudong, merge, zhou, now):
    one, two, three = (make_customer(pudong, name=name) for name in "甲乙丙")
    merge(one, two)
    for kept, gone in ((three, two), (two, three)):
        with pytest.raises(MergeRefused) as refused:
            merge(kept, gone)
        assert refused.value.params == {"name": "乙", "into": "甲", "person": "周敏"}


def test_what_was_shown_is_what_is_merged(pudong, zhou, now):
    kept, gone = make_customer(pudong), make_customer(pudong)
    seen = fingerprint(kept, gone)
    assert seen == fingerprint(gone, kept)
    update_customer(gone, {"address": "刚改的"}, by=zhou, source=Source.FORM, now=now)
    with pytest.raises(ChangedMeanwhile):
        merge_customers(kept, gone, choices={}, by=zhou, now=now, seen=seen)


def test_files_of_two_stores_are_never_one(pudong, xuhui, merge):
    with pytest.raises(ValueError):
        merge(make_customer(pudong), make_customer(xuhui))


# --- Chains and undo --------------------------------------------------------------------------------------------------
def test_a_chain_leads_to_the_last_and_is_taken_back_from_its_end(pudong, merge, zhou, now):
    a, b, c = (make_customer(pudong, name=name, number=f"1390000000{place}") for place, name in enumerate("甲乙丙"))
    first, second = merge(b, a), merge(c, b)
    assert [standing_id(person.pk) for person in (a, b, c)] == [c.pk] * 3
    assert set(c.phones.values_list("number", flat=True)) == {f"1390000000{place}" for place in range(3)}
    with pytest.raises(MergeRefused) as refused:
        undo_merge(first, by=zhou, now=now)
    assert refused.value.code == "later" and refused.value.params == {"name": "乙", "into": "丙"}
    undo_merge(second, by=zhou, now=now)
    undo_merge(first, by=zhou, now=now)
    assert [list(person.phones.values_list("number", flat=True)) for person in (a, b, c)] == [
        [f"1390000000{place}"] for place in range(3)
    ]
    with pytest.raises(MergeRefused):
        undo_merge(first, by=zhou, now=now)


@pytest.mark.parametrize("seed", range(12))
def test_merged_and_taken_back_is_as_it_was(seed, pudong, zhou, li, today, now):
    dice = random.Random(seed)
    people = make_files(pudong, dice, by=li, today=today, now=now, files=3)
    before = everything()
    kept, gone, third = dice.sample(people, 3)
    choices = {
        name: dice.choice(["kept", "gone"]) for name in ("name", "address", "birthday", "primary", "note", "kind")
    }
    made = [merge_customers(kept, gone, choices=choices, by=zhou, now=now + LATER)]
    if dice.random() < 0.5:
        made.append(merge_customers(*dice.sample([third, kept], 2), choices={}, by=zhou, now=now + 2 * LATER))
    assert check_cards(pudong, now=now) == []
    assert everything() != before
    for merge in reversed(made):
        assert undo_merge(merge, by=zhou, now=now + 3 * LATER) == {}
    after = everything()
    assert [sorted(set(rows) ^ set(after[label])) for label, rows in before.items() if rows != after[label]] == []
    assert check_cards(pudong, now=now) == []


def test_what_was_changed_since_stays_and_is_told(pudong, merge, zhou, li, today, now):
    kept = make_customer(pudong, name="王建国", number=ONE)
    gone = make_customer(pudong, name="王建国先生", number=OTHER, wechat="wx1", address="新地址")
    car, second = make_vehicle(gone), make_vehicle(gone)
    buyer, later = make_customer(pudong, name="买家"), now + LATER
    item = make_item(gone, today=today, now=now, vehicle=car)
    done = merge(kept, gone)
    update_customer(kept, {"wechat": "wx2"}, by=li, source=Source.CALL, now=later)
    Vehicle.objects.filter(pk=second.pk).update(owner=buyer)
    call(kept, "no_answer", by=li, now=later)
    add_phone(kept, "13700000007", by=li, source=Source.CALL, now=later)
    make_order(car, today, owner=kept, bringer=kept)
    remnants = undo_merge(done, by=zhou, now=later + LATER)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.wechat, kept.address, gone.wechat, gone.address) == ("wx2", "", "wx1", "新地址")
    assert remnants["field:wechat"] == 1 and remnants["customers.Vehicle.owner"] == 1
    assert remnants["since:customers.RepairOrder.owner"] == 1
    assert Vehicle.objects.get(pk=second.pk).owner == buyer and Vehicle.objects.get(pk=car.pk).owner == gone
    assert set(kept.phones.values_list("number", flat=True)) == {ONE, "13700000007"}
    assert gone.phones.get().is_primary and Merge.objects.get().remnants == remnants
    item.refresh_from_db()
    assert item.customer in (kept, gone)
    assert check_cards(pudong, now=later + LATER) == []


def test_a_topic_called_since_stays_with_its_call(pudong, merge, zhou, li, today, now):
    kept, gone = make_customer(pudong, number=ONE), make_customer(pudong, number=OTHER)
    item = make_item(gone, today=today, now=now)
    merged = merge(kept, gone)
    later = now + dt.timedelta(minutes=5)
    call(kept, "done", by=li, now=later, topics=[done_topic(item)])
    assert undo_merge(merged, by=zhou, now=later + LATER)["followups.DueItem.customer"] == 1
    item.refresh_from_db()
    assert item.customer == kept and check_cards(pudong, now=later) == []


# --- The next import --------------------------------------------------------------------------------------------------
@pytest.fixture
def told(pudong):
    """The DMS tells of one person under two numbers and two spellings, each with a car; gives both files."""
    bring_in(pudong, [*OWNERS, "客户编号", "地址"], *ROWS)
    return Customer.objects.get(dms_no="K1"), Customer.objects.get(dms_no="K2")


ROWS = [
    [*owner(1, name="王建国", phone=ONE), "K1", "老地址1号"],
    [*owner(2, name="王建国先生", phone=OTHER), "K2", "新地址2号"],
]


def test_the_same_list_again_says_nothing_new(pudong, told, merge):
    kept, gone = told
    merge(kept, gone, address="gone")
    people, changes = Customer.objects.count(), Change.objects.count()
    batch = bring_in(pudong, [*OWNERS, "客户编号", "地址"], *ROWS)
    kept.refresh_from_db()
    assert (kept.name, kept.address, kept.dms_no) == ("王建国", "新地址2号", "K1")
    assert Customer.objects.count() == people and Change.objects.count() == changes
    assert batch.counts["unchanged"] == 2 and remarks(batch) == []
    assert Customer.objects.alive().count() == 1


@pytest.mark.parametrize("with_number", [True, False])
def test_a_new_car_of_either_name_is_hers(pudong, told, merge, with_number):
    kept, gone = told
    merge(kept, gone)
    header = [*OWNERS, "客户编号"] if with_number else OWNERS
    rows = [owner(3, name="王建国先生", phone=OTHER), owner(4, name="王建国", phone=ONE)]
    if with_number:
        rows = [[*rows[0], "K2"], [*rows[1], "K1"]]
    bring_in(pudong, header, *rows)
    assert Customer.objects.alive().count() == 1
    assert Vehicle.objects.filter(owner=kept).count() == 4


def test_something_really_new_of_either_number_is_written(pudong, told, merge):
    kept, gone = told
    merge(kept, gone)
    bring_in(pudong, [*OWNERS, "客户编号", "地址"], [*ROWS[1][:-1], "第三个地址3号"])
    kept.refresh_from_db()
    assert (kept.address, kept.name) == ("第三个地址3号", "王建国")


def test_orders_and_chains_find_her_too(pudong, told, merge):
    kept, gone = told
    last = make_customer(pudong, name="王建国（新）", number="13800000003")
    merge(kept, gone)
    merge(last, kept)
    last.refresh_from_db()
    assert last.dms_no == "K1"  # she had none of her own
    car = Vehicle.objects.get(plate="沪A00002")
    bring_in(pudong, [*ORDERS, "客户编号"], [*order("RO9", car.vin, name="王建国先生", phone=OTHER), "K2"])
    assert RepairOrder.objects.get(order_no="RO9").owner == last
    assert Customer.objects.alive().count() == 1


def test_a_preview_says_the_same_as_the_import(pudong, told, merge):
    kept, gone = told
    merge(kept, gone)
    batch = services.stage_upload(
        store=pudong, by=None, file_name="again.xlsx", content=xlsx([*OWNERS, "客户编号", "地址"], *ROWS)
    )
    assert services.preview_batch(batch).preview["unchanged"] == 2 and not batch.row_changes.exists()


def test_after_an_undo_each_number_is_its_own_again(pudong, told, merge, zhou, now):
    kept, gone = told
    undo_merge(merge(kept, gone, address="gone"), by=zhou, now=now)
    bring_in(pudong, [*OWNERS, "客户编号"], [*owner(5, name="王建国先生", phone=OTHER), "K2"])
    assert Vehicle.objects.get(vin__contains="000005").owner == gone
    assert Customer.objects.alive().count() == 2


def test_what_one_person_can_have_but_once_is_taken_back_first(pudong, zhou, now, merge):
    kept, gone = make_customer(pudong, name="王雅丽", number=ONE), make_customer(pudong, name="王亚丽", number=OTHER)
    for person in (kept, gone):
        make_arrival(person, by=zhou, now=now)
    with pytest.raises(MergeRefused) as refused:
        merge(kept, gone)
    assert (refused.value.code, merge_refused(refused.value)[:4]) == ("twice", "两份档案")
    gone.refresh_from_db()
    assert not gone.is_void and not Merge.objects.exists()


def test_who_has_died_by_one_file_has_died(pudong, today, merge):
    kept, gone = make_customer(pudong, name="王雅丽", number=ONE), make_customer(pudong, name="王亚丽", number=OTHER)
    Customer.objects.filter(pk=gone.pk).update(deceased_on=today)
    gone.refresh_from_db()
    merge(kept, gone)
    kept.refresh_from_db()
    assert kept.deceased_on == today
