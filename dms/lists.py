"""Reading a short list that the floors below are given as a file (settings.CALENDAR_READER): rows of cells, with the care that imports
take with what people upload."""

import shutil
import tempfile
from itertools import islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.cells import text_of
from dms.errors import UnusableFile
from dms.files import open_file

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 1_000


def read_list(file) -> list[list]:
    """The rows of the first worksheet that has any, from row 1 on, blank ones in between included. Raises ValidationError: one sentence."""
    if file.size > MOST_BYTES:
        raise ValidationError(_("This file is too large for a list of days."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        try:
            table = open_file(path)
            for name in table.names:
                rows = _filled(table.worksheet(name))
                if rows:
                    return rows
        except UnusableFile as fault:
            raise ValidationError(str(fault)) from fault
    raise ValidationError(_("There is nothing in this file."))


def _filled(tab) -> list[list]:
    rows = [list(row) for row in islice(tab.rows(), MOST_ROWS + 1)]
    while rows and not any(text_of(cell) for cell in rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("This file is too large for a list of days."))
    return rows
