"""Verbs on notices: tell, read, settle. Whoever tells names the matter by a key, and a matter is told to a person once."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from office.choices import Severity
from office.models import Notice

_MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@transaction.atomic
def notify(*, store, permission, code, key, params=None, severity=Severity.INFO, url_name="", url_args=()) -> int:
    """Tell a matter to every active person of `store` who holds `permission`; `store` None: of every store.

    Returns how many were told. Who was told under this key already is not told again, unless it was settled since.
    """
    people = User.objects.with_perm(permission, backend=_MODEL_BACKEND).exclude(store__is_active=False)
    if store is not None:
        people = people.filter(store=store)
    return notify_people(
        people.values_list("pk", flat=True),
        store=store,
        code=code,
        key=key,
        params=params,
        severity=severity,
        url_name=url_name,
        url_args=url_args,
    )


def notify_person(person, **told) -> int:
    """Tell a matter to one person, if the account is open. Otherwise as `notify`."""
    return notify_people({person.pk} if person.is_active else set(), **told)


@transaction.atomic
def notify_people(ids, *, store, code, key, params=None, severity=Severity.INFO, url_name="", url_args=()) -> int:
    """`notify` for these people (ids of users)."""
    ids = set(ids)
    told = {
        "store": store,
        "code": code,
        "params": params or {},
        "severity": severity,
        "url_name": url_name,
        "url_args": list(url_args),
        "created_at": timezone.now(),
    }
    again = Notice.objects.filter(user_id__in=ids, key=key, resolved_at__isnull=False)
    count = again.update(**told, read_at=None, resolved_at=None, is_unread=True)
    known = set(Notice.objects.filter(user_id__in=ids, key=key).values_list("user_id", flat=True))
    fresh = [Notice(user_id=pk, key=key, **told) for pk in sorted(ids - known)]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)  # two workers may tell the same
    return count + len(fresh)


def resolve(*, store, code=None, key=None, keys=None) -> int:
    """The matter is over: its notices (of the store, all of this `code` or those under `key` or `keys`) press nobody any more.

    They stay in the list as settled. Returns how many were open.
    """
    if code is None and key is None and keys is None:
        raise ValueError("which notices?")
    notices = Notice.objects.unresolved().filter(store=store)
    if code is not None:
        notices = notices.filter(code=code)
    if key is not None:
        notices = notices.filter(key=key)
    if keys is not None:
        notices = notices.filter(key__in=keys)
    return notices.update(resolved_at=timezone.now(), is_unread=False)


def mark_read(notice) -> None:
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=timezone.now(), is_unread=False)


def mark_opened(notice) -> None:
    """Looked at: read, but for an urgent one, which presses until somebody says that it is handled, or the matter is over."""
    if notice.severity != Severity.URGENT:
        mark_read(notice)


def mark_all_read(user) -> int:
    """All but the urgent ones. Returns how many were unread."""
    return (
        Notice.objects.visible_to(user)
        .unread()
        .exclude(severity=Severity.URGENT)
        .update(read_at=timezone.now(), is_unread=False)
    )
