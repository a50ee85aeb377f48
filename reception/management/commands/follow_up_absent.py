"""`manage.py follow_up_absent`: who was expected on a day that is over and did not come. The same as beat's; safe at any time and twice."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Store
from reception.services import follow_up_stores


class Command(BaseCommand):
    help = "Make a task for each customer who was expected in the last days and did not come, for one store or all active ones."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        done, failed = follow_up_stores(stores, now=timezone.now())
        for code, counts in done.items():
            self.stdout.write(f"{code}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
        if failed:
            raise CommandError("; ".join(f"{code}: {fault!r}" for code, fault in failed.items()))
