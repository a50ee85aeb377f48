"""`manage.py free_absent`: what people hold who are away or have left goes to whoever stands in; as the worker does every few minutes."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Store
from followups.services.away import free_the_absent


class Command(BaseCommand):
    help = "Hand over what absent people and leavers hold: to the deputy, else to the team. Safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all active ones")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.active()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        for each in stores:
            self.stdout.write(f"{each.code}: {free_the_absent(each, now=timezone.now())} hand-overs")
