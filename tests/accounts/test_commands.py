"""create_store and create_account from the command line."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Store, User


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_create_store_sets_up_a_working_store(db):
    run("create_store", "JA", "--name", "静安店", "--hotline", "021-1", "--live-on", "2026-04-01")
    store = Store.objects.get(code="JA")
    assert (store.name, store.hotline, store.live_on) == ("静安店", "021-1", dt.date(2026, 4, 1))


def test_create_store_is_live_today_unless_told_otherwise(db):
    run("create_store", "JA", "--name", "静安店")
    store = Store.objects.get(code="JA")
    assert store.live_on == timezone.localdate(timezone=store.zone)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["PD", "--name", "又一家"], "PD"),
        (["JA", "--name", "静安店", "--live-on", "2026-02-30"], "2026-02-30"),
        (["JA", "--name", "静安店", "--live-on", "tomorrow"], "tomorrow"),
        (["JA", "--name", "静安店", "--time-zone", "Mars/Base"], "Mars/Base"),
        (["静安", "--name", "静安店"], "静安"),
    ],
)
def test_create_store_says_what_is_wrong(pudong, arguments, word):
    with pytest.raises(CommandError, match=word) as caught:
        run("create_store", *arguments)
    assert caught.value.returncode == 1
    assert Store.objects.count() == 1


def test_create_account_prints_a_password_that_works(pudong, client):
    text = run("create_account", "wu", "--store", "PD", "--role", "manager", "--full-name", "吴倩")
    password = text.strip().rsplit(" ", 1)[-1]
    person = User.objects.get(username="wu")
    assert person.check_password(password)
    assert person.full_name == "吴倩"
    assert person.has_perm("dms.add_batch")
    assert client.post("/login/", {"username": "wu", "password": password}).status_code == 302


def test_create_account_takes_the_password_from_standard_input(pudong, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("Vier-Worte-77\n"))
    text = run("create_account", "wu", "--store", "PD", "--role", "specialist", "--password", "-")
    assert User.objects.get(username="wu").check_password("Vier-Worte-77")
    assert "Vier-Worte-77" not in text


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["wu", "--store", "XX", "--role", "manager"], "PD"),  # names the stores there are
        (["li", "--store", "PD", "--role", "manager"], "li"),
        (["wu", "--store", "PD", "--role", "boss"], "boss"),
        (["w u", "--store", "PD", "--role", "manager"], "w u"),
    ],
)
def test_create_account_says_what_is_wrong(li, arguments, word):
    with pytest.raises(CommandError, match=word):
        run("create_account", *arguments)
    assert User.objects.count() == 1


def test_create_account_refuses_a_weak_password(pudong, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("12345678\n"))
    with pytest.raises(CommandError):
        run("create_account", "wu", "--store", "PD", "--role", "specialist", "--password", "-")
    assert not User.objects.exists()
