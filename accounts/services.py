"""Verbs on stores, teams and people. Each leaves an audit line; passwords never appear in one."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import Store, Team, User
from audit.choices import Source
from audit.services import record_change
from common.meanwhile import refuse_overwriting


class Refused(Exception):
    """A deed that a rule of the house forbids; `str()` says why in the reader's language."""

    sentence = ""

    def __str__(self):
        return str(self.sentence)


class LastAdministrator(Refused):
    sentence = _("This is the last active administrator. Make somebody else an administrator first.")


class NotOneself(Refused):
    sentence = _("You cannot deactivate yourself or your own store. Ask another administrator.")


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
def update_store(store, changes, *, by, seen=None) -> Store:
    """Set `changes` ({field: value}); returns the stored row.

    Raises NotOneself where `by` would close the own store, LastAdministrator where nobody could administer any more.
    """
    store = Store.objects.select_for_update().get(pk=store.pk)
    refuse_overwriting(store, changes, seen)
    differing = _differing(store, changes)
    if "is_active" in differing and not store.is_active:
        if by is not None and by.store_id == store.pk:
            raise NotOneself
        _lock_administrators()
    _save(store, differing, by=by)
    if "is_active" in differing and not store.is_active:
        _require_an_administrator()
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


@transaction.atomic
def update_account(person, changes, *, by, deed="edit", seen=None) -> User:
    """Set `changes` ({field: value}); returns the stored row.

    Group membership follows the role; a team of another store is left behind when the store changes.
    Raises NotOneself, LastAdministrator, and ChangedMeanwhile over what the editor has not `seen`.
    """
    _lock_administrators()
    person = User.objects.select_for_update().get(pk=person.pk)
    refuse_overwriting(person, changes, seen)
    governed = _governs(person)
    differing = _differing(person, changes)
    if "is_active" in differing and not person.is_active and by is not None and by.pk == person.pk:
        raise NotOneself
    if person.team_id and person.team.store_id != person.store_id:
        differing |= _differing(person, {"team": None})
    _save(person, differing, by=by, deed=deed)
    if "role" in differing:
        person.groups.set(Group.objects.filter(name=person.role))
    if governed and not _governs(person):
        _require_an_administrator()
    return person


def deactivate_account(person, *, by) -> User:
    """The person cannot log in any more and is out at the next click; what they did stays."""
    return update_account(person, {"is_active": False}, by=by, deed="deactivate")


def reactivate_account(person, *, by) -> User:
    return update_account(person, {"is_active": True}, by=by, deed="reactivate")


@transaction.atomic
def set_password(person, password, *, by) -> User:
    """A new password, one's own or another's; ends the person's other sessions. The caller has validated it."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.set_password(password)
    person.save(update_fields=["password"])
    deed = "change_password" if by is not None and by.pk == person.pk else "reset_password"
    record_change(person, {}, by=by, source=Source.FORM, deed=deed)
    return person


@transaction.atomic
def create_team(*, store, name, by, **fields) -> Team:
    """Raises ValidationError where the store already has a team of that name."""
    team = Team(store=store, name=name, **fields)
    team.full_clean()
    team.save(force_insert=True)
    record_change(team, {}, by=by, source=Source.FORM, deed="create")
    return team


@transaction.atomic
def update_team(team, changes, *, by, seen=None) -> Team:
    team = Team.objects.select_for_update().get(pk=team.pk)
    refuse_overwriting(team, changes, seen)
    _save(team, _differing(team, changes), by=by)
    return team


def _differing(record, changes):
    """Set the values that differ; returns {field: (old, new)}."""
    differing = {}
    for field, new in changes.items():
        old = getattr(record, field)
        if old != new:
            setattr(record, field, new)
            differing[field] = (old, new)
    return differing


def _save(record, differing, *, by, deed="edit"):
    if not differing:
        return
    record.full_clean(exclude=["password"])
    record.save(update_fields=list(differing))
    record_change(record, differing, by=by, source=Source.FORM, deed=deed)


def _governs(person):
    return person.is_active and person.role == Role.ADMINISTRATOR


def _lock_administrators():
    """Two administrators must not demote each other at the same moment."""
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk").values_list("pk"))


def _require_an_administrator():
    active = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(store__is_active=False)
    if not active.exists():
        raise LastAdministrator
