"""Visits to the workshop, as the repair orders tell them: which day, and whether it was maintenance."""

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

# An order that is settled longer than this after it was opened has a wrong day in it: then the settlement counts.
LONGEST_STAY = 180
# The words of the trade. "保险", "保修" and what is cared for but is no engine (漆面保养) are no maintenance; see docs/rules.md.
_NOT_MEANT = re.compile(
    r"(?:漆面|车漆|皮革|真皮|座椅|内饰|空调|玻璃|天窗|轮毂|底盘装甲)[^,，、;；\s]{0,2}保养|保养(?:灯|提醒|提示|手册|套餐(?:销售|充值)|卡)|"
    r"(?:未|不做|不含|无需|拒绝)保养|预约保养未到"
)
_KIND = re.compile(
    r"保养|(?:首|定|例|常|强|免|小|大|中)保(?![险修管安])|[一二]保(?![险修焊])|maintenance|(?:periodic|scheduled|first|oil) service|oil change",
    re.IGNORECASE,
)
_WORK = re.compile(
    r"保养|首保|定保(?!险)|(?:更换|换)(?:[^,，、;；\s]{0,6}?)机油(?![泵底冷压传尺散控])|机油(?:滤清器|滤芯|格)|机滤|oil (?:and filter )?change|oil filter",
    re.IGNORECASE,
)
_CANCELLED = re.compile(r"作废|取消|撤销|废单|cancel|void", re.IGNORECASE)


class Order(NamedTuple):
    """A repair order as stored."""

    id: int
    opened_on: dt.date | None
    settled_on: dt.date | None
    km: int | None
    kind: str
    items: str
    amount: float | None
    status: str


class Visit(NamedTuple):
    """One day at the workshop; all orders of that day. `id`: the first of them, of the maintenance where there was one."""

    day: dt.date
    id: int
    km: int | None
    is_maintenance: bool
    amount: float


@lru_cache(maxsize=20_000)
def is_maintenance(kind: str, items: str = "") -> bool:
    """Was it maintenance, by the kind of the order or the work done? Only that sets the service clock back (F23)."""
    return bool(_KIND.search(_NOT_MEANT.sub("", kind)) or _WORK.search(_NOT_MEANT.sub("", items)))


@lru_cache(maxsize=500)
def is_cancelled(status: str) -> bool:
    return bool(_CANCELLED.search(status))


def day_of(order: Order, today: dt.date) -> dt.date | None:
    """The day the car came: when the order was opened, else settled. None where that lies ahead, or the order was cancelled.

    An order that was never settled counts: the car was there.
    """
    opened, settled = order.opened_on, order.settled_on
    if opened is not None and opened > today:
        opened = None
    if settled is not None and settled > today:
        settled = None
    day = opened or settled
    if day is None or (order.status and is_cancelled(order.status)):
        return None
    if opened is not None and settled is not None and (settled - opened).days > LONGEST_STAY:
        return settled
    return day


def visits_of(orders, today: dt.date) -> list[Visit]:
    """The visits of a car by day, from its orders in any sequence."""
    days = {}
    for order in orders:
        day = day_of(order, today)
        if day is None:
            continue
        visit = Visit(day, order.id, order.km, is_maintenance(order.kind, order.items), float(order.amount or 0))
        other = days.get(day)
        days[day] = visit if other is None else _together(other, visit)
    return [days[day] for day in sorted(days)]


def _together(first, second):
    if first.is_maintenance == second.is_maintenance:
        number = min(first.id, second.id)
    else:
        number = first.id if first.is_maintenance else second.id
    km = max(filter(None, (first.km, second.km)), default=None)
    return Visit(first.day, number, km, first.is_maintenance or second.is_maintenance, first.amount + second.amount)
