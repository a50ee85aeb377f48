"""Two people edit one record: every edit page, both orders, removed meanwhile. The mechanism: common.meanwhile, audit.meanwhile."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.absences import change_absence, enter_absence
from accounts.models import Absence, Store, Team, User
from accounts.services import create_team, update_account, update_store, update_team
from audit.choices import Source
from customers.models import CareInterval, Customer, Phone, Vehicle
from customers.services import change_number, update_customer, update_vehicle, void_phone
from customers.services.intervals import remove_interval, save_interval
from followups.models import DeskDial, RuleDial
from followups.services.dial_versions import save_dials

pytestmark = pytest.mark.django_db
INTERVAL = {"first_months": 6, "first_km": 5000, "months": 6, "km": 5000, "warranty_months": 36, "warranty_km": 0}


@dataclass
class Page:
    """An edit page: `mine` and `theirs` are (field, value typed, value stored); `both` the field that both change."""

    url: str
    person: object
    record: object
    column: str  # what both change
    name: str  # its field
    theirs: object  # what the other stores in it
    mine: str  # what is typed
    other: object  # {column: value}: the other one's field alone, and what it is stored as
    save: object  # (changes) -> None, as the other one
    stored_mine: object = None
    more: dict = field(default_factory=dict)  # typed beside it, to be kept: {field: text}
    send: dict = field(default_factory=dict)  # of every POST

    def stored(self, column=None):
        return getattr(type(self.record)._base_manager.get(pk=self.record.pk), column or self.column)


@pytest.fixture(
    params=["customer", "vehicle", "phone", "interval", "store", "person", "team", "absence", "rule", "desk"]
)
def page(request, pudong, li, chen, zhou, qian, wang, focus, now):
    how = {"by": zhou, "source": Source.FORM, "now": now}

    def customer():
        url = reverse("customers:edit", args=[wang.pk])
        return Page(url, li, wang, "address", "address", "周写的", "李写的", {"wechat": "zhou-wx"},
                    lambda values: update_customer(Customer.objects.get(pk=wang.pk), values, **how),
                    more={"note": "李的备注"})  # fmt: skip

    def vehicle():
        url = reverse("customers:vehicle_edit", args=[focus.pk])
        return Page(url, li, focus, "registered_on", "registered_on", dt.date(2020, 5, 1), "2021-06-02", {"color": "黑"},
                    lambda values: update_vehicle(Vehicle.objects.get(pk=focus.pk), values, **how),
                    stored_mine=dt.date(2021, 6, 2), more={"engine_no": "E-1"})  # fmt: skip

    def phone():
        record = wang.phones.get()
        url = reverse("customers:phone_edit", args=[record.pk])
        return Page(url, li, record, "number", "number", "13900000001", "13900000002", None,
                    lambda values: change_number(Phone.objects.get(pk=record.pk), values["number"], **how))  # fmt: skip

    def interval():
        record = save_interval(pudong, series="福克斯", model="", values=INTERVAL, by=zhou, now=now)  # fmt: skip
        url = reverse("customers:interval_edit", args=[record.pk])
        return Page(url, zhou, record, "km", "km", 7000, "8000", {"first_km": 6000},
                    lambda values: save_interval(pudong, series="福克斯", model="", values=values, by=qian, now=now),
                    stored_mine=8000, more={"warranty_km": "60000"})  # fmt: skip

    def store():
        url = reverse("accounts:store_edit", args=[pudong.pk])
        return Page(url, qian, pudong, "hotline", "hotline", "021-1", "021-2", {"name": "浦东新店"},
                    lambda values: update_store(pudong, values, by=zhou), more={"short_name": "浦"})  # fmt: skip

    def person():
        url = reverse("accounts:person_edit", args=[li.pk])
        return Page(url, qian, li, "phone", "phone", "801", "802", {"full_name": "李静静"},
                    lambda values: update_account(li, values, by=zhou), more={"username": "lijing"})  # fmt: skip

    def team():
        record = create_team(store=pudong, name="回访组", by=zhou)
        url = reverse("accounts:team_edit", args=[record.pk])
        return Page(url, qian, record, "name", "name", "回访一组", "回访二组", {"is_active": False},
                    lambda values: update_team(record, values, by=zhou))  # fmt: skip

    def absence():
        day = dt.date(2026, 3, 18)
        record = enter_absence(li, kind="leave", first_on=day, last_on=day, by=zhou, now=now)
        url = reverse("accounts:absence_edit", args=[record.pk])
        return Page(url, zhou, record, "deputy_id", "deputy", zhou.pk, str(chen.pk), {"kind": "training"},
                    lambda values: change_absence(record, {("deputy" if name == "deputy_id" else name):
                        (User.objects.get(pk=value) if name == "deputy_id" else value)
                        for name, value in values.items()}, by=qian, now=now),
                    stored_mine=chen.pk, more={"note": "回老家"})  # fmt: skip

    def rule():
        record = RuleDial.objects.get(store=pudong, rule="service_3dc")
        return Page(reverse("followups:dial", args=["service_3dc"]), zhou, record, "due", "1-due", 4, "5", {"weight": 7},
                    lambda values: save_dials(pudong, rules={("service_3dc", "1"): values}, by=qian, now=now),
                    stored_mine=5, more={"patience": "5"}, send={"look": "1"})  # fmt: skip

    def desk():
        record = DeskDial.objects.get(store=pudong)
        return Page(reverse("followups:dial_desk"), zhou, record, "undo_minutes", "undo_minutes", 7, "9",
                    {"lease_minutes": 33}, lambda values: save_dials(pudong, desk=values, by=qian, now=now),
                    stored_mine=9, more={"skip_minutes": "77"})  # fmt: skip

    return locals()[request.param]()


def opened(client, page):
    form = client.get(page.url).context["form"]
    return {**values_of(form), "shown": form.shown_token, **page.send}


def values_of(form):
    data = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, bool):
            data |= {bound.html_name: "on"} if value else {}
        else:
            data[bound.html_name] = "" if value is None else str(value)
    return data


def sent(client, page, data):
    """The dial of a rule is saved after its forecast."""
    answer = client.post(page.url, data)
    if "look" in data and answer.status_code == 200 and not answer.context["form"].errors:
        form = answer.context["form"]
        data = {**values_of(form), "shown": form.shown_token, "seen": answer.context["seen"], "save": "1"}
        answer = client.post(page.url, data)
    return answer


class TestEveryPage:
    def test_what_only_the_other_changed_is_kept_and_what_only_she_changed_is_saved(self, page, login):
        if page.other is None:
            pytest.skip("the page has one field")
        client = login(page.person)
        data = opened(client, page)
        page.save(page.other)
        assert sent(client, page, {**data, page.name: page.mine}).status_code == 302
        assert page.stored() == (page.stored_mine or page.mine)
        for column, value in page.other.items():
            assert page.stored(column) == value

    @pytest.mark.parametrize("choice", ["mine", "theirs"])
    def test_what_both_changed_is_asked_and_nothing_is_lost(self, page, login, choice):
        client = login(page.person)
        data = opened(client, page)
        page.save({page.column: page.theirs})
        answer = client.post(page.url, {**data, page.name: page.mine, **page.more})
        assert answer.status_code == 409
        assert page.stored() == page.theirs
        form = answer.context["form"]
        (clash,) = form.clashes
        assert clash.name == page.name and clash.change is not None and clash.change.actor_name in answer.text
        assert len({clash.was, clash.stored, clash.typed}) == 3
        for words in page.more.values():
            assert words in answer.text
        again = {**data, **page.more, **values_of(form), "shown": form.shown_token}
        # Without a choice it is asked again, with the same three values.
        asked = client.post(page.url, again)
        assert asked.status_code == 409 and page.stored() == page.theirs
        assert [c.was for c in asked.context["form"].clashes] == [clash.was]
        chosen = {**again, f"choice-{page.name}": choice}
        assert sent(client, page, chosen).status_code == 302
        assert page.stored() == (page.theirs if choice == "theirs" else page.stored_mine or page.mine)
        for name, words in page.more.items():
            assert str(page.stored(name)) == words

    def test_in_the_other_order_nobody_is_asked(self, page, login):
        """The other one opens the page after the save: she sees what stands there."""
        client = login(page.person)
        page.save({page.column: page.theirs})
        data = opened(client, page)
        assert sent(client, page, {**data, page.name: page.mine}).status_code == 302
        assert page.stored() == (page.stored_mine or page.mine)

    def test_both_typed_the_same(self, page, login):
        client = login(page.person)
        data = opened(client, page)
        page.save({page.column: page.theirs})
        typed = page.theirs.isoformat() if hasattr(page.theirs, "isoformat") else str(page.theirs)
        assert sent(client, page, {**data, page.name: typed}).status_code in (200, 302)  # 200: a forecast of no change
        assert page.stored() == page.theirs

    def test_a_page_of_another_record_or_a_forged_one_counts_for_nothing(self, page, login):
        client = login(page.person)
        data = opened(client, page)
        page.save({page.column: page.theirs})
        answer = client.post(page.url, {**data, page.name: page.mine, "shown": data["shown"] + "x"})
        assert answer.status_code in (200, 302)  # as if opened just now; not an error page


class TestThirdPerson:
    def test_who_chose_is_asked_again_where_a_third_one_saved_meanwhile(self, wang, li, zhou, login, now):
        how = {"by": zhou, "source": Source.FORM, "now": now}
        client, url = login(li), reverse("customers:edit", args=[wang.pk])
        form = client.get(url).context["form"]
        data = {**values_of(form), "shown": form.shown_token, "address": "李写的"}
        update_customer(wang, {"address": "周写的"}, **how)
        form = client.post(url, data).context["form"]
        update_customer(wang, {"address": "第三个"}, **how)
        answer = client.post(url, {**data, "shown": form.shown_token, "choice-address": "mine"})
        (clash,) = answer.context["form"].clashes
        assert (answer.status_code, clash.was, clash.stored, clash.typed) == (409, "周写的", "第三个", "李写的")
        wang.refresh_from_db()
        assert wang.address == "第三个"

    def test_between_the_look_and_the_save(self, wang, li, zhou, login, now, monkeypatch):
        from customers.views import people

        def late(customer, changes, **how):
            update_customer(Customer.objects.get(pk=wang.pk), {"address": "抢先"}, by=zhou, source=Source.FORM, now=now)
            monkeypatch.setattr(people, "update_customer", update_customer)
            return update_customer(customer, changes, **how)

        client, url = login(li), reverse("customers:edit", args=[wang.pk])
        form = client.get(url).context["form"]
        monkeypatch.setattr(people, "update_customer", late)
        data = {**values_of(form), "shown": form.shown_token, "address": "李写的"}
        answer = client.post(url, data)
        assert answer.status_code == 409 and "抢先" in answer.text and "李写的" in answer.text
        again = {**data, "shown": answer.context["form"].shown_token, "choice-address": "mine"}
        assert client.post(url, again).status_code == 302
        wang.refresh_from_db()
        assert wang.address == "李写的"


class TestGone:
    def test_a_number_that_was_retired(self, wang, li, zhou, login, now):
        phone = wang.phones.get()
        client, url = login(li), reverse("customers:phone_edit", args=[phone.pk])
        form = client.get(url).context["form"]
        void_phone(phone, by=zhou, source=Source.FORM, now=now)
        answer = client.post(url, {"number": "13912340000", "shown": form.shown_token})
        assert answer.status_code == 410 and "13912340000" in answer.text and "周敏" in answer.text
        assert client.get(url).status_code == 404

    def test_an_interval_that_was_removed(self, pudong, zhou, qian, login, now):
        row = save_interval(pudong, series="福克斯", model="", values=INTERVAL, by=zhou, now=now)
        url = reverse("customers:interval_edit", args=[row.pk])
        remove_interval(row, by=qian, now=now)
        answer = login(zhou).post(url, {"km": "7777"})
        assert not CareInterval.objects.filter(series="福克斯").exists()
        assert answer.status_code == 410 and "7777" in answer.text and "钱进" in answer.text

    def test_a_customer_and_an_absence(self, wang, li, zhou, pudong, login, now):
        update_customer(wang, {"note": "x"}, by=zhou, source=Source.FORM, now=now)
        Customer.objects.filter(pk=wang.pk).update(is_void=True)
        answer = login(li).post(reverse("customers:edit", args=[wang.pk]), {"name": "王", "note": "很长的备注"})
        assert answer.status_code == 410 and "很长的备注" in answer.text
        day = dt.date(2026, 3, 18)
        absence = enter_absence(li, kind="leave", first_on=day, last_on=day, by=zhou, now=now)
        Absence.objects.update(is_void=True)
        answer = login(zhou).post(reverse("accounts:absence_edit", args=[absence.pk]), {"note": "改期"})
        assert answer.status_code == 410 and "改期" in answer.text

    def test_of_another_store_nothing_is_told(self, wang, zhao, zhou, login, now):
        update_customer(wang, {"note": "x"}, by=zhou, source=Source.FORM, now=now)
        Customer.objects.filter(pk=wang.pk).update(is_void=True)
        assert login(zhao).post(reverse("customers:edit", args=[wang.pk]), {"note": "y"}).status_code == 404


def test_who_may_not_see_the_digits_sees_none_in_the_dialog_either(wang, li, zhou, login, now):
    from django.contrib.auth.models import Group, Permission

    Group.objects.get(name="specialist").permissions.remove(Permission.objects.get(codename="reveal_phone"))
    phone = wang.phones.get()
    client, url = login(li), reverse("customers:phone_edit", args=[phone.pk])
    page = client.get(url)
    change_number(phone, "13900000001", by=zhou, source=Source.FORM, now=now)
    answer = client.post(url, {"number": "13900000002", "shown": page.context["form"].shown_token})
    assert answer.status_code == 409
    for text in (page.text, answer.text):
        assert "13812345678" not in text and "13900000001" not in text
    again = {"number": "13900000002", "shown": answer.context["form"].shown_token, "choice-number": "mine"}
    assert client.post(url, again).status_code == 302
    phone.refresh_from_db()
    assert phone.number == "13900000002"


def test_the_token_says_nothing_without_a_record(qian, login):
    assert login(qian).get(reverse("accounts:store_new")).context["form"].shown_token == ""
    assert Store.objects.count() == 1 and not Team.objects.exists() and timezone.now()
