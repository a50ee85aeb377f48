import datetime as dt
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import create_store


class Command(BaseCommand):
    help = "Sets up a store with all its default dials, outcomes, scripts and questionnaires."

    def add_arguments(self, parser):
        parser.add_argument("code", help="short and lasting: letters, digits, - and _")
        parser.add_argument("--name", required=True)
        parser.add_argument("--short-name", default="", help="as said on the phone; the name if left out")
        parser.add_argument("--hotline", default="")
        parser.add_argument("--live-on", metavar="YYYY-MM-DD", help="first working day; today if left out")
        parser.add_argument("--time-zone", default="Asia/Shanghai")

    def handle(self, *, code, name, short_name, hotline, live_on, time_zone, **options):
        try:
            day = dt.date.fromisoformat(live_on) if live_on else timezone.localdate(timezone=zone(time_zone))
        except ValueError as error:
            raise CommandError(f"--live-on {live_on}: write a date like 2026-03-18.") from error
        try:
            store = create_store(
                code=code, name=name, short_name=short_name, hotline=hotline, live_on=day, time_zone=time_zone
            )
        except ValidationError as error:
            raise CommandError(f"Store {code} was not set up: {' '.join(error.messages)}") from error
        self.stdout.write(f"Store {store.code} ({store.name}) is set up, live on {store.live_on}.")


def zone(name):
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise CommandError(f"--time-zone {name}: no such time zone; write one like Asia/Shanghai.") from error
