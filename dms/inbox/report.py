"""What became of a file of the watched folder, in words: as lines for the page, and as a text file to lie beside it."""

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from dms.choices import UNDECIDED, InboxState
from dms.templatetags.dms import reason, shown_value, suggested, worded

FIRST_REMARKS = 50


def report_lines(file) -> list[str]:
    """In the language of the reader."""
    lines = [
        _("File: %(file)s") % {"file": file.name},
        _("Taken: %(moment)s") % {"moment": f"{localtime(file.created_at, file.store.zone):%Y-%m-%d %H:%M}"},
        _("Result: %(result)s") % {"result": file.get_state_display()},
    ]
    lines += [f"  {worded(code, params)}" for code, params in file.reasons]
    if file.batch:
        lines += ["", *_of_batch(file)]
    return [*lines, "", _("What to do:"), f"  {_what_to_do(file)}"]


def report_bytes(file) -> bytes:
    """In the language of the house, as UTF-8 with a mark and Windows line ends, so that every editor shows it right."""
    with override(settings.LANGUAGE_CODE):
        return "\r\n".join([*report_lines(file), ""]).encode("utf-8-sig")


def _of_batch(file):
    from_elsewhere = file.state == InboxState.REPEATED
    batch = file.batch
    lines = [_("Import no. %(number)s: %(state)s") % {"number": batch.pk, "state": batch.get_state_display()}]
    counts = batch.counts or batch.preview
    if counts and not from_elsewhere:
        lines += [
            "  "
            + _(
                "%(rows)s rows: %(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected;"
                " %(conflicts)s conflicts, %(ignored_rows)s rows passed over"
            )
            % {name: f"{number:,}" for name, number in counts.items() if isinstance(number, int)},
            *_remarks(batch),
        ]
    return lines


def _remarks(batch):
    rows = list(batch.row_errors.order_by("row", "id")[:FIRST_REMARKS])
    if not rows:
        return []
    lines = ["", _("The first remarks, by row (all of them are on the page of the import):")]
    for row in rows:
        where = _("Row %(row)s") % {"row": row.row} + (f" [{row.column}]" if row.column else "")
        value = f"“{shown_value(row)}” " if row.value else ""
        lines.append(f"  {where} {row.get_severity_display()}: {value}{reason(row)} {suggested(row)}".rstrip())
    return lines


def _what_to_do(file):
    if file.state == InboxState.WAITING and file.batch.state not in UNDECIDED:
        return _("Nothing: it was decided in the browser, and the file in “failed” is no longer needed.")
    if file.state == InboxState.WAITING:
        return _("Open “Import” in the DCRC system: the file waits there for your decision.")
    if file.state == InboxState.REFUSED and file.batch and file.batch.has_landed:
        return _("Put the file into the watched folder once more; the rest of it follows.")
    if file.state == InboxState.REFUSED:
        return _("Correct the file or export it again, and put it into the watched folder once more.")
    if file.state == InboxState.IMPORTED and (file.batch.counts or {}).get("rejected"):
        return _(
            "Correct the rejected rows in the Excel file beside this report and put that into the watched folder, or correct"
            " them in the DMS and export the list again. All other rows are in."
        )
    return _("Nothing.")
