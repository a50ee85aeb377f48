"""What a column of a sheet can hold. A column knows the headers it goes by and how to read its cells.

`clean(cell)` gives the value, None for "says nothing", or a Finding for a cell with something wrong with it
(with a value to `keep`, or none: then the cell is left out and the stored value stays).
"""

import datetime as dt
from unicodedata import is_normalized

from common.birthdays import BadBirthday
from common.birthdays import parse as parse_birthday
from common.cells import (
    FORMULA_ERRORS,
    LONGEST_PLACEHOLDER,
    DigitsLost,
    code_of,
    is_masked,
    is_placeholder,
    name_of,
    plain,
    text_of,
)
from common.companies import is_credit_code
from common.dates import DAYS_AHEAD, BadDate, parse_date, time_of
from common.money import BadNumber, parse_money, parse_whole
from common.phones import MOBILE, PhoneNumber, is_plain_mobile, read_phones
from common.plates import BadPlate, clean_plate
from common.vins import BadVin, check_digit, clean_vin, has_good_check_digit, is_vin


class Finding:
    """Something wrong with a cell. `column` is the index in the file; `following` a further finding in the same row and field."""

    __slots__ = ("code", "column", "following", "keep", "params", "suggestion", "value")

    def __init__(self, code, value, *, keep=None, suggestion="", params=None, column=None, following=None):
        self.code = code
        self.value = value
        self.keep = keep
        self.suggestion = suggestion
        self.params = params or {}
        self.column = column
        self.following = following

    def __iter__(self):
        finding = self
        while finding is not None:
            yield finding
            finding = finding.following


class Column:
    """One field of a sheet. `clean` of the classes below first looks for the plain case, since a list has millions of cells.

    aliases: headers in the order of trust; where two columns of a file carry the same field, the first alias counts.
    needed: a cell that is there and cannot be read rejects the group, unless another row of the group has the value
        (`unless`: or one of these fields has one).
    person: belongs to a person named by that field; rows that name somebody else do not mix in (two owners of one VIN).
    joins: several rows of a group each tell a part (the work lines of an order).
    """

    def __init__(self, name, label, *aliases, needed=False, unless=(), person="", joins=False):
        self.name = name
        self.label = label
        self.aliases = aliases
        self.needed = needed
        self.unless = unless
        self.person = person
        self.joins = joins

    def clean(self, cell, *, today=None):
        if cell is None or cell == "":
            return None
        if cell.__class__ is str:
            stripped = cell.strip()
            if not stripped or is_placeholder(stripped):
                return None
            if stripped[0] == "#" and stripped.upper() in FORMULA_ERRORS:
                return Finding("formula_error", stripped)
        return self.read(cell, today)

    def read(self, cell, today):
        raise NotImplementedError

    def merge(self, first, second):
        """The values of two columns of one row that carry the same field."""
        return first


class Text(Column):
    """Free text up to `length` characters."""

    def __init__(self, *args, length, **kwargs):
        super().__init__(*args, **kwargs)
        self.length = length

    def clean(self, cell, *, today=None):
        if (
            cell.__class__ is str
            and LONGEST_PLACEHOLDER < len(cell) <= self.length
            and cell.isprintable()
            and cell[0] not in " #"
            and cell[-1] != " "
            and "  " not in cell
        ):
            return cell
        return super().clean(cell, today=today)

    def read(self, cell, today):
        return self._fitting(plain_of_text(cell), cell)

    def _fitting(self, text, cell):
        if not text or is_placeholder(text):
            return None
        if len(text) > self.length:
            return Finding("text_too_long", text_of(cell), params={"length": self.length})
        return text


def plain_of_text(cell):
    """Full-width punctuation stays in running text; blanks are made one."""
    return " ".join(text_of(cell).split())


class Name(Text):
    """The name of a person or company."""

    def clean(self, cell, *, today=None):
        if (
            cell.__class__ is str
            and cell.isalpha()
            and not cell.isascii()
            and len(cell) <= self.length
            and not is_placeholder(cell)
            and is_normalized("NFKC", cell)
        ):
            return cell
        return Column.clean(self, cell, today=today)

    def read(self, cell, today):
        text = name_of(cell)
        if is_masked(text) or "*" in text:
            return Finding("value_masked", text)
        return self._fitting(text, cell)


class Code(Text):
    """A number that is a name: order number, customer number, engine number."""

    def clean(self, cell, *, today=None):
        if (
            cell.__class__ is str
            and LONGEST_PLACEHOLDER < len(cell) <= self.length
            and cell.isascii()
            and cell.isalnum()
            and cell[1] not in "eE"  # 1E12 was a number once
        ):
            return cell
        return Column.clean(self, cell, today=today)

    def read(self, cell, today):
        try:
            text = code_of(cell)
        except DigitsLost as error:
            return Finding("digits_lost", str(error))
        if is_masked(text):
            return Finding("value_masked", text)
        return self._fitting(text, cell)


