"""Notices as the floors above write them."""

import itertools

from django.utils import timezone

from office.models import Notice

_serial = itertools.count(1)


def notice_to(person, *, code="import_silence", params=None, key=None, **fields):
    """An unread notice; by default the one about a month without imports."""
    return Notice.objects.create(
        user=person,
        store=person.store,
        code=code,
        params={"days": 31} if params is None else params,
        key=key or f"matter-{next(_serial)}",
        created_at=timezone.now(),
        **fields,
    )
