"""`manage.py work_out_care`: bring care plans, renewal days and predictions up to date. Safe at any time and twice."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Store
from customers.models import Vehicle
from customers.services.care import work_out, work_out_cars


class Command(BaseCommand):
    help = "Work out what is due for which car, from what was touched since the last time; for one store or all active ones."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")
        parser.add_argument("--all", action="store_true", help="every car, whether something has happened to it or not")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        for each in stores:
            started, now = time.perf_counter(), timezone.now()
            read = work_out(each, now=now)
            if options["all"]:
                read = work_out_cars(each, Vehicle.objects.all(), now=now)
            self.stdout.write(f"{each.code}: {read} cars read, {time.perf_counter() - started:.1f} s")