class Date(Column):
    """A day; `days_ahead`: how far beyond today it may lie (a warranty ends in years)."""

    def __init__(self, *args, days_ahead=DAYS_AHEAD, **kwargs):
        super().__init__(*args, **kwargs)
        self.days_ahead = days_ahead

    def read(self, cell, today):
        try:
            return parse_date(cell, today=today, days_ahead=self.days_ahead)
        except BadDate as error:
            return Finding(error.code, text_of(cell), suggestion=error.suggestion)


class Birthday(Column):
    """Month and day and whether of the lunar calendar: (1007, False). A year of birth is left out."""

    def read(self, cell, today):
        try:
            return parse_birthday(cell)
        except BadBirthday:
            return Finding("birthday_unreadable", text_of(cell))


class Moment(Date):
    """A day with its time of day, where the cell has one: a naive datetime in the store's zone."""

    def read(self, cell, today):
        day = super().read(cell, today)
        if day is None or day.__class__ is Finding:
            return day
        return dt.datetime.combine(day, time_of(cell))


class Phone(Column):
    """One or several numbers: a tuple of common.phones.PhoneNumber."""

    def clean(self, cell, *, today=None):
        if cell.__class__ is str and is_plain_mobile(cell):
            return (PhoneNumber(cell, MOBILE),)
        return super().clean(cell, today=today)

    def read(self, cell, today):
        numbers, bad = read_phones(cell)
        if not bad:
            return numbers or None
        finding = None
        for error in reversed(bad):
            finding = Finding(error.code, error.text or text_of(cell), following=finding, suggestion=error.suggestion)
        finding.keep = numbers or None
        return finding

    def merge(self, first, second):
        return first + tuple(number for number in second if number not in first)


class Vin(Column):
    def clean(self, cell, *, today=None):
        if cell.__class__ is str and is_vin(cell) and has_good_check_digit(cell):
            return cell
        return super().clean(cell, today=today)

    def read(self, cell, today):
        try:
            vin = clean_vin(cell)
        except BadVin as error:
            return Finding(error.code, text_of(cell), suggestion=error.suggestion, params={"length": error.length})
        if not vin:
            return None
        if not has_good_check_digit(vin):
            return Finding("vin_check_digit", vin, keep=vin, params={"digit": vin[8], "expected": check_digit(vin)})
        return vin


class Plate(Column):
    def read(self, cell, today):
        try:
            return clean_plate(cell) or None
        except BadPlate as error:
            return Finding(error.code, text_of(cell), suggestion=error.suggestion)


class Money(Column):
    def read(self, cell, today):
        try:
            return parse_money(cell)
        except BadNumber as error:
            return Finding(error.code, text_of(cell))


class Whole(Column):
    """A count or reading; zero says nothing (a DMS writes it where nobody looked)."""

    def __init__(self, *args, largest, **kwargs):
        super().__init__(*args, **kwargs)
        self.largest = largest

    def clean(self, cell, *, today=None):
        if cell.__class__ is float and cell.is_integer() and 0 <= cell <= self.largest:
            return int(cell) or None
        return super().clean(cell, today=today)

    def read(self, cell, today):
        try:
            return parse_whole(cell, largest=self.largest) or None
        except BadNumber as error:
            return Finding(error.code, text_of(cell), params={"largest": self.largest})


class Amount(Money):
    """A number with two places that is not negative and not above `largest`; zero says nothing."""

    def __init__(self, *args, largest, **kwargs):
        super().__init__(*args, **kwargs)
        self.largest = largest

    def read(self, cell, today):
        number = super().read(cell, today)
        if number.__class__ is Finding or not number:
            return number or None
        if number < 0:
            return Finding("number_negative", text_of(cell))
        if number > self.largest:
            return Finding("number_out_of_range", text_of(cell), params={"largest": self.largest})
        return number


class CreditCode(Code):
    """The unified social credit code of a company: 18 characters with a check digit."""

    def clean(self, cell, *, today=None):
        return Column.clean(self, cell, today=today)

    def read(self, cell, today):
        code = super().read(cell, today)
        if code is None or code.__class__ is Finding:
            return code
        code = code.upper()
        return code if is_credit_code(code) else Finding("credit_code", code)


class Choice(Column):
    """One of a few values, each told by several words: {value: words}."""

    def __init__(self, *args, words, **kwargs):
        super().__init__(*args, **kwargs)
        self.values = {word.lower(): value for value, known in words.items() for word in known}

    def read(self, cell, today):
        text = plain(cell)
        if text.lower() in self.values:
            return self.values[text.lower()]
        return Finding("choice_unknown", text)
