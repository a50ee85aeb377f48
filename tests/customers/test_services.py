"""What the verbs write, and the history they leave."""

import datetime as dt

import pytest

from audit.choices import Source
from audit.models import Change
from common.phones import BadPhone
from customers.choices import Channel, PhoneKind, PhoneState
from customers.models import Contact, Customer, FormerPlate, Phone
from customers.services import (
    ChangedMeanwhile,
    NumberTaken,
    add_phone,
    change_number,
    clear_do_not_call,
    create_customer,
    make_primary,
    mark_phone,
    record_contact,
    set_do_not_call,
    update_customer,
    update_phone,
    update_vehicle,
    verify_phone,
    void_contact,
    void_phone,
)
from tests.factories.customers import make_phone, make_vehicle


@pytest.fixture
def how(li, now):
    return {"by": li, "source": Source.FORM, "now": now}


def last_line(record):
    return Change.objects.of_record(record).newest_first().first()


def fresh(record):
    return type(record).objects.get(pk=record.pk)


class TestCustomer:
    def test_a_changed_field_leaves_who_when_from_where_old_and_new(self, wang, how, li, now):
        diff = update_customer(wang, {"address": "浦东大道1号", "wechat": ""}, **how)
        assert diff == {"address": ("", "浦东大道1号")}
        line = last_line(wang)
        assert (line.actor_id, line.actor_name, line.source, line.at) == (li.pk, "李静", "form", now)
        assert line.changes == {"address": ["", "浦东大道1号"]}
        assert (line.store_id, line.customer_id) == (wang.store_id, wang.pk)
        assert fresh(wang).changed_at == now

    def test_a_new_name_moves_its_search_keys(self, wang, how):
        update_customer(wang, {"name": " 单  雅丽 "}, **how)
        wang = fresh(wang)
        assert (wang.name, wang.pinyin, wang.initials) == ("单 雅丽", "shanyali", "syl")
        assert set(last_line(wang).changes) == {"name"}

    def test_saving_what_stands_there_writes_nothing(self, wang, how):
        before = fresh(wang).changed_at
        assert update_customer(wang, {"address": "", "kind": "private"}, **how) == {}
        assert fresh(wang).changed_at == before
        assert last_line(wang) is None

    def test_a_confirmed_value_is_stamped_even_where_it_was_right(self, wang, how, now):
        update_customer(wang, {"name": "王雅丽", "address": "南京路2号"}, verified=True, **how)
        assert fresh(wang).verified == {"name": now.isoformat(), "address": now.isoformat()}
        assert last_line(wang).params == {"verified": ["address", "name"]}

    def test_confirming_without_a_change_leaves_a_line(self, wang, how):
        update_customer(wang, {"name": "王雅丽"}, verified=True, **how)
        line = last_line(wang)
        assert (line.deed, line.changes, line.params) == ("verify", {}, {"verified": ["name"]})

    def test_an_unconfirmed_change_takes_the_stamp_away(self, wang, how):
        update_customer(wang, {"address": "南京路2号", "wechat": "wyl"}, verified=True, **how)
        update_customer(wang, {"address": "南京路3号"}, **how)
        assert set(fresh(wang).verified) == {"wechat"}

    def test_fields_outside_the_list_are_refused(self, wang, how):
        with pytest.raises(ValueError, match="do_not_call"):
            update_customer(wang, {"do_not_call": True}, **how)

    def test_a_save_over_somebody_elses_newer_value_is_refused(self, wang, how):
        update_customer(fresh(wang), {"address": "新地址"}, **how)
        with pytest.raises(ChangedMeanwhile) as refused:
            update_customer(wang, {"address": "我的地址", "wechat": "w"}, seen={"address": "", "wechat": ""}, **how)
        assert refused.value.stored == {"address": "新地址"}
        assert (fresh(wang).address, fresh(wang).wechat) == ("新地址", "")

    def test_two_people_may_change_different_fields_and_agree_on_the_same(self, wang, how):
        update_customer(fresh(wang), {"address": "新地址"}, **how)
        update_customer(wang, {"wechat": "w", "address": "新地址"}, seen={"wechat": "", "address": ""}, **how)
        assert (fresh(wang).address, fresh(wang).wechat) == ("新地址", "w")

    def test_do_not_call_and_back(self, wang, how):
        set_do_not_call(wang, "多次说不要打", **how)
        wang = fresh(wang)
        assert (wang.do_not_call, wang.do_not_call_reason) == (True, "多次说不要打")
        assert last_line(wang).deed == "do_not_call"
        clear_do_not_call(wang, **how)
        wang = fresh(wang)
        assert (wang.do_not_call, wang.do_not_call_reason) == (False, "")
        assert last_line(wang).changes["do_not_call"] == [True, False]

    def test_a_new_customer_comes_with_keys_number_and_a_line(self, pudong, how, now):
        customer = create_customer(pudong, name="仇英", number="138 1234 5678", address="A", **how)
        customer = fresh(customer)
        assert (customer.pinyin, customer.initials, customer.changed_at) == ("qiuying", "qy", now)
        assert customer.phones.get().is_primary
        assert last_line(customer).deed == "create"

    def test_a_bad_number_makes_no_customer(self, pudong, how):
        with pytest.raises(BadPhone):
            create_customer(pudong, name="仇英", number="12345", **how)
        assert not Customer.objects.exists()


