"""Every URL name stands in its app's tests/<app>/doors.py and is tried as four people.

A door is `Door(name, permission, method="get", row=None, data=None, ok=200, public=False, foreign=404)`:
- stranger: 302 to the login page, unless public;
- own store without the right: 403 (permission None: everybody who is logged in may);
- right, but the row belongs to the other store: 404 (where the URL has a row);
- right and own row: `ok`.
`row` names a function of the doors module: (store) -> dict of URL keyword arguments for a row of that store.
"""

import importlib
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.choices import Role
from accounts.services import create_account

APPS = ["accounts", "office", "customers", "dms", "complaints", "cvp", "followups", "reports", "reception", "quality"]
FOREIGN_TO_US = {"admin"}  # Django's own doors


def doors(wanted=lambda door: True):
    """The rows of all tables as test parameters (module, door)."""
    rows = []
    for app in APPS:
        if (Path(__file__).parent / app / "doors.py").exists():
            module = importlib.import_module(f"tests.{app}.doors")
            rows += [pytest.param(module, door, id=door.name) for door in module.DOORS if wanted(door)]
    return rows


def url_names(resolver=None, space=""):
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            if pattern.namespace not in FOREIGN_TO_US:
                yield from url_names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def test_every_url_name_has_its_row():
    listed = {param.values[1].name for param in doors()}
    assert set(url_names()) - listed == set(), "these URL names have no row in tests/<app>/doors.py"


def person(store, *permissions, suffix=""):
    """Somebody of `store` with exactly these permissions and no role's."""
    from django.contrib.auth.models import Permission

    user = create_account(
        username=f"door-{store.code}{suffix}",
        full_name="门",
        role=Role.SPECIALIST,
        store=store,
        password="Door-keeper-1",
    )
    user.groups.clear()
    for name in permissions:
        label, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    return user


def knock(client, module, door, store):
    kwargs = getattr(module, door.row)(store) if door.row else {}
    data = door.data(store) if callable(door.data) else (door.data or {})
    return getattr(client, door.method)(reverse(door.name, kwargs=kwargs), data)


@pytest.mark.parametrize(("module", "door"), doors())
def test_stranger_is_sent_to_the_login_page(module, door, client, pudong):
    response = knock(client, module, door, pudong)
    if door.public:
        assert response.status_code in {200, 302}
        assert "next=" not in response.get("Location", "")
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("accounts:login"))


@pytest.mark.parametrize(("module", "door"), doors(lambda door: door.permission and not door.public))
def test_without_the_right_the_door_is_shut(module, door, pudong, login):
    assert knock(login(person(pudong)), module, door, pudong).status_code == 403


@pytest.mark.parametrize(("module", "door"), doors(lambda door: door.row and door.foreign))
def test_another_stores_row_is_not_there(module, door, pudong, xuhui, login):
    visitor = person(xuhui, *([door.permission] if door.permission else []), *door.also)
    assert knock(login(visitor), module, door, pudong).status_code == door.foreign


@pytest.mark.parametrize(("module", "door"), doors())
def test_with_the_right_it_opens(module, door, pudong, login):
    rights = [door.permission] if door.permission else []
    assert knock(login(person(pudong, *rights, *door.also)), module, door, pudong).status_code == door.ok
