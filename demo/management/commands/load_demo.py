"""Fills an empty database with the demo dealership."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Store
from demo.build import build_demo


class Command(BaseCommand):
    help = "Fill an empty database with the demo dealership (about 2,000 vehicles, two years), through the real import."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where a store exists already")
        parser.add_argument("--vehicles", type=int, default=2000)
        parser.add_argument("--days", type=int, default=35, help="days the call desk has been working (default 35)")

    def handle(self, *args, if_empty, vehicles, days, **options):
        if Store.objects.exists():
            if if_empty:
                return
            raise CommandError(
                "There is a store already; the demo only fills an empty database (another DCRC_DATA_DIR gives one)."
            )
        started = timezone.now()
        self.stdout.write("Filling the demo dealership (once, about a minute) ...")
        build_demo(vehicles=vehicles, worked_for=dt.timedelta(days=days), say=self.stdout.write)
        self.stdout.write(f"The demo dealership stands ({(timezone.now() - started).total_seconds():.0f} s).")
