"""The pages of stores, people and teams."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Store, Team, User
from accounts.services import create_account, create_team
from audit.models import Change
from tests.conftest import PASSWORD


def make_people(store, count, *, start=0):
    for number in range(start, start + count):
        create_account(
            username=f"p{number}", full_name=f"人员{number}", role=Role.SPECIALIST, store=store, password=PASSWORD
        )


def test_home_leads_to_the_first_page_of_each_role(li, zhou, qian, login, settings):
    for person in (li, zhou, qian):
        answer = login(person).get(reverse("accounts:home"))
        assert answer.status_code == 302
    settings.NAVIGATION = []
    answer = login(li).get(reverse("accounts:home"))
    assert "还没有可以打开的页面" in answer.content.decode()


def test_one_edits_the_own_profile_and_nothing_else(li, login):
    client = login(li)
    answer = client.post(
        reverse("accounts:me"),
        {"full_name": "李静静", "phone": "8012", "language": "en", "role": "administrator", "is_active": ""},
        follow=True,
    )
    person = User.objects.get(pk=li.pk)
    assert (person.full_name, person.phone, person.language) == ("李静静", "8012", "en")
    assert (person.role, person.is_active) == (Role.SPECIALIST, True)
    assert "Saved." in answer.content.decode()


def test_settings_offer_what_the_role_may_open(zhou, qian, login):
    manager = login(zhou).get(reverse("accounts:settings")).content.decode()
    administrator = login(qian).get(reverse("accounts:settings")).content.decode()
    assert reverse("accounts:stores") not in manager
    for name in ("stores", "people", "teams"):
        assert reverse(f"accounts:{name}") in administrator


def test_an_administrator_sets_up_a_store(qian, login):
    data = {"code": "JA", "name": "静安店", "live_on": "2026-04-01", "time_zone": "Asia/Shanghai"}
    answer = login(qian).post(reverse("accounts:store_new"), data, follow=True)
    assert "静安店" in answer.content.decode()
    assert Change.objects.get(model="accounts.store", object_id=Store.objects.get(code="JA").pk).actor_name == "钱进"


@pytest.mark.parametrize(
    ("field", "value"), [("code", "PD"), ("code", "静安"), ("time_zone", "Mars/Base"), ("live_on", "2026-02-30")]
)
def test_a_bad_store_is_refused_at_its_field(qian, login, field, value):
    data = {"code": "JA", "name": "静安店", "live_on": "2026-04-01", "time_zone": "Asia/Shanghai", field: value}
    answer = login(qian).post(reverse("accounts:store_new"), data)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not Store.objects.filter(name="静安店").exists()


def test_closing_the_own_store_is_refused_in_the_form(qian, pudong, login):
    data = {"name": "浦东店", "live_on": "2026-01-01", "time_zone": "Asia/Shanghai"}
    answer = login(qian).post(reverse("accounts:store_edit", kwargs={"pk": pudong.pk}), data)
    assert "is_active" in answer.context["form"].errors
    pudong.refresh_from_db()
    assert pudong.is_active


def test_a_manager_reads_the_own_stores_people_and_changes_nobody(zhou, li, zhao, login):
    client = login(zhou)
    page = client.get(reverse("accounts:people")).content.decode()
    assert "李静" in page
    assert "赵磊" not in page
    assert reverse("accounts:person_edit", kwargs={"pk": li.pk}) not in page
    assert client.get(reverse("accounts:person_edit", kwargs={"pk": li.pk})).status_code == 403


def test_an_administrator_sees_and_searches_everybody(qian, li, zhao, login):
    client = login(qian)
    assert "赵磊" in client.get(reverse("accounts:people")).content.decode()
    found = client.get(reverse("accounts:people"), {"q": "zha"}).context["page"].object_list
    assert list(found) == [zhao]
    assert "没有符合条件的人员" in client.get(reverse("accounts:people"), {"q": "查无此人"}).content.decode()


def test_the_people_page_costs_the_same_for_one_and_for_three(qian, pudong, login, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = login(qian)
    client.get(reverse("accounts:people"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("accounts:people"))
    make_people(pudong, 3)
    with django_assert_max_num_queries(len(one)):
        assert len(client.get(reverse("accounts:people")).context["page"].object_list) == 4


def test_long_lists_are_paged(qian, pudong, login):
    make_people(pudong, 60)
    client = login(qian)
    assert "第 1 页，共 2 页" in client.get(reverse("accounts:people")).content.decode()
    assert len(client.get(reverse("accounts:people"), {"page": 2}).context["page"].object_list) == 11


def new_person(store, **changed):
    return {
        "full_name": "吴倩",
        "username": "wu",
        "role": "specialist",
        "store": store.pk,
        "password": "Vier-Worte-77",
        **changed,
    }


def test_a_new_person_can_log_in_with_the_initial_password(qian, pudong, login, client):
    login(qian).post(reverse("accounts:person_new"), new_person(pudong))
    person = User.objects.get(username="wu")
    assert [group.name for group in person.groups.all()] == ["specialist"]
    answer = client.post("/login/", {"username": "wu", "password": "Vier-Worte-77"})
    assert answer["Location"] == reverse("accounts:home")


def test_a_person_of_one_store_does_not_join_anothers_team(qian, pudong, xuhui, login):
    team = create_team(store=xuhui, name="徐汇一组", by=qian)
    answer = login(qian).post(reverse("accounts:person_new"), new_person(pudong, team=team.pk))
    assert "team" in answer.context["form"].errors
    assert not User.objects.filter(username="wu").exists()


def test_weak_initial_passwords_are_refused(qian, pudong, login):
    answer = login(qian).post(reverse("accounts:person_new"), new_person(pudong, password="password"))
    assert "password" in answer.context["form"].errors


def test_promoting_somebody_follows_into_the_group(qian, li, pudong, login):
    data = {"full_name": "李静", "username": "li", "role": "manager", "store": pudong.pk}
    login(qian).post(reverse("accounts:person_edit", kwargs={"pk": li.pk}), data)
    assert User.objects.get(pk=li.pk).has_perm("reports.view_figures")
    assert Change.objects.filter(model="accounts.user", object_id=li.pk, changes__has_key="role").exists()


def test_the_last_administrators_demotion_is_refused_in_words(qian, pudong, login):
    data = {"full_name": "钱进", "username": "qian", "role": "manager", "store": pudong.pk}
    answer = login(qian).post(reverse("accounts:person_edit", kwargs={"pk": qian.pk}), data)
    assert "最后一位在用的管理员" in answer.content.decode()
    assert User.objects.get(pk=qian.pk).role == Role.ADMINISTRATOR


def test_deactivating_somebody_and_taking_it_back(qian, li, login):
    client = login(qian)
    client.post(reverse("accounts:person_deactivate", kwargs={"pk": li.pk}))
    assert not User.objects.get(pk=li.pk).is_active
    listed = client.get(reverse("accounts:people"), {"state": "inactive"}).context["page"].object_list
    assert list(listed) == [li]
    client.post(reverse("accounts:person_reactivate", kwargs={"pk": li.pk}))
    assert User.objects.get(pk=li.pk).is_active


def test_deactivating_oneself_is_refused_in_words(qian, login):
    answer = login(qian).post(reverse("accounts:person_deactivate", kwargs={"pk": qian.pk}), follow=True)
    assert "不能停用自己" in answer.content.decode()
    assert User.objects.get(pk=qian.pk).is_active


def test_an_administrator_resets_a_password(qian, li, login):
    client = login(qian)
    url = reverse("accounts:person_password", kwargs={"pk": li.pk})
    offered = client.get(url).context["form"]["password"].value()
    client.post(url, {"password": offered})
    assert User.objects.get(pk=li.pk).check_password(offered)


def test_a_manager_keeps_the_teams_of_the_own_store(zhou, pudong, xuhui, login):
    client = login(zhou)
    client.post(reverse("accounts:team_new"), {"name": "一组", "store": pudong.pk})
    team = Team.objects.get(name="一组")
    assert team.store == pudong
    client.post(reverse("accounts:team_edit", kwargs={"pk": team.pk}), {"name": "二组", "is_active": "on"})
    team.refresh_from_db()
    assert (team.name, team.is_active) == ("二组", True)
    answer = client.post(reverse("accounts:team_new"), {"name": "别家", "store": xuhui.pk})
    assert "store" in answer.context["form"].errors
    assert not Team.objects.filter(store=xuhui).exists()


def test_two_teams_of_one_name_are_refused_in_words(zhou, pudong, login):
    create_team(store=pudong, name="一组", by=zhou)
    answer = login(zhou).post(reverse("accounts:team_new"), {"name": "一组", "store": pudong.pk})
    assert "本店已有同名小组" in answer.content.decode()


def test_an_administrator_makes_a_team_for_any_store(qian, xuhui, login):
    login(qian).post(reverse("accounts:team_new"), {"name": "徐汇一组", "store": xuhui.pk})
    assert Team.objects.get(name="徐汇一组").store == xuhui


@pytest.mark.parametrize("name", ["stores", "teams"])
def test_the_lists_cost_the_same_for_one_and_for_three(name, qian, pudong, login, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    create_team(store=pudong, name="一组", by=qian)
    client = login(qian)
    client.get(reverse(f"accounts:{name}"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(f"accounts:{name}"))
    for number in (1, 2):
        store = Store.objects.create(code=f"S{number}", name=f"店{number}", live_on="2026-01-01")
        create_team(store=store, name="一组", by=qian)
    with django_assert_max_num_queries(len(one)):
        assert client.get(reverse(f"accounts:{name}")).content.decode().count("<tr>") == 4


def test_a_store_code_that_is_taken_is_said_in_one_sentence(qian, login, pudong):
    data = {"code": pudong.code, "name": "另一家店", "live_on": "2026-01-01", "time_zone": "Asia/Shanghai"}
    page = login(qian).post(reverse("accounts:store_new"), data).content.decode()
    assert "已有门店使用这个代码，请换一个。" in page and "具有" not in page


def test_promises_of_the_absent_go_only_to_somebody_who_calls(qian, zhou, li, chen, login):
    form = login(zhou).get(reverse("accounts:absence_new")).context["form"]
    assert set(form.fields["deputy"].queryset) == {zhou, li, chen}  # the administrator rings nobody
    assert qian in form.fields["person"].queryset
