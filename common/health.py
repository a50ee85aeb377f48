"""Checks as declarations: what may be looked at to know whether the system is well, and what to do when it is not.

An app declares its checks in a `health.py` of its own (a list `CHECKS`), settings.HEALTH_CHECKS names these modules, the office
asks them. Knows no app. A check reads, and changes nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise as LazyText

GOOD, WARN, BAD = "good", "warn", "bad"
_RANK = {GOOD: 0, WARN: 1, BAD: 2}


@dataclass(frozen=True)
class Look:
    """At which moment is looked, and for which stores (anything with `pk`, `name`, `zone`)."""

    now: dt.datetime
    stores: tuple


@dataclass(frozen=True)
class Finding:
    """What a check found: `tone` is GOOD, WARN or BAD, `text` a sentence; `facts` are plain values under lasting names.

    `store`: about which one, None: about the house. `since`: from when on it has been bad, where that is known.
    """

    tone: str
    text: str
    store: object = None
    facts: dict = field(default_factory=dict)
    since: dt.datetime | None = None


@dataclass(frozen=True)
class Check:
    """`code` is lasting and stands in JSON. `advice` says what to do when it is not well.

    `probe`: raises where the house cannot work at all; asked by load balancers every second, so it is quick and tells nothing.
    `alarm`: the sentence on every page of a manager while the check is bad; "" for none. Such a check costs a query or two.
    """

    code: str
    label: LazyText
    look: Callable[[Look], Iterable[Finding]]
    advice: LazyText
    probe: Callable[[], None] | None = None
    alarm: LazyText | str = ""


def worst(findings: Iterable[Finding]) -> str:
    return max((finding.tone for finding in findings), key=_RANK.__getitem__, default=GOOD)
