import json

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from common.templatetags.dcrc import thousands
from office.backups.errors import BackupError
from office.backups.writing import make_backup


class Command(BaseCommand):
    help = "Writes everything (database, uploads, watched folders) into one .zip, while people go on working."

    def add_arguments(self, parser):
        parser.add_argument("--to", metavar="FOLDER", help="where to (default: BACKUP_DIR)")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="keep the newest N backups there, remove older ones"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        if options["keep"] < 0:
            raise CommandError(_("--keep takes the number of backups to keep: 1 or more."))
        try:
            made = make_backup(options["to"], keep=options["keep"])
        except BackupError as fault:
            if options["json"]:
                self.stdout.write(json.dumps({"error": fault.code, "message": str(fault)}, ensure_ascii=False))
            raise CommandError(str(fault)) from fault
        if options["json"]:
            self.stdout.write(json.dumps(made.as_dict(), ensure_ascii=False))
            return
        told = {"path": made.path, "size": filesizeformat(made.bytes), "seconds": made.seconds}
        told |= {"rows": thousands(made.rows), "tables": made.tables, "files": thousands(made.files)}
        self.stdout.write(_("Backup made: %(path)s (%(size)s, %(seconds)s s)") % told)
        self.stdout.write(_("In it: %(rows)s rows of %(tables)s tables, %(files)s files.") % told)
        self.stdout.write(
            _("Not in it: SECRET_KEY and who is logged in. Everybody logs in again after a restore; passwords stay.")
        )
        self.stdout.write(_("It holds personal data in full: keep it where only those in charge can read it."))
        for name in made.removed:
            self.stdout.write(_("Removed to make room: %(name)s") % {"name": name})
