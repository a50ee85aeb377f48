from django.core.management.base import BaseCommand
from django.utils import timezone

from dms import checking, services, undo


class Command(BaseCommand):
    help = (
        "Finishes, here and now, every check, import and undo that waits for a worker or was left behind by a dead one."
    )

    def handle(self, **options):
        now = timezone.now()
        unchecked, unfinished = checking.find_unchecked(now), services.find_unfinished(now)
        for batch_id in unchecked:
            self.report(checking.run_check(batch_id))
        for batch_id in unfinished:
            self.report(services.run_batch(batch_id))
        undoing = undo.find_undoing(now)
        for batch_id in undoing:
            self.report(undo.run_undo(batch_id))
        if not unchecked and not unfinished and not undoing:
            self.stdout.write("Nothing was left undone.")

    def report(self, batch):
        self.stdout.write(f"#{batch.pk} {batch.file_name}: {batch.state}, {batch.rows_done} of {batch.rows_total} rows")