class TestPhones:
    def test_an_added_number_is_cleaned_and_reversed(self, wang, how, now):
        phone = add_phone(wang, " 021-5888 0000 ", **how)
        phone = fresh(phone)
        assert (phone.number, phone.reversed, phone.kind) == ("02158880000", "00008885120", PhoneKind.LANDLINE)
        assert (phone.source, phone.is_primary, phone.changed_at) == ("form", False, now)
        line = last_line(phone)
        assert (line.deed, line.customer_id, line.changes) == ("create", wang.pk, {"number": ["", "02158880000"]})

    def test_a_bad_number_is_refused(self, wang, how):
        with pytest.raises(BadPhone):
            add_phone(wang, "123", **how)

    def test_the_first_mobile_takes_over_from_a_landline(self, pudong, how):
        customer = create_customer(pudong, name="王", number="021-58880000", **how)
        assert customer.phones.get().is_primary
        mobile = add_phone(customer, "13900001111", **how)
        assert [phone.number for phone in Phone.objects.filter(is_primary=True)] == [mobile.number]
        other = add_phone(customer, "13900002222", **how)
        assert not fresh(other).is_primary

    def test_primary_switches_with_a_line_on_both(self, wang, how):
        old = wang.phones.get()
        new = add_phone(wang, "13900001111", make_primary=True, **how)
        assert (fresh(old).is_primary, fresh(new).is_primary) == (False, True)
        assert last_line(old).changes == {"is_primary": [True, False]}
        make_primary(old, **how)
        assert (fresh(old).is_primary, fresh(new).is_primary) == (True, False)

    def test_a_void_number_is_revived_in_its_row(self, wang, how):
        phone = add_phone(wang, "13900001111", **how)
        mark_phone(phone, PhoneState.DEAD, **how)
        void_phone(phone, **how)
        again = add_phone(wang, "139-0000-1111", verified=True, **how)
        again = fresh(again)
        assert again.pk == phone.pk
        assert (again.is_void, again.state, again.verified_by) == (False, PhoneState.UNKNOWN, "李静")
        assert last_line(again).deed == "revive"

    def test_adding_a_known_number_again_changes_nothing(self, wang, how):
        add_phone(wang, "13812345678", **how)
        assert wang.phones.count() == 1
        assert not Change.objects.of_customer(wang.pk).exists()

    def test_a_verified_number_says_by_whom_and_when(self, wang, li, now):
        phone = wang.phones.get()
        mark_phone(phone, PhoneState.WRONG, by=li, source=Source.CALL, now=now)
        verify_phone(phone, by=li, now=now)
        phone = fresh(phone)
        assert (phone.verified_at, phone.verified_by, phone.state) == (now, "李静", PhoneState.UNKNOWN)
        assert last_line(phone).deed == "verify"

    def test_marking_a_number_keeps_the_source_of_the_finding(self, wang, li, now):
        phone = wang.phones.get()
        mark_phone(phone, PhoneState.DEAD, by=li, source=Source.CALL, now=now)
        line = last_line(phone)
        assert (line.source, line.changes) == ("call", {"state": ["unknown", "dead"]})
        assert fresh(phone).changed_at == now

    def test_when_the_primary_is_retired_the_fittest_takes_over(self, wang, how):
        first = wang.phones.get()
        landline = add_phone(wang, "021-58880000", **how)
        dead = add_phone(wang, "13900001111", **how)
        mark_phone(dead, PhoneState.DEAD, **how)
        mobile = add_phone(wang, "13900002222", **how)
        void_phone(first, **how)
        primary = wang.phones.get(is_primary=True)
        assert primary.pk == mobile.pk
        void_phone(mobile, **how)
        assert wang.phones.get(is_primary=True).pk == landline.pk

    def test_retiring_the_last_number_leaves_none(self, wang, how):
        phone = wang.phones.get()
        void_phone(phone, **how)
        void_phone(phone, **how)
        assert not Phone.objects.alive().filter(customer=wang).exists()
        assert Change.objects.of_record(phone).count() == 1

    def test_mistyped_digits_are_corrected_in_place(self, wang, how):
        phone = wang.phones.get()
        mark_phone(phone, PhoneState.WRONG, **how)
        change_number(phone, "13812345679", **how)
        phone = fresh(phone)
        assert (phone.number, phone.reversed, phone.state) == ("13812345679", "97654321831", PhoneState.UNKNOWN)
        assert phone.verified_at is None
        assert last_line(phone).changes["number"] == ["13812345678", "13812345679"]

    def test_a_number_she_has_already_is_refused(self, wang, how):
        other = add_phone(wang, "13900001111", **how)
        with pytest.raises(NumberTaken):
            change_number(other, "13812345678", **how)
        assert fresh(other).number == "13900001111"

    def test_a_correction_over_somebody_elses_is_refused(self, wang, how):
        phone = wang.phones.get()
        change_number(fresh(phone), "13812345670", **how)
        with pytest.raises(ChangedMeanwhile):
            change_number(phone, "13812345671", seen={"number": "13812345678"}, **how)

    def test_the_form_of_one_number_saves_digits_stamp_and_primary_together(self, wang, how, now):
        phone = add_phone(wang, "13900001111", **how)
        update_phone(phone, "13900001112", verified=True, primary=True, **how)
        phone = fresh(phone)
        assert (phone.number, phone.verified_at, phone.is_primary) == ("13900001112", now, True)


