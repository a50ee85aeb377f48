"""`manage.py simulate_month`: a month of a store on a scratch database, whose ledger must balance."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.simulation.month import Month
from demo.simulation.scratch import scratch_database
from demo.simulation.telling import WORDS, Teller


class Command(BaseCommand):
    help = (
        "Live a store day by day (imports, calls, absences, a week with the machine off) and hold every law of the queue against "
        "its rows each evening. Runs on a database of its own, which is made on the same server and dropped afterwards; nothing "
        "of this installation is read or written. The same seed gives the same month. Exit code 1 where the ledger does not balance."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--months",
            type=int,
            default=1,
            help="so many seeds from this one on, each a store of its own on the same database",
        )
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--vehicles", type=int, default=300)
        parser.add_argument("--specialists", type=int, default=3)
        parser.add_argument("--json", action="store_true", help="print one JSON object a month instead of the days")
        parser.add_argument("--language", choices=sorted(WORDS), default="zh")
        parser.add_argument(
            "--force", action="store_true", help="also on a server with production settings, which it burdens"
        )

    def handle(self, *, seed, months, language, force, **options):
        if settings.PRODUCTION and not force:
            raise CommandError(
                "This is a production server; the simulation would burden it. With --force it runs all the same."
            )
        teller = None if options["json"] else Teller(self.stdout.write, language)
        how = {name: options[name] for name in ("days", "vehicles", "specialists")}
        differences = 0
        with scratch_database():
            for number in range(seed, seed + months):
                differences += len(self.live(number, teller, how).differences)
        if differences:
            raise CommandError(f"{differences} differences", returncode=1)

    def live(self, seed, teller, how) -> Month:
        if teller is None:
            month = Month(seed=seed, **how).live()
            self.stdout.write(json.dumps(month.result(), ensure_ascii=False, default=str))
            self.stdout.flush()
            return month
        teller.head()
        month = Month(seed=seed, say=teller.day, **how).live()
        teller.end(month)
        return month
