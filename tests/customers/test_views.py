"""The pages: what they show, what they hide, what they cost."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.choices import Source
from audit.models import Access, Change
from customers.choices import Channel
from customers.models import CarePlan, Customer, Ownership, Policy, Vehicle
from customers.services import (
    add_phone,
    mark_deceased,
    record_contact,
    set_do_not_call,
    update_customer,
    update_vehicle,
    verify_phone,
)
from tests.factories.customers import make_customer, make_delivery, make_order, make_phone, make_vehicle


def page_of(client, name, *args, **query):
    response = client.get(reverse(f"customers:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def send(client, name, pk, data=None, **headers):
    return client.post(reverse(f"customers:{name}", args=[pk]), data or {}, headers=headers)


def busy(store, by, day, number):
    """A customer with everything a page shows."""
    customer = make_customer(store, name=f"客户{number}", number=f"1390000{number:04}")
    make_phone(customer, f"0215888{number:04}")
    for _ in range(2):
        vehicle = make_vehicle(customer, plate=f"沪A{number:05}")
        make_delivery(vehicle, day)
        make_order(vehicle, day)
    return customer


class TestList:
    def test_it_shows_the_columns_and_no_number_in_full(self, wang, focus, li, zhou, login, today):
        make_order(focus, today, opened_on=None)
        make_vehicle(wang, plate="沪B12345", series="翼虎")
        page = page_of(login(li), "list")
        assert "138****5678" in page
        assert "13812345678" not in page
        for words in ("王雅丽", "沪B12345", "翼虎", "+1", today.isoformat(), "从未核实"):
            assert words in page
        assert reverse("customers:new") not in page
        assert reverse("customers:new") in page_of(login(zhou), "list")

    def test_who_brought_a_car_is_shown_with_it(self, wang, li, login, pudong, today):
        driver = make_customer(pudong, name="送修师傅", number="13711110000", stage="contact")
        car = make_vehicle(wang, plate="沪B12345", series="翼虎")
        make_order(make_vehicle(wang, plate="沪B00001"), today - dt.timedelta(days=90), bringer=driver)
        make_order(car, today - dt.timedelta(days=40), bringer=driver)
        page = page_of(login(li), "list", stage="contact")
        assert "沪B12345" in page
        assert "沪B00001" not in page
        assert "送修" in page.replace("送修师傅", "")
        assert f"{today - dt.timedelta(days=40)}" in page
        make_customer(pudong, name="送修同名", number="13711110001")
        found = page_of(login(li), "search", q="送修")
        assert "沪B12345" in found

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, {"甲", "乙", "丙"}),
            ({"stage": "prospect"}, {"乙"}),
            ({"kind": "company"}, {"丙"}),
            ({"car": "yes"}, {"甲"}),
            ({"car": "no"}, {"乙", "丙"}),
            ({"quiet": "yes"}, {"丙"}),
            ({"quiet": "no", "kind": "private"}, {"甲", "乙"}),
            ({"care": "no_number"}, {"乙", "丙"}),
            ({"stage": "nonsense"}, {"甲", "乙", "丙"}),
        ],
    )
    def test_filters(self, pudong, li, login, query, found):
        make_vehicle(make_customer(pudong, name="甲"))
        make_phone(Customer.objects.get(name="甲"), "13900009999")
        make_customer(pudong, name="乙", stage="prospect")
        third = make_customer(pudong, name="丙", kind="company", do_not_call=True)
        make_phone(third, "13900007777", state="dead")
        make_phone(third, "13900008888", state="wrong")
        make_customer(pudong, name="戊", is_void=True)
        response = login(li).get(reverse("customers:list"), query)
        assert {row.customer.name for row in response.context["rows"]} == found

    def test_pages_follow_one_another_newest_first(self, pudong, li, login):
        Customer.objects.bulk_create(Customer(store=pudong, name=f"客{n:03}") for n in range(120))
        client, seen, after = login(li), [], ""
        for _ in range(3):
            context = client.get(reverse("customers:list"), {"after": after}).context
            seen += [row.customer.name for row in context["rows"]]
            after = context["next"]
        assert seen == [f"客{n:03}" for n in range(119, -1, -1)]
        assert after == ""

    def test_an_empty_store_says_what_to_do(self, li, login):
        assert "导入车主清单" in page_of(login(li), "list")

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_queries_do_not_grow_with_the_rows(
        self, count, pudong, li, login, today, django_assert_max_num_queries
    ):
        client = login(li)
        for number in range(count):
            busy(pudong, li, today, number)
        with django_assert_max_num_queries(16):
            page_of(client, "list")


class TestSearch:
    def test_results_are_masked_and_say_why(self, wang, focus, pudong, li, login):
        make_customer(pudong, name="王二", number="13900005678")
        page = page_of(login(li), "search", q="5678")
        assert "138****5678" in page
        assert "139****5678" in page
        assert "13812345678" not in page
        assert "13900005678" not in page

    def test_a_single_hit_opens_the_file(self, wang, focus, li, login):
        response = login(li).get(reverse("customers:search"), {"q": "8F2K1"})
        assert response["Location"] == reverse("customers:detail", args=[wang.pk])

    def test_while_typing_only_the_results_come_back(self, wang, focus, li, login):
        response = login(li).get(reverse("customers:search"), {"q": "8F2K1"}, headers={"hx-request": "true"})
        page = response.content.decode()
        assert 'id="search_results"' in page
        assert "<html" not in page
        assert "王雅丽" in page

    def test_nothing_found_and_nothing_asked(self, li, login):
        assert "没有找到" in page_of(login(li), "search", q="不存在")
        assert "<b>" not in page_of(login(li), "search", q="<b>x</b>")
        assert "末四位" in page_of(login(li), "search")


class TestPage:
    def test_it_shows_the_whole_file(self, wang, focus, li, login, pudong, today, now):
        former = make_customer(pudong, name="前车主张三")
        Ownership.objects.create(
            store=pudong, vehicle=focus, customer=former, started_on=dt.date(2020, 1, 1), ended_on=dt.date(2022, 5, 6)
        )
        make_delivery(focus, dt.date(2022, 5, 6), sales_consultant="孙强")
        update_vehicle(focus, {"plate": "沪C00001"}, by=li, source=Source.FORM, now=now)
        Vehicle.objects.filter(pk=focus.pk).update(odometer_km=20100, registered_on=dt.date(2022, 5, 10))
        record_contact(
            wang, at=now, channel=Channel.PHONE_OUT, connected=True, by=li, topics=[], summary={}, note="车很好"
        )
        page = page_of(login(li), "detail", wang.pk)
        for words in (
            "王雅丽",
            "LVSHCAMB1CE054249",
            "沪C00001",
            "沪A8F2K1",
            "前车主张三",
            "2022-05-06",
            "20,100",
            "孙强",
            "车很好",
        ):
            assert words in page
        assert "13812345678" not in page

    def test_panels_of_upper_floors_only_with_the_right(self, wang, li, qian, login):
        url = reverse("complaints:customer_panel", args=[wang.pk])
        assert url in page_of(login(li), "detail", wang.pk)
        assert url not in page_of(login(qian), "detail", wang.pk)

    def test_somebody_without_the_right_sees_no_button_for_it(self, wang, qian, login):
        page = page_of(login(qian), "detail", wang.pk)
        phone = wang.phones.get()
        for name in ("phone_reveal", "phone_edit", "phone_retire", "phone_verify"):
            assert reverse(f"customers:{name}", args=[phone.pk]) not in page
        assert reverse("customers:edit", args=[wang.pk]) not in page

    def test_do_not_call_stands_at_the_top(self, wang, li, login, now):
        set_do_not_call(wang, "多次说不要打", by=li, source="form", now=now)
        page = page_of(login(li), "detail", wang.pk)
        assert "多次说不要打" in page
        send(login(li), "may_call", wang.pk)
        wang.refresh_from_db()
        assert not wang.do_not_call

    def test_an_empty_file_says_so(self, pudong, li, login):
        page = page_of(login(li), "detail", make_customer(pudong, name="空").pk)
        for words in ("没有电话号码", "没有车辆", "还没有任何记录"):
            assert words in page

    def test_earlier_events_come_as_a_fragment(self, wang, focus, li, login, today):
        for number in range(40):
            make_order(focus, today - dt.timedelta(days=number), order_no=f"RO{number:03}")
        client = login(li)
        first = client.get(reverse("customers:timeline", args=[wang.pk]), {"group": "order"})
        assert "RO029" in first.content.decode()
        assert "RO030" not in first.content.decode()
        page = page_of(client, "timeline", wang.pk, group="order", before=first.context["page"].cursor)
        assert "RO030" in page
        assert "RO039" in page
        assert 'id="timeline"' not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_queries_do_not_grow_with_the_file(
        self, count, wang, li, login, today, now, pudong, django_assert_max_num_queries
    ):
        for number in range(count):
            add_phone(wang, f"1390000{number:04}", by=li, source=Source.FORM, now=now)
            vehicle = make_vehicle(wang, plate=f"沪A{number:05}")
            make_delivery(vehicle, today)
            make_order(vehicle, today)
            Ownership.objects.create(
                store=pudong, vehicle=vehicle, customer=make_customer(pudong), ended_on=today, started_on=today
            )
            sold = make_vehicle(make_customer(pudong))
            Ownership.objects.create(store=pudong, vehicle=sold, customer=wang, started_on=today, ended_on=today)
            update_customer(wang, {"note": str(number)}, by=li, source=Source.FORM, now=now)
            record_contact(wang, at=now, channel="visit", connected=True, by=li, topics=[], summary={}, vehicle=vehicle)
        client = login(li)
        with django_assert_max_num_queries(30):
            page_of(client, "detail", wang.pk)


class TestReveal:
    def test_a_reveal_shows_the_number_and_leaves_a_line(self, wang, li, login):
        phone = wang.phones.get()
        response = send(login(li), "phone_reveal", phone.pk, **{"hx-request": "true"})
        assert "13812345678" in response.content.decode()
        assert "<html" not in response.content.decode()
        look = Access.objects.get()
        assert (look.actor_id, look.kind, look.object_id, look.customer_id) == (li.pk, "reveal", phone.pk, wang.pk)

    def test_without_javascript_the_page_comes_back_with_that_one_number(self, wang, li, login):
        make_phone(wang, "13900001111")
        page = send(login(li), "phone_reveal", wang.phones.first().pk).content.decode()
        assert "13812345678" in page
        assert "13900001111" not in page

    def test_a_look_at_the_page_is_no_reveal(self, wang, li, login):
        page_of(login(li), "detail", wang.pk)
        assert not Access.objects.exists()

    def test_a_refused_reveal_leaves_no_line(self, wang, qian, zhao, login):
        phone = wang.phones.get()
        assert send(login(qian), "phone_reveal", phone.pk).status_code == 403
        assert send(login(zhao), "phone_reveal", phone.pk).status_code == 404
        assert not Access.objects.exists()


class TestNumbers:
    def test_a_number_is_added_verified_and_primary(self, wang, li, login):
        data = {"number": "139 0000 1111", "primary": "on", "verified": "on"}
        assert send(login(li), "phone_new", wang.pk, data).status_code == 302
        phone = wang.phones.get(number="13900001111")
        assert (phone.is_primary, phone.verified_by, phone.source) == (True, "李静", "form")

    @pytest.mark.parametrize("number", ["123", "", "13812345678", "1381234567a"])
    def test_a_bad_or_known_number_is_an_error_at_its_field(self, wang, li, login, number):
        response = send(login(li), "phone_new", wang.pk, {"number": number})
        assert response.status_code == 200
        assert response.context["form"].errors["number"]
        assert wang.phones.count() == 1

    def test_correcting_shows_the_digits_and_that_is_a_look(self, wang, li, login):
        phone = wang.phones.get()
        assert 'value="13812345678"' in page_of(login(li), "phone_edit", phone.pk)
        assert Access.objects.get().object_id == phone.pk
        send(login(li), "phone_edit", phone.pk, {"number": "13812345679"})
        phone.refresh_from_db()
        assert phone.number == "13812345679"

    def test_verify_primary_retire(self, wang, li, login):
        client, first, second = login(li), wang.phones.get(), make_phone(wang, "13900001111")
        send(client, "phone_verify", second.pk)
        send(client, "phone_primary", second.pk)
        send(client, "phone_retire", first.pk)
        second.refresh_from_db()
        first.refresh_from_db()
        assert (second.verified_by, second.is_primary, first.is_void) == ("李静", True, True)
        assert send(client, "phone_verify", first.pk).status_code == 404

    def test_the_page_says_how_old_the_confirmation_is(self, wang, li, login):
        from django.utils import timezone

        verify_phone(wang.phones.get(), by=li, now=timezone.now() - dt.timedelta(days=43))
        assert "43天前核实" in page_of(login(li), "detail", wang.pk)


class TestForms:
    DATA = {"name": "王雅丽", "kind": "private", "stage": "owner"}

    def test_a_new_customer(self, pudong, zhou, login):
        data = {**self.DATA, "name": "单雄信", "number": "13900001111", "stage": "prospect"}
        response = login(zhou).post(reverse("customers:new"), data)
        customer = Customer.objects.get()
        assert response["Location"] == reverse("customers:detail", args=[customer.pk])
        assert (customer.store, customer.pinyin, customer.stage) == (pudong, "shanxiongxin", "prospect")
        assert customer.phones.get().number == "13900001111"

    def test_the_same_person_twice_is_refused_with_the_way_to_the_file(self, wang, zhou, login):
        response = login(zhou).post(reverse("customers:new"), {**self.DATA, "number": "13812345678"})
        assert reverse("customers:detail", args=[wang.pk]) in response.content.decode()
        assert Customer.objects.count() == 1

    def test_a_twin_of_another_store_is_not_told(self, xuhui, zhou, login):
        make_customer(xuhui, name="王雅丽", number="13812345678")
        assert login(zhou).post(reverse("customers:new"), {**self.DATA, "number": "13812345678"}).status_code == 302

    def opened(self, client, name, pk):
        """The form's fields as a browser would send them back."""
        form = client.get(reverse(f"customers:{name}", args=[pk])).context["form"]
        data = {}
        for field in form:
            value = field.value()
            data[field.html_name] = "" if value is None else str(value)
        data.pop("verified", None)
        return {**data, "shown": form.shown_token}

    def test_the_page_carries_what_was_seen(self, wang, li, login):
        assert 'name="shown"' in page_of(login(li), "edit", wang.pk)

    def test_only_what_was_touched_is_saved(self, wang, li, zhou, login, now):
        client = login(li)
        data = self.opened(client, "edit", wang.pk)
        update_customer(wang, {"wechat": "zhou-typed-it"}, by=zhou, source=Source.FORM, now=now)
        assert send(client, "edit", wang.pk, {**data, "address": "世纪大道8号"}).status_code == 302
        wang.refresh_from_db()
        assert (wang.address, wang.wechat) == ("世纪大道8号", "zhou-typed-it")
        assert Change.objects.of_record(wang).newest_first().first().actor_name == "李静"

    def test_a_save_over_a_newer_change_is_refused_and_nothing_typed_is_lost(self, wang, li, zhou, login, now):
        client = login(li)
        data = self.opened(client, "edit", wang.pk)
        update_customer(wang, {"address": "周写的地址"}, by=zhou, source=Source.FORM, now=now)
        response = send(client, "edit", wang.pk, {**data, "address": "李写的地址", "note": "还没存"})
        assert response.status_code == 409
        page = response.content.decode()
        for words in ("周写的地址", "李写的地址", "还没存", "周敏"):
            assert words in page
        wang.refresh_from_db()
        assert (wang.address, wang.note) == ("周写的地址", "")
        # Saving again, with both values before her eyes, is her decision.
        form = response.context["form"]
        again = {**form.data.dict(), "shown": form.shown_token}
        assert send(client, "edit", wang.pk, again).status_code == 409
        again["choice-address"] = "mine"
        assert send(client, "edit", wang.pk, again).status_code == 302
        wang.refresh_from_db()
        assert (wang.address, wang.note) == ("李写的地址", "还没存")

    def test_checked_with_the_customer_stamps_what_says_something(self, wang, li, login):
        client = login(li)
        data = self.opened(client, "edit", wang.pk)
        send(client, "edit", wang.pk, {**data, "address": "世纪大道8号", "verified": "on"})
        wang.refresh_from_db()
        assert set(wang.verified) == {"name", "kind", "stage", "address"}

    def test_an_empty_name_is_an_error_and_the_page_keeps_the_real_one(self, wang, li, login):
        response = send(login(li), "edit", wang.pk, {**self.DATA, "name": ""})
        assert response.context["form"].errors["name"]
        assert "王雅丽" in response.content.decode()

    @pytest.mark.parametrize("plate", ["ABC", "沪A8F2K", "138****"])
    def test_a_bad_plate_is_an_error_at_its_field(self, focus, li, login, plate):
        response = send(login(li), "vehicle_edit", focus.pk, {"plate": plate})
        assert response.context["form"].errors["plate"]

    def test_a_vehicle_is_edited_and_a_reading_gets_its_day(self, focus, li, login):
        client = login(li)
        data = self.opened(client, "vehicle_edit", focus.pk)
        send(client, "vehicle_edit", focus.pk, {**data, "plate": "沪c·00001", "odometer_km": "30000"})
        focus.refresh_from_db()
        assert (focus.plate, focus.plate_reversed, focus.odometer_km) == ("沪C00001", "10000C沪", 30000)
        assert focus.odometer_on is not None

    def test_a_day_in_the_future_is_refused(self, focus, li, login):
        response = send(login(li), "vehicle_edit", focus.pk, {"registered_on": "2999-01-01"})
        assert response.context["form"].errors["registered_on"]


