"""`manage.py find_duplicates`: look through all customers, as each import does for those it touched. Safe at any time and twice."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Store
from customers.models import Customer
from customers.services.duplicates import refresh_duplicates


class Command(BaseCommand):
    help = "Find customers who may be the same person, for one store or all active ones."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        for each in stores:
            ids = Customer.objects.filter(store=each).alive().values_list("pk", flat=True)
            self.stdout.write(f"{each.code}: {refresh_duplicates(each, ids)} new")
