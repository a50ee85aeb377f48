"""Imports one DMS export from the command line, by the same path as the browser.

With --json one object on standard output and nothing else there. Exit codes: 0 the object was printed (even if every
row was rejected), 2 the file cannot be used, 1 a bug.
"""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Store
from dms import engine, services
from dms.choices import BatchState
from dms.errors import UnusableFile
from dms.files import open_file
from dms.remembered import recognise_for
from dms.sheets import all_sheets
from dms.wording import advice, word


class Command(BaseCommand):
    help = "Import a DMS export (.xlsx, .xls, .csv, …) into a store."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--store", required=True, metavar="CODE")
        parser.add_argument("--sheet", default="auto", metavar="auto|" + "|".join(s.code for s in all_sheets()))
        parser.add_argument("--worksheet", metavar="NAME", help="the worksheet to read; else the one that fits best")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing at all")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        try:
            result = self._import(options)
        except UnusableFile as error:
            answer = {"error": {"code": error.code, "message": str(error)}}
            if options["json"]:
                self._print(answer)
            else:
                self.stderr.write(answer["error"]["message"])
            sys.exit(2)
        if options["json"]:
            self._print(result)
        else:
            self._tell(result)

    def _print(self, answer):
        # Whatever the terminal's encoding, what is printed can be read back.
        encoding = (getattr(self.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
        self.stdout.write(json.dumps(answer, ensure_ascii=encoding != "utf8"))

    def _import(self, options):
        store = Store.objects.filter(code=options["store"]).first()
        if store is None:
            raise UnusableFile("store_unknown", store=options["store"])
        path = Path(options["file"])
        if not path.is_file():
            raise UnusableFile("file_missing", path=path.name)
        sheet = None if options["sheet"] == "auto" else options["sheet"]
        worksheet = options["worksheet"]
        if options["dry_run"]:
            table = open_file(path)
            layout = recognise_for(store, table, sheet=sheet, worksheet=worksheet)
            job = engine.load(store, table, layout, today=store.day_of(timezone.now()))
            counts, errors = engine.dry_run(job)
            return _answer(None, layout, counts.as_dict(), errors.first())
        with path.open("rb") as file:
            batch, layout = services.import_now(
                store=store, by=None, file_name=path.name, content=file, sheet=sheet, worksheet=worksheet
            )
        if batch.state == BatchState.FAILED:
            raise UnusableFile(batch.error_code, **batch.error_params)
        fields = ("row", "column", "code", "severity", "value", "params", "suggestion")
        errors = batch.row_errors.order_by("row", "id").values_list(*fields)[: engine.SHOWN_ERRORS]
        return _answer(batch.pk, layout, batch.counts, errors)

    def _tell(self, result):
        say = self.stdout.write
        say(_("Read as: %(sheet)s, header in row %(row)s") % {"sheet": result["sheet"], "row": result["header_row"]})
        say(
            _("%(rows)s rows: %(created)s created, %(updated)s updated, %(unchanged)s unchanged, %(rejected)s rejected")
            % result
        )
        say(_("%(ignored_rows)s rows ignored, %(conflicts)s conflicts, %(errors_total)s remarks") % result)
        for label, counts in result["records"].items():
            say(f"  {label}: +{counts['created']} ~{counts['updated']} ={counts['unchanged']}")
        for error in result["errors"][:50]:
            say(
                f"  {error['row']} {error['column'] or ''} {error['value']!r}: {error['reason']} {error['suggestion'] or ''}"
            )


def _answer(batch_id, layout, counts, errors):
    return {
        "batch": batch_id,
        "sheet": layout.sheet,
        "worksheet": layout.worksheet or None,  # a .csv has none
        "other_worksheets": layout.other_worksheets,
        "encoding": layout.encoding,
        "header_row": layout.header_row,
        **{
            name: counts[name]
            for name in (
                "rows",
                "created",
                "updated",
                "unchanged",
                "rejected",
                "ignored_rows",
                "conflicts",
                "records",
                "errors_total",
            )
        },  # fmt: skip
        "errors": [
            {
                "row": row,
                "column": column,
                "code": code,
                "severity": severity,
                "value": value,
                "reason": word(code, params),
                "suggestion": advice(code, suggestion) or None,
            }
            for row, column, code, severity, value, params, suggestion in errors
        ],
    }
