from django.core.management.base import BaseCommand
from django.utils import timezone

from dms import checking, services


class Command(BaseCommand):
    help = "Finishes, here and now, every check and import that waits for a worker or was left behind by a dead one."

    def handle(self, **options):
        now = timezone.now()
        unchecked, unfinished = checking.find_unchecked(now), services.find_unfinished(now)
        for batch_id in unchecked:
            self.report(checking.run_check(batch_id))
        for batch_id in unfinished:
            self.report(services.run_batch(batch_id))
        if not unchecked and not unfinished:
            self.stdout.write("Nothing was left undone.")

    def report(self, batch):
        self.stdout.write(f"#{batch.pk} {batch.file_name}: {batch.state}, {batch.rows_done} of {batch.rows_total} rows")