class TestHistory:
    def test_it_tells_who_when_from_where_old_and_new(self, wang, li, login, now):
        update_customer(wang, {"kind": "company"}, by=li, source=Source.CALL, now=now)
        page = page_of(login(li), "history", wang.pk)
        for words in ("李静", "2026-03-18 10:00", "个人", "公司"):
            assert words in page

    def test_numbers_stay_masked_in_it(self, wang, li, login, now):
        add_phone(wang, "13900001111", by=li, source=Source.FORM, now=now)
        page = page_of(login(li), "history", wang.pk)
        assert "139****1111" in page
        assert "13900001111" not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_queries_do_not_grow_with_the_lines(self, count, wang, li, login, now, django_assert_max_num_queries):
        for number in range(count):
            update_customer(wang, {"note": str(number)}, by=li, source=Source.FORM, now=now)
        client = login(li)
        with django_assert_max_num_queries(13):
            page_of(client, "history", wang.pk)


def test_lists_of_care_hold_who_belongs_there(login, li, pudong, wang, focus):
    today = timezone.localdate()
    liu = make_customer(pudong, name="刘洋")
    car = make_vehicle(liu, plate="沪C22222")
    zhang = make_customer(pudong, name="张远", unreachable_on=today)
    CarePlan.objects.create(store=pudong, vehicle=car, customer=liu, lost_on=today - dt.timedelta(days=1))
    terms = {"store": pudong, "cover": "commercial", "starts_on": today - dt.timedelta(days=300)}
    near = today + dt.timedelta(days=65)
    Policy.objects.create(vehicle=focus, customer=wang, ends_on=near, renewal_on=near, policy_no="P1", **terms)
    far = today + dt.timedelta(days=91)
    Policy.objects.create(vehicle=car, customer=liu, ends_on=far, renewal_on=far, policy_no="P2", **terms)
    for name, only in (("renewal", wang), ("lost", liu), ("unreachable", zhang)):
        page = login(li).get(reverse("customers:list"), {"care": name}).content.decode()
        assert [person for person in (wang, liu, zhang) if person.name in page] == [only], name


class TestUseAndDeath:
    def test_the_use_of_a_car_is_on_its_form_and_its_line(self, focus, li, login):
        client = login(li)
        shown = client.get(reverse("customers:vehicle_edit", args=[focus.pk])).context["form"].shown_token
        send(client, "vehicle_edit", focus.pk, {"plate": focus.plate, "shown": shown, "use": "taxi"})
        focus.refresh_from_db()
        assert focus.use == "taxi"
        assert "出租" in page_of(client, "detail", focus.owner_id)

    def test_a_customer_who_died_is_marked_and_nobody_plans_a_call(self, wang, li, login, now):
        client = login(li)
        assert "已去世" not in page_of(client, "detail", wang.pk)
        mark_deceased(wang, now.date(), by=li, source=Source.CALL, now=now)
        page = page_of(client, "detail", wang.pk)
        assert "已去世" in page
        assert "安排回访" not in page
