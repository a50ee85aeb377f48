"""`manage.py check_cards`: proves that every call card says what its items say."""

import dataclasses
import json

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Store
from followups.models import CallCard
from followups.services.cards import check_cards


class Command(BaseCommand):
    help = "Compute every call card anew from its items and report each difference; exit code 1 where there is one."

    def add_arguments(self, parser):
        parser.add_argument("--store", metavar="CODE", help="one store; default: all")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, store=None, **options):
        stores = Store.objects.filter(code=store) if store else Store.objects.all()
        if store and not stores:
            raise CommandError(f"There is no store {store!r}.")
        found = {each.code: check_cards(each) for each in stores}
        cards = CallCard.objects.filter(store__in=stores).count()
        wrong = sum(map(len, found.values()))
        if options["json"]:
            differences = [
                {"store": code, **dataclasses.asdict(each)} for code, several in found.items() for each in several
            ]
            self.stdout.write(json.dumps({"cards": cards, "differences": differences}, default=str))
        else:
            for code, several in found.items():
                for each in several:
                    self.stdout.write(
                        f"{code}: customer {each.customer_id}, card {each.card_id}: {each.column} is {each.card_says!r}, "
                        f"its items say {each.items_say!r}"
                    )
            self.stdout.write(f"{cards} cards, {wrong} differences")
        if wrong:
            raise CommandError(f"{wrong} differences between cards and items")