class TestVehicle:
    def test_a_replaced_plate_stays_searchable(self, focus, how):
        update_vehicle(focus, {"plate": "沪B12345", "odometer_km": 20100, "odometer_on": dt.date(2026, 3, 1)}, **how)
        focus = fresh(focus)
        assert (focus.plate, focus.plate_reversed) == ("沪B12345", "54321B沪")
        assert FormerPlate.objects.get().plate_reversed == "1K2F8A沪"
        line = last_line(focus)
        assert line.customer_id == focus.owner_id
        assert line.changes["odometer_on"] == [None, "2026-03-01"]

    def test_a_plate_that_comes_and_goes_is_kept_once(self, focus, how):
        for plate in ("沪B12345", "沪A8F2K1", "沪B12345", ""):
            update_vehicle(focus, {"plate": plate}, **how)
        assert sorted(FormerPlate.objects.values_list("plate", flat=True)) == ["沪A8F2K1", "沪B12345"]

    def test_a_vehicle_saved_over_somebody_elses_value_is_refused(self, focus, how):
        update_vehicle(fresh(focus), {"color": "白"}, **how)
        with pytest.raises(ChangedMeanwhile):
            update_vehicle(focus, {"color": "黑"}, seen={"color": ""}, **how)

    def test_the_vin_is_the_key_and_is_not_edited(self, focus, how):
        with pytest.raises(ValueError, match="vin"):
            update_vehicle(focus, {"vin": "LVSHCAMB1CE054240"}, **how)


class TestContacts:
    def contact(self, wang, li, now, **fields):
        return record_contact(
            wang,
            at=now,
            channel=Channel.PHONE_OUT,
            connected=True,
            by=li,
            topics=["delivery_3dc"],
            summary={"code": "satisfied"},
            **fields,
        )

    def test_a_contact_with_an_origin_is_written_once_and_revived(self, wang, li, now):
        first = self.contact(wang, li, now, origin="followups.call", origin_id=7)
        assert void_contact("followups.call", 7)
        assert not void_contact("followups.call", 7)
        assert fresh(first).is_void
        again = self.contact(wang, li, now, origin="followups.call", origin_id=7, note="改")
        assert again.pk == first.pk
        assert (fresh(again).is_void, fresh(again).note) == (False, "改")

    def test_contacts_without_an_origin_stand_each_for_itself(self, wang, li, now):
        self.contact(wang, li, now)
        self.contact(wang, li, now)
        assert Contact.objects.filter(customer=wang, store=wang.store).count() == 2


def test_every_verb_sets_changed_at(wang, focus, how, now):
    later = {**how, "now": now + dt.timedelta(hours=1)}
    phone = make_phone(wang, "13900001111")
    other = make_vehicle(wang)
    mark_phone(phone, PhoneState.GOOD, **later)
    update_vehicle(other, {"color": "红"}, **later)
    update_customer(wang, {"note": "x"}, **later)
    assert {fresh(row).changed_at for row in (phone, other, wang)} == {later["now"]}
