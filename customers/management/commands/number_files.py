"""`manage.py number_files`: give the customers' files of before the rule their archive numbers. Safe to stop, and to run again."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Store
from customers.services.archive import number_files


class Command(BaseCommand):
    help = "Give every customer's file that has no archive number yet one by the store's rule; for one store or all active ones."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        for each in stores:
            self.stdout.write(f"{each.code}: {number_files(each)} files numbered")
