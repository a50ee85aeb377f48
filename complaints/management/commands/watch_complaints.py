from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Store
from complaints.services.ladder import watch


class Command(BaseCommand):
    help = "Warns before and escalates after the deadlines of complaints; runs by itself every five minutes."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="only this store")

    def handle(self, *, store, **options):
        stores = Store.objects.active().order_by("pk")
        for each in stores.filter(code=store) if store else stores:
            done = watch(each, now=timezone.now())
            words = ", ".join(f"{what} {count}" for what, count in done.items()) or "nothing to tell"
            self.stdout.write(f"{each.code}: {words}")
