"""`manage.py seed_calendar`: enters the public holidays and make-up workdays that ship with the software."""

from django.core.management.base import BaseCommand

from accounts.apps import FIRST_YEAR
from accounts.calendar import seed_calendar


class Command(BaseCommand):
    help = "Enter the public holidays that ship with the software; what an import or a person has entered stays."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first_year", type=int, default=FIRST_YEAR, metavar="YEAR")

    def handle(self, *args, first_year, **options):
        self.stdout.write(f"{seed_calendar(first_year=first_year)} days entered")
