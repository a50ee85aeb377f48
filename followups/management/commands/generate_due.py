"""`manage.py generate_due`: whom to call today. The same run as beat's and as after each import; safe at any time and twice."""

import datetime as dt
import json
import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Store
from followups.services.generation import generate_stores
from followups.services.generation.run import COUNTS


def a_day(text):
    return dt.date.fromisoformat(text)


class Command(BaseCommand):
    help = "Make, correct and close the due items of a day, for one store or all active ones."

    def add_arguments(self, parser):
        parser.add_argument("--date", type=a_day, help="the day, YYYY-MM-DD; default: each store's own today")
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")
        parser.add_argument(
            "--full",
            action="store_true",
            help="look at every open item, not only at those that something has happened to",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, date=None, store=None, **options):
        now = timezone.now()
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        started = time.perf_counter()
        done, failed = generate_stores(stores, now=now, day=date, full=options["full"])
        seconds = round(time.perf_counter() - started, 3)
        # Stores in different zones may have different todays; the earliest names the run.
        day = date or min((each.day_of(now) for each in stores), default=timezone.localdate(now))
        if options["json"]:
            self.stdout.write(json.dumps({"date": day.isoformat(), "stores": done, "seconds": seconds}))
        else:
            self._print(day, done, seconds)
        if failed:
            raise CommandError("; ".join(f"{code}: {error!r}" for code, error in failed.items()))

    def _print(self, day, done, seconds):
        self.stdout.write(f"{day}, {seconds} s")
        for code, rules in done.items():
            self.stdout.write(f"\n{code:<16}" + "".join(f"{name:>12}" for name in COUNTS))
            for rule, counts in rules.items():
                self.stdout.write(f"{rule:<16}" + "".join(f"{counts[name]:>12}" for name in COUNTS))
