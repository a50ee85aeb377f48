"""What is odd about a file as a whole, told before anybody relies on it: Batch.warnings, worded when shown (dms.wording).

Nothing here refuses anything; a person looks at the file and decides.
"""

import datetime as dt
import re

from django.db.models import Max

from common.dates import BadDate, parse_date
from common.phones import split_phones
from common.plates import BadPlate, clean_plate
from common.vins import is_vin
from dms.choices import BatchState
from dms.columns import Date, Phone, Plate, Vin
from dms.models import Batch
from dms.samples import letters

# DOMAIN §3.2: one day on more than a fifth of the rows is a default of the DMS, not a fact; of a few rows it says nothing.
SHARED, FEWEST_ROWS = 5, 20
# An export of a day or a week shares its days rightly.
SHORT_PERIOD, FRESH = dt.timedelta(days=7), dt.timedelta(days=14)
# A list whose newest day lies so far before that of an earlier import was lying about.
OLDER_BY = dt.timedelta(days=7)
FEWEST_VALUES = 4
_OF_ROWS = ("shared_date", "unreadable_column", "unused_column", "older_file")
_HAS_SEPARATORS = re.compile(r"\d{4}\D\d")


def of_layout(layout) -> list[dict]:
    """What the opened file alone tells: worksheets that are hidden or are lists too, a page that was cut off."""
    found = [_warning(code) for code in layout.notes]
    if layout.hidden:
        found.append(_warning("hidden_worksheets", names=" / ".join(layout.hidden)))
    if layout.also_lists:
        found.append(_warning("more_lists", names=" / ".join(layout.also_lists), taken=layout.worksheet))
    return found


def of_rows(batch, job) -> tuple[list[dict], dt.date | None]:
    """(what the rows tell, the newest day among the dates of the list, None without any)."""
    sheet, headers, cells = job.sheet, job.layout.headers, job.pile.cells
    newest = _newest_day(sheet, cells, job.today)
    if job.layout.own:
        return [], newest  # our own workbook of rejected rows: wrong cells and old days are what it is made of
    found = []
    for index in sorted(cells):
        column, header = cells[index].column, headers.get(index, "")
        if cells[index].days is not None and (shared := _shared_day(cells[index].days, job.today)):
            day, share = shared
            found.append(_warning("shared_date", column=header, day=day.isoformat(), percent=share))
        if cells[index].filled >= FEWEST_VALUES and cells[index].unread * 2 > cells[index].filled:
            share = cells[index].unread * 100 // cells[index].filled
            found.append(_warning("unreadable_column", column=header, field=[sheet.code, column.name], percent=share))
    found += _unused_columns(batch, sheet)
    return found + _older(batch, newest), newest


def with_rows(warnings, found) -> list[dict]:
    """What a batch was warned of so far, with what its rows tell now in place of what they told before."""
    return [warning for warning in warnings if warning["code"] not in _OF_ROWS] + found


def _warning(code, **params):
    return {"code": code, "params": params}


def _days(counter):
    return {day: number for day, number in counter.items() if day.__class__ is dt.date}


def _shared_day(counter, today):
    """(day, percent of the filled cells) of a day that too many rows have."""
    days = _days(counter)
    filled = sum(days.values())
    if filled < FEWEST_ROWS:
        return None
    day, number = max(days.items(), key=lambda item: (item[1], item[0]))
    is_short = max(days) - min(days) < SHORT_PERIOD and today - max(days) <= FRESH
    return None if number * SHARED <= filled or is_short else (day, number * 100 // filled)


def _unused_columns(batch, sheet):
    """Columns that nobody reads, though their values are clearly what no column of the list is read as."""
    read = {name for name in batch.mapping.values() if name in sheet.index}
    for kind, looks_so in ((Vin, _is_vin), (Phone, _is_phone), (Plate, _is_plate), (Date, _is_day)):
        fields = [column.name for column in sheet.columns if isinstance(column, kind)]
        if not fields or read.intersection(fields):
            continue
        for column in batch.columns:
            samples = column["samples"]
            if str(column["index"]) not in batch.mapping and len(samples) > 1 and all(map(looks_so, samples)):
                params = {"column": column["header"] or letters(column["index"]), "field": [sheet.code, fields[0]]}
                yield _warning("unused_column", **params)


def _is_vin(text):
    return is_vin(text.strip().upper())


def _is_phone(text):
    return any(number.kind == "mobile" for number in split_phones(text))


def _is_plate(text):
    try:
        return bool(clean_plate(text))
    except BadPlate:
        return False


def _is_day(text):
    try:
        return bool(_HAS_SEPARATORS.match(text) and parse_date(text))
    except BadDate:
        return False


def _newest_day(sheet, cells, today):
    """Of the columns that tell when a list was made; days to come (a planned hand-over) do not count."""
    names = sheet.dated_by if sheet.aged_by is None else sheet.aged_by
    days = [
        day
        for one in cells.values()
        if one.days is not None and one.column.name in names
        for day in _days(one.days)
        if day <= today
    ]
    return max(days, default=None)


def _older(batch, newest):
    """Was a list of this kind imported whose newest day lies well after the newest one here?"""
    if newest is None:
        return []
    done = Batch.objects.filter(store_id=batch.store_id, sheet=batch.sheet, state=BatchState.DONE).exclude(pk=batch.pk)
    stored = done.aggregate(day=Max("newest_on"))["day"]
    if stored is None or stored - newest < OLDER_BY:
        return []
    file_name = done.filter(newest_on=stored).order_by("-pk").values_list("file_name", flat=True)[0]
    return [_warning("older_file", newest=newest.isoformat(), stored=stored.isoformat(), file=file_name)]
