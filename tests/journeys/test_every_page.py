"""Every page of the house in a real browser: nothing serious by axe, nothing wider than the screen, on a desk and on a phone.

The pages are those of the doors table, so that a new one is looked at without anybody thinking of it. Looks do not depend on the
database: once, on SQLite, is enough.
"""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse

from accounts.models import User
from tests.browser import PHONE, overflow, serious_findings
from tests.test_doors import doors, person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="looks do not depend on the database"),
]
SHARES = 2  # so that two workers share the pages


def pages(client, store):
    """(name, address) of every door that answers this person with a whole page."""
    made = {}  # a maker of rows may make them once in a database
    for parameter in doors(lambda door: door.method == "get" and door.ok == 200):
        module, door = parameter.values
        kwargs = made.setdefault((module, door.row), None) if door.row else {}
        if kwargs is None:
            _free_names(client)
            kwargs = made[module, door.row] = getattr(module, door.row)(store)
        data = door.data(store) if callable(door.data) else (door.data or {})
        answer = client.get(reverse(door.name, kwargs=kwargs), data)
        is_page = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
        if answer.status_code == 200 and is_page and b"<!doctype html" in answer.content[:200].lower():
            yield door.name, answer.request["PATH_INFO"] + ("?" + answer.request["QUERY_STRING"]).rstrip("?")


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_is_clean_and_fits(page_as, pudong, login, share):
    everybody = [f"{right.content_type.app_label}.{right.codename}" for right in _rights()]
    visitor = person(pudong, *everybody)
    found = sorted(pages(login(visitor), pudong))
    assert len(found) > 40
    page = page_as(visitor, "/")
    wrong = {}
    for name, address in found[share::SHARES]:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(address)
        if findings := serious_findings(page):
            wrong[name] = findings
        if (wider := overflow(page)) > 0:
            wrong[f"{name}, desk"] = f"{wider} px wider than the screen"
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        if (wider := overflow(page)) > 0:
            wrong[f"{name}, phone"] = f"{wider} px wider than the screen"
    assert wrong == {}


def _free_names(client):
    """Makers of rows hire people by fixed names, each for a database of its own."""
    others = User.objects.exclude(pk=client.session["_auth_user_id"])
    for pk in others.values_list("pk", flat=True):
        User.objects.filter(pk=pk).update(username=f"former-{pk}")


def _rights():
    return Permission.objects.select_related("content_type").exclude(content_type__app_label__in=("auth", "sessions"))
