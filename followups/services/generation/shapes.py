"""Which days and which round a rule's declaration and a store's dials give a fact. Pure: reads and writes nothing.

A `Slot` is one window of one turn, in days from the anchor; the slots of a rule in order of opening are its ladder. Rounds:
"<step>"; with `cycle` or `yearly` "<cycle or year>" or, where the rule has several steps, "<cycle or year>.<step>"; with `every`
"<turn>" or "<turn>.<step>".
"""

import datetime as dt
from calendar import isleap
from dataclasses import dataclass
from functools import cached_property

from common.birthdays import birthdays_on, celebrated_on, year_of
from followups.rules import Rule

ONE_DAY = dt.timedelta(days=1)
YEARS_BACK = 40  # anniversaries are remembered for so long
BIRTHDAY = "birthday"


@dataclass(frozen=True)
class Slot:
    code: str  # the round, or what of it follows the cycle or year
    opens: int
    due: int
    expires: int
    is_message: bool = False

    @property
    def days(self) -> list[int]:
        return [self.opens, self.due, self.expires]


@dataclass(frozen=True)
class Days:
    """What an item gets from its fact."""

    round: str
    anchor_on: dt.date
    opens_on: dt.date
    due_on: dt.date
    expires_on: dt.date


@dataclass(frozen=True)
class Shape:
    """One rule at one store: `windows` are the steps that are switched on (services.dials)."""

    rule: Rule
    windows: tuple

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """By day of opening."""
        rule, several = self.rule, len(self.rule.steps) > 1
        found = []
        for window in self.windows:
            step = window.code if several else ""
            if rule.every:
                for turn in range(rule.first_turn, rule.first_turn + rule.times):
                    code, later = f"{turn}.{step}" if several else str(turn), rule.every * turn
                    days = (day + later for day in window.days)
                    found.append(Slot(code, *days, is_message=window.is_message))
            else:
                code = window.code
                if rule.cycle or rule.yearly:
                    code = f".{step}" if several else ""
                found.append(Slot(code, *window.days, is_message=window.is_message))
        return tuple(sorted(found, key=lambda slot: slot.opens))

    @cached_property
    def by_code(self) -> dict[str, tuple[Slot, Slot | None]]:
        """{code: (slot, the one that follows it)}."""
        following = [*self.slots[1:], None]
        return {slot.code: (slot, later) for slot, later in zip(self.slots, following, strict=False)}

    @property
    def memo(self) -> dict[str, list[int]]:
        return {slot.code: slot.days for slot in self.slots}

    @property
    def is_cyclic(self) -> bool:
        """Whether the round begins with something that is no step."""
        return bool(self.rule.cycle or self.rule.yearly)

    def split(self, round_: str) -> tuple[str, str]:
        """(cycle or year, code of the slot) of a round."""
        if not self.is_cyclic:
            return "", round_
        if len(self.rule.steps) == 1:
            return round_, ""
        cycle, _dot, step = round_.rpartition(".")
        return cycle, f".{step}"

    def place(self, slot: Slot, anchor_on: dt.date, cycle: str = "") -> Days:
        """The days of a slot counted from `anchor_on` (of yearly rules: the day of this year)."""
        return Days(
            cycle + slot.code,
            anchor_on,
            anchor_on + dt.timedelta(days=slot.opens),
            anchor_on + dt.timedelta(days=slot.due),
            anchor_on + dt.timedelta(days=slot.expires),
        )

    def day_in(self, anchor, is_lunar: bool, slot: Slot, today: dt.date) -> tuple[dt.date, str] | None:
        """Of a yearly rule: (the day on which `anchor` comes back, its year) whose window is open on `today`."""
        for year in (today.year - 1, today.year, today.year + 1):
            day = celebrated_on(anchor, is_lunar, year) if self.rule.yearly == BIRTHDAY else anniversary(anchor, year)
            is_real = self.rule.yearly == BIRTHDAY or day.year > anchor.year
            if is_real and day + dt.timedelta(days=slot.opens) <= today <= day + dt.timedelta(days=slot.expires):
                return day, str(year)
        return None

    def comes_back(self, anchor, is_lunar: bool, day: dt.date) -> bool:
        """Of a yearly rule: whether `anchor` comes back on `day`."""
        if self.rule.yearly == BIRTHDAY:
            return anchor in birthdays_on(day)[bool(is_lunar)]
        return day.year > anchor.year and anniversary(anchor, day.year) == day


def anniversary(day: dt.date, year: int) -> dt.date:
    """29 February is remembered on the 28th in years that have none."""
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return dt.date(year, 2, 28)
    return day.replace(year=year)


def remembered_on(day: dt.date) -> list[dt.date]:
    """The days that have their anniversary on `day`."""
    found = []
    for year in range(day.year - YEARS_BACK, day.year):
        if (day.month, day.day) != (2, 29) or isleap(year):
            found.append(day.replace(year=year))
        if (day.month, day.day) == (2, 28) and isleap(year) and not isleap(day.year):
            found.append(dt.date(year, 2, 29))
    return found


def year_of_birthday(day: dt.date, is_lunar: bool) -> str:
    return str(year_of(day, is_lunar))
