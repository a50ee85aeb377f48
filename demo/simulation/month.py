"""One month of a store: mornings with their files and runs, desks, evenings with the auditor."""

import datetime as dt
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.choices import Role
from accounts.services import create_account, create_store
from demo import names
from demo.simulation.auditor import Books, audit
from demo.simulation.clock import Clock
from demo.simulation.cuts import power_cut, time_passes
from demo.simulation.office import Office
from demo.simulation.scratch import silence
from demo.simulation.staff import Staff
from demo.simulation.town import Town
from dms.errors import UnusableFile
from dms.models import Batch
from dms.services import preview_batch, queue_batch, run_batch, stage_upload
from dms.undo import undo_now
from followups.models import Call, DeskDial, DueItem
from followups.services.cards import wake_promises
from followups.services.generation import generate_after_batch, generate_due

FIRST_DAY = dt.date(2026, 2, 2)  # a Monday before Spring Festival (17 February 2026)
# The first day without runs and imports, counted from the first one: over the holiday in most months; in some the store works through it.
MACHINE_OFF = (13, 13, 13, 5, 21)
CALENDARS = ("67", "", "7")  # weekly days off: Saturday and Sunday, none, Sunday
ANY_HOUR = 5  # one store in so many offers cards at any hour
CUT, CUT_UNTIL_NOON = 0.12, 0.5  # of the runs; of those that died, how many go on at noon only
UNDONE, REPEATED = 0.12, 0.15  # of the files of a morning
CAPACITY = 45  # calls a day of one person


@dataclass
class Day:
    day: dt.date
    is_on: bool = True
    created: int = 0
    called: int = 0
    reached: int = 0
    closed: dict = field(default_factory=dict)  # {reason: items closed on this day}
    expired: int = 0
    waiting: int = 0  # open and callable in the evening
    undecided: int = 0
    differences: list = field(default_factory=list)


