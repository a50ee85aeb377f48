import time

from django.conf import settings
from django.core.management.base import BaseCommand

from dms.inbox.reading import read_all


class Command(BaseCommand):
    help = (
        "Imports what lies in the watched folders, here and now. Looks twice, since a file is taken only once it has not"
        " changed for INBOX_QUIET_SECONDS."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look only once, and leave what may still be written")

    def handle(self, *, once, **options):
        settled = read_all()
        if not once and settings.INBOX_QUIET_SECONDS > 0:
            time.sleep(settings.INBOX_QUIET_SECONDS)
            settled += read_all()
        for file in settled:
            self.stdout.write(f"{file.store.code}/{file.name}: {file.state}, {file.place}")
        if not settled:
            self.stdout.write("Nothing was taken.")
