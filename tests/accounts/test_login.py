"""Getting in, staying in, and being sent out again."""

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import deactivate_account, set_password, update_account, update_store
from tests.conftest import PASSWORD

LOGIN = "/login/"
HTMX = {"HX-Request": "true"}


def log_in(client, username="li", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def is_in(client):
    return client.get(reverse("accounts:me")).status_code == 200


def test_the_right_password_opens_the_first_page_of_the_role(client, li):
    response = log_in(client)
    assert response.status_code == 302
    assert response["Location"] == reverse("accounts:home")
    assert is_in(client)


def test_login_leads_back_to_the_page_that_was_asked_for(client, li):
    asked = reverse("accounts:me") + "?tab=1&q=%E7%8E%8B"
    door = client.get(asked)
    answer = client.post(door["Location"], {"username": "li", "password": PASSWORD})
    assert answer["Location"] == asked


def test_login_never_leads_to_a_foreign_site(client, li):
    answer = client.post(LOGIN, {"username": "li", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == reverse("accounts:home")


def test_a_wrong_password_says_what_to_do(client, li):
    response = log_in(client, password="wrong")
    assert response.status_code == 200
    assert "用户名或密码不正确" in response.content.decode()
    assert not is_in(client)


def test_failures_lock_this_name_at_this_address_only(client, li, chen, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = log_in(client, password="wrong", REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 429
    assert "登录已锁定" in answer.content.decode()
    assert log_in(client, REMOTE_ADDR="10.0.0.1").status_code == 429  # even with the right password
    assert not is_in(client)
    assert log_in(Client(), username="chen", REMOTE_ADDR="10.0.0.1").status_code == 302
    assert log_in(Client(), REMOTE_ADDR="10.0.0.2").status_code == 302


def test_the_lock_opens_after_its_minutes(client, li, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        log_in(client, password="wrong")
    assert log_in(client).status_code == 429
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=settings.LOGIN_LOCKOUT_MINUTES + 1), tick=False):
        assert log_in(client).status_code == 302


def test_the_lock_is_told_in_the_readers_language(client, li, settings):
    client.post(reverse("accounts:language"), {"language": "en"})
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = log_in(client, password="wrong")
    assert "Login locked" in answer.content.decode()
    assert f"{settings.LOGIN_LOCKOUT_MINUTES} minutes" in answer.content.decode()


def test_behind_a_proxy_the_address_it_appended_counts(client, li, settings):
    settings.BEHIND_PROXY = True
    for _ in range(settings.AXES_FAILURE_LIMIT):
        log_in(client, password="wrong", headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.1"})
    # What the client itself claims does not make a new address of it.
    assert log_in(client, headers={"X-Forwarded-For": "9.9.9.9, 10.0.0.1"}).status_code == 429
    assert log_in(client, headers={"X-Forwarded-For": "10.0.0.2"}).status_code == 302


def test_who_is_deactivated_is_out_at_the_next_click(li, qian, client):
    log_in(client)
    assert is_in(client)
    deactivate_account(li, by=qian)
    assert client.get(reverse("accounts:me")).status_code == 302
    assert log_in(client).status_code == 200  # the form again
    assert not is_in(client)


def test_a_closed_stores_people_are_out_and_stay_out(zhao, xuhui, qian):
    client = Client()
    log_in(client, username="zhao")
    assert is_in(client)
    update_store(xuhui, {"is_active": False}, by=qian)
    assert not is_in(client)
    assert log_in(client, username="zhao").status_code == 200
    assert not is_in(client)


def test_a_demoted_manager_loses_the_pages_at_the_next_click(zhou, qian, login):
    client = login(zhou)
    assert client.get(reverse("accounts:people")).status_code == 200
    update_account(zhou, {"role": "specialist"}, by=qian)
    assert client.get(reverse("accounts:people")).status_code == 403


def test_changing_ones_password_keeps_this_session_and_ends_the_others(li):
    here, there = Client(), Client()
    log_in(here)
    log_in(there)
    new = "Ein-neues-Wort-9"
    answer = here.post(
        reverse("accounts:password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer["Location"] == reverse("accounts:me")
    assert is_in(here)
    assert not is_in(there)
    assert User.objects.get(pk=li.pk).check_password(new)


def test_a_weak_new_password_is_refused(li, login):
    answer = login(li).post(
        reverse("accounts:password"),
        {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"},
    )
    assert answer.status_code == 200
    assert User.objects.get(pk=li.pk).check_password(PASSWORD)


def test_a_reset_password_ends_the_persons_sessions(li, qian):
    client = Client()
    log_in(client)
    set_password(li, "Handed-over-12", by=qian)
    assert not is_in(client)


def test_logging_out_needs_a_post(li, login):
    client = login(li)
    assert client.get(reverse("accounts:logout")).status_code == 405
    client.post(reverse("accounts:logout"))
    assert not is_in(client)


# --- The idle limit -----------------------------------------------------------------------------------------------------


@pytest.fixture
def clock():
    with time_machine.travel(dt.datetime(2026, 3, 18, 1, 0, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def test_after_the_idle_limit_the_next_click_asks_for_the_password(li, clock, settings, client):
    log_in(client)
    clock.shift(dt.timedelta(minutes=settings.IDLE_MINUTES + 2))
    answer = client.get(reverse("accounts:me"))
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [reverse("accounts:me")]


def test_who_keeps_clicking_stays_in(li, clock, settings, client):
    log_in(client)
    for _ in range(6):
        clock.shift(dt.timedelta(minutes=settings.IDLE_MINUTES * 0.6))
        assert is_in(client)


def test_a_click_costs_a_write_only_once_in_a_while(li, clock, client, django_assert_num_queries):
    log_in(client)
    assert is_in(client)
    clock.shift(dt.timedelta(seconds=5))
    before = client.session["seen"]
    assert is_in(client)
    assert client.session["seen"] == before
    clock.shift(dt.timedelta(seconds=120))
    assert is_in(client)
    assert client.session["seen"] > before


def test_what_a_page_asks_by_itself_is_no_click(li, clock, settings, client):
    settings.BACKGROUND_URL_NAMES = {"accounts:me"}
    log_in(client)
    clock.shift(dt.timedelta(minutes=settings.IDLE_MINUTES * 0.6))
    assert is_in(client)
    clock.shift(dt.timedelta(minutes=settings.IDLE_MINUTES * 0.6))
    assert not is_in(client)


# --- The door, for fragments and forms ----------------------------------------------------------------------------------


def test_a_strangers_fragment_sends_the_whole_page_to_the_login(client, db):
    answer = client.get(
        reverse("accounts:me"), headers={**HTMX, "HX-Current-URL": "http://testserver/settings/people/?q=li&page=2"}
    )
    assert answer.status_code == 204
    target = urlsplit(answer["HX-Redirect"])
    assert target.path == LOGIN
    assert parse_qs(target.query)["next"] == ["/settings/people/?q=li&page=2"]


def test_a_fragment_from_a_foreign_page_does_not_say_where_to_return(client, db):
    answer = client.get(reverse("accounts:me"), headers={**HTMX, "HX-Current-URL": "https://evil.example/x"})
    assert answer["HX-Redirect"] == LOGIN


def test_a_fragment_for_somebody_who_is_in_is_left_alone(li, login):
    answer = login(li).get(reverse("accounts:me"), headers={**HTMX, "HX-Current-URL": "http://testserver/"})
    assert answer.status_code == 200
    assert "HX-Redirect" not in answer


def test_a_post_after_the_session_ended_leads_back_to_the_page_of_the_form(client, db):
    url = reverse("accounts:team_new")
    answer = client.post(url, {"name": "x"}, headers={"Referer": "http://testserver/settings/teams/?a=1"})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == ["/settings/teams/?a=1"]
    foreign = client.post(url, {"name": "x"}, headers={"Referer": "https://evil.example/"})
    assert foreign["Location"] == LOGIN


# --- Language -----------------------------------------------------------------------------------------------------------


def lang(response):
    return response.content.decode().split('<html lang="')[1].split('"')[0]


def test_chinese_comes_first_whatever_the_browser_prefers(client, db):
    assert lang(client.get(LOGIN, headers={"Accept-Language": "en-US,en;q=0.9"})) == "zh-CN"


def test_the_choice_before_login_is_kept_by_the_browser(client, li):
    answer = client.post(reverse("accounts:language"), {"language": "en", "next": "/login/?next=/me/"})
    assert answer["Location"] == "/login/?next=/me/"
    assert lang(client.get(LOGIN)) == "en"
    log_in(client)
    assert lang(client.get(reverse("accounts:me"))) == "en"


def test_the_choice_after_login_is_kept_by_the_person(li, login):
    login(li).post(reverse("accounts:language"), {"language": "en"})
    assert User.objects.get(pk=li.pk).language == "en"
    elsewhere = login(User.objects.get(pk=li.pk))
    answer = elsewhere.get(reverse("accounts:me"))
    assert lang(answer) == "en"
    assert answer["Content-Language"] == "en"


def test_the_persons_language_wins_over_the_browsers(li, login):
    update_account(li, {"language": "zh-hans"}, by=li)
    client = login(li)
    client.cookies["django_language"] = "en"
    assert lang(client.get(reverse("accounts:me"))) == "zh-CN"


def test_the_language_switch_of_a_page_that_answered_a_form_leads_to_a_page(li, login):
    client = login(li)
    answer = client.post(reverse("accounts:language"), {"language": "en", "next": "/customers/phones/1/reveal/"})
    assert answer["Location"] == reverse("customers:list")
    assert client.get(answer["Location"]).status_code == 200
    answer = client.post(reverse("accounts:language"), {"language": "en", "next": reverse("accounts:logout")})
    assert answer["Location"] == reverse("accounts:home")


def test_unknown_languages_and_foreign_targets_are_ignored(client, db):
    answer = client.post(reverse("accounts:language"), {"language": "tlh", "next": "https://evil.example/"})
    assert answer["Location"] == LOGIN
    assert "django_language" not in client.cookies


def test_after_a_wrong_password_the_password_is_typed_again(client, li):
    html = client.post(LOGIN, {"username": "li", "password": "falsch-1"}).content.decode()
    focused = [tag for tag in re.findall(r"<input[^>]*>", html) if "autofocus" in tag]
    assert len(focused) == 1
    assert 'name="password"' in focused[0]


def test_a_weak_password_is_refused_politely(client, li):
    client.force_login(li, backend="accounts.backends.PeopleBackend")
    data = {"old_password": PASSWORD, "new_password1": "1234567", "new_password2": "1234567"}
    html = client.post(reverse("accounts:password"), data).content.decode()
    assert "密码至少需要 8 个字符" in html
    assert "你" not in html
