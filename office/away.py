"""What a person who was away has missed: what the floors above tell first (settings.AWAY_LINES), then her notices, one line a matter."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from office.choices import Severity
from office.models import Notice

LOOKED_AT = 200  # notices; of more there is a number
_PRESSING = {Severity.URGENT: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass
class Group:
    """The notices of one code: the newest of them speaks."""

    newest: Notice
    count: int = 1
    unread: int = 0

    @property
    def more(self):
        return self.count - 1


@dataclass
class AwayPage:
    since: dt.datetime
    lines: list[tuple[str, str]]
    groups: list[Group]


def away_page(user, since: dt.datetime, now: dt.datetime) -> AwayPage | None:
    """None where nothing has happened. Notices that came since, the pressing ones first; one that is settled already is left out."""
    lines = [line for dotted in settings.AWAY_LINES for line in import_string(dotted)(user, since, now)]
    groups = {}
    for notice in (
        Notice.objects.visible_to(user).filter(created_at__gt=since, resolved_at=None).order_by("-id")[:LOOKED_AT]
    ):
        group = groups.get(notice.code)
        if group is None:
            groups[notice.code] = group = Group(notice)
        else:
            group.count += 1
        group.unread += notice.is_unread
    rows = sorted(groups.values(), key=lambda group: (_PRESSING[group.newest.severity], -group.newest.pk))
    return AwayPage(since, lines, rows) if lines or rows else None
