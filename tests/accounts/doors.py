"""Doors of accounts."""

from django.utils import timezone

from accounts.absences import enter_absence
from accounts.choices import Role
from accounts.models import CalendarDay, Team, User
from accounts.services import create_account
from tests.doors import Door


def store_row(store):
    return {"pk": store.pk}


def team_row(store):
    return {"pk": Team.objects.create(store=store, name="回访组").pk}


def person_row(store):
    return {"pk": new_person(store).pk}


def inactive_row(store):
    person = new_person(store)
    User.objects.filter(pk=person.pk).update(is_active=False)
    return {"pk": person.pk}


def new_person(store):
    return create_account(
        username=f"somebody-{store.code}", full_name="某人", role=Role.SPECIALIST, store=store, password="Some-body-1"
    )


def day_row(store):
    return {"pk": CalendarDay.objects.create(store=store, day="2027-01-01", is_work=False, source="typed").pk}


def absence_row(store):
    now = timezone.now()
    day = store.day_of(now)
    return {"pk": enter_absence(new_person(store), kind="leave", first_on=day, last_on=day, by=None, now=now).pk}


def an_absence(store):
    return {"person": new_person(store).pk, "kind": "leave", "first_on": "2026-03-18", "last_on": "2026-03-20"}


def a_year(store):
    return {"year": 2027}


DAY = {"day": "2027-01-01", "kind": "off"}
STORE = {"name": "新店", "live_on": "2026-01-01", "time_zone": "Asia/Shanghai"}
EDIT = ("accounts.view_user",)

DOORS = [
    Door("accounts:home", None),
    Door("accounts:login", None, public=True, ok=302),
    Door("accounts:logout", None, method="post", ok=302),
    Door("accounts:language", None, method="post", public=True, data={"language": "en"}, ok=302),
    Door("accounts:me", None),
    Door("accounts:password", None),
    Door("accounts:settings", "accounts.view_settings"),
    Door("accounts:calendar", "accounts.change_calendarday"),
    Door("accounts:calendar_year", "accounts.change_calendarday", row="a_year", foreign=None),
    Door(
        "accounts:day_enter", "accounts.change_calendarday", method="post", row="a_year", data=DAY, ok=302, foreign=None
    ),
    Door("accounts:day_file", "accounts.change_calendarday", method="post", row="a_year", foreign=None),
    Door("accounts:day_sheet", "accounts.change_calendarday", row="a_year", foreign=None),
    Door("accounts:days_copy", "accounts.change_store", method="post", row="a_year", foreign=None),
    Door("accounts:rest_days", "accounts.change_calendarday", method="post", data={"weekdays": ["7"]}, ok=302),
    Door("accounts:day_remove", "accounts.change_calendarday", method="post", row="day_row", ok=302),
    Door("accounts:absences", "accounts.view_absence"),
    Door("accounts:absence_new", "accounts.change_absence", method="post", data=an_absence, ok=302),
    Door("accounts:absence_edit", "accounts.change_absence", row="absence_row"),
    Door(
        "accounts:absence_end",
        "accounts.change_absence",
        method="post",
        row="absence_row",
        data={"back_on": "2026-03-18"},
        ok=302,
    ),
    Door("accounts:stores", "accounts.view_store"),
    Door("accounts:store_new", "accounts.add_store", method="post", data={"code": "NEW", **STORE}, ok=302),
    Door("accounts:store_edit", "accounts.change_store", row="store_row"),
    Door("accounts:people", "accounts.view_user"),
    Door("accounts:person_new", "accounts.add_user"),
    Door("accounts:person_edit", "accounts.change_user", row="person_row", also=EDIT),
    Door("accounts:person_password", "accounts.change_user", row="person_row", also=EDIT),
    Door("accounts:person_deactivate", "accounts.change_user", method="post", row="person_row", also=EDIT, ok=302),
    Door("accounts:person_reactivate", "accounts.change_user", method="post", row="inactive_row", also=EDIT, ok=302),
    Door("accounts:teams", "accounts.view_team"),
    Door("accounts:team_new", "accounts.add_team"),
    Door("accounts:team_edit", "accounts.change_team", row="team_row"),
]
