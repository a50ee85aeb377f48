"""What waits for a person's decision now, over all apps (settings.WAITING_LINES): each floor says its own, the first page shows them."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Waiting:
    """`words` of what waits, `count` of them as it is shown ("1,000+" at most); `url` opens exactly what was counted."""

    count: str
    words: str
    url: str
    is_late: bool = False


def waiting_for(user, now: dt.datetime) -> list[Waiting]:
    """What is late comes first, else in the order of the settings; what the person may not decide is not told. `now` in the store's zone."""
    lines = [line for dotted in settings.WAITING_LINES for line in import_string(dotted)(user, now)]
    return sorted(lines, key=lambda line: not line.is_late)
