"""Takes an import back, in this process.

With --json one object on standard output and nothing else there. Exit codes: 0 it is undone, 2 it cannot be undone, 1 a bug.
"""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from dms import undo
from dms.choices import BatchState
from dms.errors import WrongState
from dms.models import Batch
from dms.wording import remnant_reason


class Command(BaseCommand):
    help = "Take a whole import back: restore what it changed, retire what it created."

    def add_arguments(self, parser):
        parser.add_argument("batch", type=int, metavar="BATCH", help="number of the import")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        batch = Batch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            self._refuse(options, "batch_unknown", _("There is no import %(batch)s.") % {"batch": options["batch"]})
        try:
            batch = undo.undo_now(batch, by=None)
        except WrongState as error:
            words = {"batch": batch.pk, "state": BatchState(error.state).label}
            sentence = _("Import %(batch)s cannot be undone: its state is “%(state)s”.") % words
            self._refuse(options, "wrong_state", sentence)
        remnants = [
            {
                "model": remnant.model,
                "object_id": remnant.object_id,
                "field": remnant.field or None,
                "code": remnant.code,
                "reason": remnant_reason(remnant),
            }
            for remnant in batch.remnants.order_by("id")
        ]
        if options["json"]:
            answer = {"batch": batch.pk, "state": batch.state, **undo.numbers_of(batch), "remnants": remnants}
            self.stdout.write(json.dumps(answer, ensure_ascii=True))
            return
        say = self.stdout.write
        say(_("%(restored)s records restored, %(retired)s retired") % undo.numbers_of(batch))
        say(_("%(kept)s records and %(left)s fields left as they are") % undo.numbers_of(batch))
        for remnant in remnants[:50]:
            say(f"  {remnant['model']} #{remnant['object_id']} {remnant['field'] or ''}: {remnant['reason']}")

    def _refuse(self, options, code, message):
        if options["json"]:
            self.stdout.write(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=True))
        else:
            self.stderr.write(message)
        sys.exit(2)
