"""What happens outside the house in a month, and how the DMS tells it: hand-overs, visits, policies, and corrections of all three.

The world (demo.world) is made up to the last day; each file tells only what had happened by its own.
"""

import datetime as dt
import random
from dataclasses import dataclass, replace

from demo import names
from demo.files import orders_csv, owner_list, owner_row, owners_workbook, policies_workbook
from demo.world import World

# Of a day's chance that something is corrected in the DMS.
CHANGES = (("number", 0.25), ("owner", 0.12), ("delivered", 0.2), ("address", 0.15), ("settled", 0.2), ("family", 0.3))


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


class Town:
    def __init__(self, first_day: dt.date, last_day: dt.date, *, vehicles: int, seed: int):
        self.rng = random.Random(f"town {seed}")
        self.world = World(last_day, vehicles=vehicles, seed=seed)
        self.told_until = first_day - dt.timedelta(days=1)
        self.changed_cars, self.changed_orders = {}, False
        self.owners = 0

    def first_files(self) -> list[File]:
        """All that was there when the store went live."""
        return [
            File("保有客户档案.xlsx", owners_workbook(self.world, until=self.told_until)),
            File("维修工单.csv", orders_csv(self.world, until=self.told_until)),
            File("保险明细.xlsx", policies_workbook(self.world, until=self.told_until)),
        ]

    def files_of(self, day: dt.date) -> list[File]:
        """What the DMS exports in the night before `day`: everything since the last export, and what was corrected meanwhile."""
        since, until = self.told_until + dt.timedelta(days=1), day - dt.timedelta(days=1)
        if until < since:
            return []
        self.told_until = until
        files = []
        cars = {car.vin: car for car in self.world.cars if since <= car.delivered_on <= until} | self.changed_cars
        if cars:
            files.append(File(f"新增客户{day:%m%d}.xlsx", owner_list([owner_row(car) for car in cars.values()])))
        # Orders are exported for some days back, so that corrections come along and most rows are known already.
        back = dt.timedelta(days=12 if self.changed_orders else 1)
        files.append(File(f"维修工单{day:%m%d}.csv", orders_csv(self.world, since=since - back, until=until)))
        if day.weekday() in (0, 3):
            window = {"since": since - dt.timedelta(days=4), "until": until}
            files.append(File(f"保险明细{day:%m%d}.xlsx", policies_workbook(self.world, **window)))
        self.changed_cars, self.changed_orders = {}, False
        return files

    def live(self, day: dt.date) -> list[str]:
        """What somebody corrects in the DMS on this day."""
        done = []
        for what, chance in CHANGES:
            if self.rng.random() < chance and getattr(self, f"_{what}")(day):
                done.append(what)
        return done

    def _car(self, day, *, since=dt.date.min):
        cars = [car for car in self.world.cars if since <= car.delivered_on <= self.told_until]
        return self.rng.choice(cars) if cars else None

    def _number(self, day):
        car = self._car(day)
        if car is not None:
            self._change(car, car.owner, replace(car.owner, mobile=self.world.mobile()))
        return car is not None

    def _family(self, day):
        """Two owners turn out to have one number."""
        car, other = self._car(day), self._car(day)
        if car is None or car.owner.mobile == other.owner.mobile:
            return False
        self._change(car, car.owner, replace(car.owner, mobile=other.owner.mobile))
        return True

    def _address(self, day):
        car = self._car(day)
        if car is not None:
            self._change(car, car.owner, replace(car.owner, address=names.address(self.rng)))
        return car is not None

    def _owner(self, day):
        """The car was sold on, and the buyer is in the DMS."""
        car = self._car(day)
        if car is None:
            return False
        self.owners += 1
        car.owner = replace(self.world.make_owner(), number=f"N{self.owners:05d}")
        self.changed_cars[car.vin] = car
        return True

    def _delivered(self, day):
        car = self._car(day, since=day - dt.timedelta(days=12))
        if car is None:
            return False
        car.delivered_on = min(car.delivered_on + dt.timedelta(days=self.rng.choice((-3, -1, 1, 2))), self.told_until)
        self.changed_cars[car.vin] = car
        return True

    def _settled(self, day):
        recent = [
            visit
            for car in self.world.cars
            for visit in car.visits
            if visit.settled_on and day - dt.timedelta(days=9) <= visit.settled_on <= self.told_until
        ]
        if not recent:
            return False
        visit = self.rng.choice(recent)
        moved = visit.settled_on + dt.timedelta(days=self.rng.choice((-1, 1, 2)))
        visit.settled_on = max(visit.opened_on, min(moved, self.told_until))
        self.changed_orders = True
        return True

    def _change(self, car, before, after):
        for each in self.world.cars:
            if each.owner is before or each.owner == before:
                each.owner = after
                if each.delivered_on <= self.told_until:
                    self.changed_cars[each.vin] = each
