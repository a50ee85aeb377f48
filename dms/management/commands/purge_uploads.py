from django.core.management.base import BaseCommand

from dms.purging import purge


class Command(BaseCommand):
    help = "Throws away uploaded files and the remarks on their rows that are older than IMPORT_KEEP_DAYS; counts and history stay."

    def handle(self, **options):
        purged = purge()
        self.stdout.write(
            f"{purged.batches} imports, {purged.orphans} files without an import, {purged.inbox_files} files of watched folders."
        )
