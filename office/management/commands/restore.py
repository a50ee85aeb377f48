import datetime as dt
import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.dcrc import thousands
from office.backups.errors import BackupError
from office.backups.restoring import restore
from office.watch.heartbeats import WORKER, signs

STEPS = {
    "look": gettext_lazy("Looking through the backup ..."),
    "keep": gettext_lazy("Keeping a backup of what is there now ..."),
    "build": gettext_lazy("Building the database beside the present one ..."),
    "files": gettext_lazy("Laying out the files ..."),
    "change": gettext_lazy("Putting it in place ..."),
}
YES = ("y", "yes", "j", "是")


class Command(BaseCommand):
    help = "Puts a backup back in the place of everything that is there now; keeps a backup of that first."
    requires_system_checks = []  # the database may be empty

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, file, **options):
        if not options["yes"]:
            self._ask(file)
        try:
            done = restore(file, say=(lambda step: None) if options["json"] else self._say)
        except BackupError as fault:
            if options["json"]:
                self.stdout.write(json.dumps({"error": fault.code, "message": str(fault)}, ensure_ascii=False))
            raise CommandError(str(fault)) from fault
        if options["json"]:
            self.stdout.write(json.dumps(done.as_dict(), ensure_ascii=False))
            return
        made_at = timezone.localtime(dt.datetime.fromisoformat(done.made_at))
        told = {"made_at": f"{made_at:%Y-%m-%d %H:%M}", "seconds": done.seconds, "tables": done.tables}
        told |= {"rows": thousands(done.rows), "files": thousands(done.files)}
        words = _(
            "Restored as of %(made_at)s: %(rows)s rows of %(tables)s tables, counted again, and %(files)s files (%(seconds)s s)."
        )
        self.stdout.write(words % told)
        if done.migrated:
            self.stdout.write(_("It came from an older program and was brought up to date."))
        if done.safety:
            self.stdout.write(_("What was there before: %(path)s") % {"path": done.safety})
        self.stdout.write(_("Start DCRC again now (web, worker, beat). Everybody has to log in again."))

    def _say(self, step):
        self.stdout.write(str(STEPS[step]))
        self.stdout.flush()

    def _ask(self, file):
        if not sys.stdin.isatty():
            raise CommandError(_("This replaces everything that is there now. Say --yes if you mean it."))
        self.stdout.write(_("This replaces everything that is there now with %(file)s.") % {"file": file})
        self.stdout.write(_("Stop DCRC first (Ctrl-C, or its services): what people save meanwhile is lost."))
        if seconds := _seconds_since_sign():
            self.stdout.write(
                _("A worker showed a sign of life %(seconds)s seconds ago: it still runs, or was just stopped.")
                % {"seconds": seconds}
            )
        if input(_("Go on? [y/N] ")).strip().lower() not in YES:
            raise CommandError(_("Nothing was changed."))


def _seconds_since_sign():
    """Of the newest worker, where it was a few minutes ago; 0 for none."""
    try:
        newest = max((row.at for name, row in signs().items() if name.startswith(WORKER)), default=None)
    except DatabaseError:  # there are no tables
        return 0
    seconds = 0 if newest is None else int((timezone.now() - newest).total_seconds())
    return seconds if 0 < seconds < 180 else 0
