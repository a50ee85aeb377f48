"""How each kind of workbook is read: one module a kind, each with `read(path, name=None) -> (facts, iterator over rows)`.

facts: {"names": worksheets that can be chosen ([""]: the file has but one table without a name), "name": the one that is read,
"first_column": 0-based, "merged": cell ranges of the first rows as ((row, column), (row, column)), "hidden": names of hidden
worksheets, "notes": codes of what a reader of the list should know (dms.wording)}.
Every row from row 1 on is a list of cells: text, numbers, dates, True and False; a formula error is its text (#N/A).

This package knows nothing of Django and of the floors, so that a child process starts quickly with it (dms.unpack).
"""

# A list has some dozens of columns; what stands further right is a stray cell.
MOST_COLUMNS = 1_000
HEAD_ROWS = 30  # merged cells matter for titles and headers only


class Unreadable(Exception):
    """`code`: damaged, password_protected, no_worksheet, unpacks_too_big, old_xls, not_a_workbook, html, xml."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def facts_of(names, name, *, first_column=0, merged=(), hidden=(), notes=()):
    return {
        "names": names,
        "name": name,
        "first_column": first_column,
        "merged": list(merged),
        "hidden": list(hidden),
        "notes": list(notes),
    }


def choose_name(names, name):
    """The worksheet asked for, else the first. Raises Unreadable."""
    if not names:
        raise Unreadable("no_worksheet")
    return names[0] if name is None else name
