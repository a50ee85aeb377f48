"""Stores, teams and people: what the services promise."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.choices import Role
from accounts.models import User
from accounts.services import (
    LastAdministrator,
    NotOneself,
    create_account,
    create_store,
    create_team,
    deactivate_account,
    reactivate_account,
    set_password,
    update_account,
    update_store,
    update_team,
)
from audit.models import Change


def lines(record):
    rows = Change.objects.filter(model=record._meta.label_lower, object_id=record.pk).order_by("id")
    return [(row.deed, row.changes) for row in rows]


def test_a_new_store_comes_with_all_its_defaults(pudong):
    from cvp.models import Questionnaire
    from followups.models import DeskDial, RuleDial

    assert DeskDial.objects.filter(store=pudong).exists()
    assert RuleDial.objects.filter(store=pudong).exists()
    assert Questionnaire.objects.filter(store=pudong).exists()
    assert lines(pudong) == [("create", {})]


def test_a_store_code_is_given_once(pudong):
    with pytest.raises(ValidationError):
        create_store(code="PD", name="另一家", live_on=dt.date(2026, 1, 1))


def test_an_edit_says_who_changed_what(pudong, qian):
    update_store(pudong, {"hotline": "021-50001111", "name": "浦东店"}, by=qian)
    assert lines(pudong)[-1] == ("edit", {"hotline": ["021-58880000", "021-50001111"]})
    assert Change.objects.latest("id").actor_name == "钱进"


def test_an_edit_that_changes_nothing_leaves_no_line(pudong, qian):
    before = len(lines(pudong))
    update_store(pudong, {"name": "浦东店"}, by=qian)
    assert len(lines(pudong)) == before


def test_nobody_closes_the_own_store(pudong, qian):
    with pytest.raises(NotOneself):
        update_store(pudong, {"is_active": False}, by=qian)
    pudong.refresh_from_db()
    assert pudong.is_active


def test_the_store_of_the_last_administrator_stays_open(pudong, xuhui, qian):
    update_account(qian, {"store": xuhui}, by=qian)
    elsewhere = create_account(
        username="root", full_name="机房", role=Role.MANAGER, store=pudong, password="Cast-of-eight-1"
    )
    with pytest.raises(LastAdministrator):
        update_store(xuhui, {"is_active": False}, by=elsewhere)
    xuhui.refresh_from_db()
    assert xuhui.is_active


def test_a_new_role_brings_its_rights_and_takes_the_old_ones(li, qian):
    update_account(li, {"role": Role.MANAGER}, by=qian)
    li = User.objects.get(pk=li.pk)
    assert [group.name for group in li.groups.all()] == ["manager"]
    assert li.has_perm("dms.add_batch")
    assert lines(li)[-1] == ("edit", {"role": ["specialist", "manager"]})
    update_account(li, {"role": Role.SPECIALIST}, by=qian)
    assert not User.objects.get(pk=li.pk).has_perm("dms.add_batch")


def test_the_last_active_administrator_cannot_be_demoted(qian, zhou):
    with pytest.raises(LastAdministrator):
        update_account(qian, {"role": Role.MANAGER}, by=zhou)
    qian.refresh_from_db()
    assert qian.role == Role.ADMINISTRATOR
    assert qian.has_perm("accounts.change_user")


def test_the_last_active_administrator_cannot_be_deactivated(qian, zhou, pudong):
    other = create_account(
        username="sun", full_name="孙宁", role=Role.ADMINISTRATOR, store=pudong, password="Cast-of-eight-1"
    )
    deactivate_account(other, by=qian)
    with pytest.raises(LastAdministrator):
        deactivate_account(qian, by=zhou)
    qian.refresh_from_db()
    assert qian.is_active


def test_a_second_administrator_makes_the_first_free_to_go(qian, zhou):
    update_account(zhou, {"role": Role.ADMINISTRATOR}, by=qian)
    update_account(qian, {"role": Role.MANAGER}, by=zhou)
    assert User.objects.get(pk=qian.pk).role == Role.MANAGER


def test_one_cannot_deactivate_oneself(qian, pudong):
    create_account(username="sun", full_name="孙宁", role=Role.ADMINISTRATOR, store=pudong, password="Cast-of-eight-1")
    with pytest.raises(NotOneself):
        deactivate_account(qian, by=qian)


def test_deactivating_and_reactivating_are_deeds_of_their_own(li, qian):
    deactivate_account(li, by=qian)
    reactivate_account(li, by=qian)
    assert [deed for deed, _changes in lines(li)] == ["create", "deactivate", "reactivate"]


def test_who_moves_to_another_store_leaves_the_team_behind(li, pudong, xuhui, qian):
    team = create_team(store=pudong, name="一组", by=qian)
    update_account(li, {"team": team}, by=qian)
    moved = update_account(li, {"store": xuhui}, by=qian)
    assert moved.team is None
    assert lines(li)[-1][1]["team"] == [team.pk, None]


def test_passwords_never_stand_in_the_audit(li, qian):
    set_password(li, "A-quite-new-one-7", by=qian)
    set_password(li, "A-quite-new-one-8", by=li)
    assert lines(li)[-2:] == [("reset_password", {}), ("change_password", {})]
    assert User.objects.get(pk=li.pk).check_password("A-quite-new-one-8")


def test_team_names_are_unique_in_the_store_only(pudong, xuhui, zhou):
    create_team(store=pudong, name="一组", by=zhou)
    create_team(store=xuhui, name="一组", by=zhou)
    with pytest.raises(ValidationError):
        create_team(store=pudong, name="一组", by=zhou)


def test_a_team_can_be_renamed_and_put_to_rest(pudong, zhou):
    team = create_team(store=pudong, name="一组", by=zhou)
    update_team(team, {"name": "二组", "is_active": False}, by=zhou)
    assert lines(team)[-1] == ("edit", {"name": ["一组", "二组"], "is_active": [True, False]})


def test_role_groups_hold_exactly_the_rights_of_the_settings(db, settings):
    from django.contrib.auth.models import Group

    held = {
        group.name: {f"{right.content_type.app_label}.{right.codename}" for right in group.permissions.all()}
        for group in Group.objects.prefetch_related("permissions__content_type")
    }
    assert held == {role: set(names) for role, names in settings.ROLE_PERMISSIONS.items()}
    assert set(held) == set(Role.values)


def test_navigation_and_settings_name_pages_and_rights_that_exist(db, settings):
    from django.contrib.auth.models import Permission
    from django.urls import reverse

    known = {f"{label}.{name}" for label, name in Permission.objects.values_list("content_type__app_label", "codename")}
    for _label, url_name, permission, _icon, _more in [*settings.NAVIGATION, *settings.SETTINGS_PAGES]:
        assert reverse(url_name)
        assert permission is None or permission in known
