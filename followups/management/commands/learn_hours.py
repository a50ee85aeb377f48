"""`manage.py learn_hours`: at which hour customers have mostly answered so far, from the contact ledger; safe at any time and twice."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Store
from followups.services.learning import learn_hours


class Command(BaseCommand):
    help = "Learn from all calls of a store, or of all active ones, at which hour each customer answers."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        for each in stores:
            self.stdout.write(f"{each.code}: {learn_hours(each, now=timezone.now())} hours learned or forgotten")