class Month:
    def __init__(
        self, *, seed: int, days=30, vehicles=300, specialists=3, first_day=FIRST_DAY, off_after=None, say=None
    ):
        self.seed, self.first_day, self.days, self.say = seed, first_day, days, say or (lambda day: None)
        self.rng, self.tally = random.Random(f"month {seed}"), Counter()
        self.town = Town(first_day, first_day + dt.timedelta(days=days), vehicles=vehicles, seed=seed)
        off = (self.rng.choice(MACHINE_OFF) if off_after is None else off_after) + self.rng.randrange(-1, 2)
        self.off = {first_day + dt.timedelta(days=off + each) for each in range(self.rng.randint(4, 8))}
        self.store = create_store(
            code=f"sim-{seed}",
            name=f"模拟店 {seed}",
            short_name="模拟店",
            hotline="021-50000000",
            live_on=first_day,
            rest_weekdays=CALENDARS[seed % len(CALENDARS)],
        )
        DeskDial.objects.filter(store=self.store).update(hours_hold=bool(seed % ANY_HOUR))
        people = [self._person(number, Role.SPECIALIST) for number in range(specialists)]
        self.manager = self._person(specialists, Role.MANAGER)
        shared = {"seed": seed, "tally": self.tally}
        self.staff = Staff(self.store, people, self.manager, **shared)
        self.office = Office(self.store, self.manager, **shared, first_day=first_day, days=days)
        self.clock = Clock(self.store, timezone.now())
        self.books = Books(self.store, by_hand=self.staff.by_hand, offers=self.staff.offers)
        self.ledger: list[Day] = []
        self.undone: list = []
        self.unheard: list = []  # runs that died, to be done again

    def _person(self, number, role):
        name, _sex = names.person(self.rng)
        return create_account(
            username=f"sim-{self.seed}-{number}",
            full_name=name,
            role=role,
            store=self.store,
            password=f"Sim-{self.seed}-x8pq",
        )

    # --- Days --------------------------------------------------------------------------------------------------------------
    def live(self) -> "Month":
        started = time.perf_counter()
        with silence():
            self.staff.plan_absences(self.first_day, self.days)
            self.import_files(self.town.first_files(), self._at(self.first_day, dt.time(5)))
            for number in range(self.days):
                self.live_day(self.first_day + dt.timedelta(days=number))
        self.seconds = time.perf_counter() - started
        return self

    def live_day(self, day):
        is_on = day not in self.off
        evening = self._at(day, dt.time(21))
        if is_on:
            self.morning(day)
            if str(day.isoweekday()) not in self.store.rest_weekdays or day.weekday() == 5:
                self.office.day(day)
                self.staff.handle_complaints(day, self._at(day, dt.time(23)))
                self.staff.work_day(day, capacity=CAPACITY, noon=self.noon)
                self.staff.rework(day)
            self.resume(evening - dt.timedelta(minutes=10))
            wake_promises(self.store, now=evening)
            self.books.woken_at = evening
        self.town.live(day)
        self.clock.settle(evening)
        line = self._line(day, is_on)
        line.differences = audit(self.books, now=evening)
        self.ledger.append(line)
        self.say(line)

    def _at(self, day, clock):
        return dt.datetime.combine(day, clock, tzinfo=self.store.zone)

    def morning(self, day):
        moment = self._at(day, dt.time(5, 30))
        for batch in self.undone:  # taken back by mistake: here it is again
            moment += dt.timedelta(minutes=4)
            self.import_files([batch], moment)
        self.undone = []
        self.import_files(self.town.files_of(day), moment + dt.timedelta(minutes=4))
        run = self._at(day, dt.time(6, 40))
        self.run(run)
        if self.rng.random() < 0.3:
            generate_due(self.store, today=day, now=run + dt.timedelta(minutes=5), full=self.rng.random() < 0.5)
            self.clock.settle(run + dt.timedelta(minutes=5))

    def noon(self, moment):
        self.resume(moment)
        if self.rng.random() < 0.4:
            self.run(moment + dt.timedelta(minutes=5))

    # --- Runs --------------------------------------------------------------------------------------------------------------
    def run(self, moment, batch=None):
        """A run of the day, or that after an import. Now and then the machine dies in the middle of it: what it had committed stays."""
        if self.rng.random() < CUT:
            with power_cut(self.rng.randint(1, 12)):
                self._generate(moment, batch)
            self.clock.settle(moment)
            if time_passes(self.store):
                self.tally["runs_cut"] += 1
                if self.rng.random() < CUT_UNTIL_NOON:  # the worker stays down, people call all the same
                    self.unheard.append(batch)
                    return
                moment += dt.timedelta(minutes=2)
        self._generate(moment, batch)

    def resume(self, moment):
        """The worker is back, and does what the sweep finds undone."""
        while self.unheard:
            self._generate(moment, self.unheard.pop(0))

    def _generate(self, moment, batch):
        if batch is None:
            generate_due(self.store, today=self.store.day_of(moment), now=moment)
        else:
            generate_after_batch(self.store.pk, batch.pk, now=moment)
        self.clock.settle(moment)

    # --- Imports -----------------------------------------------------------------------------------------------------------
    def import_files(self, files, moment):
        for file in files:
            batch = self.import_file(file, moment)
            moment += dt.timedelta(minutes=4)
            if batch is None:
                continue
            if self.ledger and self.rng.random() < UNDONE:
                undo_now(batch, by=self.manager)
                self.follow(batch, moment)
                moment += dt.timedelta(minutes=4)
                self.tally["imports_undone"] += 1
                if self.rng.random() < 0.5:
                    self.undone.append(file)
                else:
                    self.import_file(file, moment)
            elif self.ledger and self.rng.random() < REPEATED:
                self.import_file(file, moment)
                self.tally["imports_repeated"] += 1
            moment += dt.timedelta(minutes=4)

    def import_file(self, file, moment) -> Batch | None:
        try:
            batch = stage_upload(store=self.store, by=self.manager, file_name=file.name, content=file.content)
            preview_batch(batch)
        except UnusableFile as error:
            if error.code != "no_rows":
                raise
            return None  # a quiet day
        queue_batch(batch, by=self.manager)
        batch = run_batch(batch.pk)
        if batch.state != "done":
            raise RuntimeError(f"{file.name}: {batch.state} {batch.error_code}")
        self.tally["imports"] += 1
        self.follow(batch, moment)
        return batch

    def follow(self, batch, moment):
        """What the bell after an import would do."""
        self.clock.settle(moment)
        self.run(moment + dt.timedelta(minutes=1), batch)

    # --- What the day came to ---------------------------------------------------------------------------------------------
    def _line(self, day, is_on):
        items = DueItem.objects.filter(store=self.store)
        midnight, tomorrow = self._at(day, dt.time()), self._at(day + dt.timedelta(days=1), dt.time())
        today = {"gte": midnight, "lt": tomorrow}
        within = lambda name: {f"{name}__{look}": moment for look, moment in today.items()}  # noqa: E731
        calls = Call.objects.filter(store=self.store, undone_at=None, **within("at"))
        closed = items.filter(**within("closed_at")).order_by().values_list("reason").annotate(number=Count("pk"))
        closed = dict(sorted(closed))
        return Day(
            day,
            is_on,
            created=items.filter(**within("created_at")).count(),
            called=calls.count(),
            reached=calls.filter(level="reached").count(),
            expired=closed.pop("window_passed", 0),
            closed=closed,
            waiting=items.filter(state="open", callable_at__lte=tomorrow).count(),
            undecided=items.filter(state="expired", decision="").count(),
        )

    @property
    def differences(self):
        return [(line.day, each) for line in self.ledger for each in line.differences]

    def result(self) -> dict:
        """For --json."""
        items = DueItem.objects.filter(store=self.store)
        ends = items.order_by().values_list("state", "reason").annotate(number=Count("pk"))
        rules = items.order_by().values_list("rule").annotate(number=Count("pk"))
        return {
            "seed": self.seed,
            "database": connection.vendor,
            "first_day": self.first_day.isoformat(),
            "days": self.days,
            "machine_off": sorted(day.isoformat() for day in self.off),
            "seconds": round(self.seconds, 1),
            "totals": {
                "items": items.count(),
                "by_rule": dict(sorted(rules)),
                "by_end": {f"{state}/{reason}".rstrip("/"): number for state, reason, number in sorted(ends)},
                **dict(sorted(self.tally.items())),
            },
            "ledger": [
                {
                    "day": line.day.isoformat(),
                    "machine_on": line.is_on,
                    "created": line.created,
                    "called": line.called,
                    "reached": line.reached,
                    "closed": line.closed,
                    "expired": line.expired,
                    "waiting": line.waiting,
                    "undecided": line.undecided,
                }
                for line in self.ledger
            ],
            "balanced": not self.differences,
            "differences": [
                {"day": day.isoformat(), "law": each.law, "what": each.what} for day, each in self.differences
            ],
        }
