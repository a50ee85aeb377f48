"""Verbs on stores, teams and people."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.models import Store, User
from audit.choices import Source
from audit.services import record_change


def seed_roles(*, using="default"):
    """Make one group per role with the permissions of settings.ROLE_PERMISSIONS that exist so far. Safe to run often."""
    known = {
        f"{label}.{codename}": pk
        for pk, label, codename in Permission.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, names in settings.ROLE_PERMISSIONS.items():
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([known[name] for name in names if name in known])


@transaction.atomic
def create_store(*, code, name, live_on, by=None, **fields) -> Store:
    """A new store with everything it needs on its first day (settings.STORE_DEFAULTS: dials, outcomes, scripts, questionnaires)."""
    store = Store(code=code, name=name, live_on=live_on, **fields)
    store.full_clean()
    store.save(force_insert=True)
    for dotted in settings.STORE_DEFAULTS:
        import_string(dotted)(store)
    record_change(store, {}, by=by, source=Source.FORM, deed="create")
    return store


@transaction.atomic
def create_account(*, username, full_name, role, store, password, by=None, **fields) -> User:
    """A new person; `role` puts them into the group of that name. Raises ValidationError for bad fields."""
    user = User(username=username, full_name=full_name, role=role, store=store, **fields)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save(force_insert=True)
    user.groups.set(Group.objects.filter(name=role))
    record_change(user, {}, by=by, source=Source.FORM, deed="create")
    return user
