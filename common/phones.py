"""Chinese telephone numbers as they stand in exports and as people type them (DOMAIN §5)."""

import re
import unicodedata
from typing import NamedTuple

from common.cells import is_placeholder, text_of

MOBILE, LANDLINE = "mobile", "landline"


class PhoneNumber(NamedTuple):
    """`number` is digits only (a landline with its area code), `kind` is "mobile" or "landline"."""

    number: str
    kind: str


class BadPhone(ValueError):
    """`code`: phone_masked, phone_scientific, phone_service, phone_area_code, phone_length, phone_unreadable."""

    def __init__(self, code, suggestion="", text=""):
        super().__init__(code)
        self.code = code
        self.suggestion = suggestion
        self.text = text


_QUICK = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MOBILE = re.compile(r"(?:00?86|86|0)?(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(r"(?:00?86|86)?((?:010|02\d|0[3-9]\d{2})\d{6,8})", re.ASCII)
_PLAIN_LANDLINE = re.compile(r"(010|02\d|0(?!86)[3-9]\d{2})-?(\d{6,8})", re.ASCII)  # 086 is the country, not an area
_LANDLINE_ABROAD = re.compile(r"(?:00?86|86)((?:10|2\d|[3-9]\d{2})\d{7,8})", re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+", re.ASCII)
_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_SEPARATORS = re.compile(r"[/\\、;,|\n\r\t&。]+|(?<!\d)或(?!\d)|或者|及|和")
_EXTENSION = re.compile(r"(?:转|ext\.?|分机|#|x(?=\d{1,5}$)).*$", re.IGNORECASE)
_NOTE = re.compile(r"\([^()\d*]*\)|\[[^\[\]\d*]*\]")
_WORDS = re.compile(r"[^\d+*\-.()xX# ]+")
_MASK = re.compile(r"\d[*xX]{2,}\d|\*{2,}")
_PUNCTUATION = re.compile(r"[\s\-()+.·\u2010-\u2015]")


def is_plain_mobile(text: str) -> bool:
    return _QUICK.fullmatch(text) is not None


def _read(piece: str) -> PhoneNumber:
    """One number from a piece of text that has no separators left; raises BadPhone."""
    if _QUICK.fullmatch(piece):
        return PhoneNumber(piece, MOBILE)
    if _SCIENTIFIC.fullmatch(piece):
        raise BadPhone("phone_scientific", text=piece)
    if _MASK.search(piece):
        raise BadPhone("phone_masked", text=piece)
    whole = _FLOAT.fullmatch(piece)
    digits = whole[1] if whole else _PUNCTUATION.sub("", _WORDS.sub("", _EXTENSION.sub("", _NOTE.sub("", piece))))
    if not digits.isascii() or not digits.isdigit():
        raise BadPhone("phone_unreadable", text=piece)
    if found := _MOBILE.fullmatch(digits):
        return PhoneNumber(found[1], MOBILE)
    if _SERVICE.fullmatch(digits):
        raise BadPhone("phone_service", text=piece)
    if found := _LANDLINE.fullmatch(digits):
        return PhoneNumber(found[1], LANDLINE)
    if found := _LANDLINE_ABROAD.fullmatch(digits):
        return PhoneNumber("0" + found[1], LANDLINE)
    if 7 <= len(digits) <= 8 and digits[0] in "2345678":
        raise BadPhone("phone_area_code", text=piece)
    raise BadPhone("phone_length" if len(digits) != 11 else "phone_unreadable", text=piece)


def _pieces(text: str):
    for piece in _SEPARATORS.split(text):
        piece = piece.strip()
        if not piece:
            continue
        # "138… 139…": blanks part two numbers only where each part is one by itself; "138 1234 5678" is one number.
        parts = piece.split()
        if len(parts) > 1 and all(len(re.sub(r"\D", "", part)) >= 10 for part in parts):
            yield from parts
        else:
            yield piece


def read_phones(value) -> tuple[tuple[PhoneNumber, ...], list[BadPhone]]:
    """Every number in a cell, in order and once each, and what was wrong with the rest."""
    text = text_of(value)
    if _QUICK.fullmatch(text):
        return (PhoneNumber(text, MOBILE),), []
    if found := _PLAIN_LANDLINE.fullmatch(text):
        return (PhoneNumber(found[1] + found[2], LANDLINE),), []
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).strip()
    if not text or text == "0" or is_placeholder(text):
        return (), []
    numbers, bad = {}, []
    for piece in _pieces(text):
        if is_placeholder(piece):
            continue
        try:
            number = _read(piece)
        except BadPhone as error:
            # Its traceback holds this very list, and with it whatever the callers had in hand: megabytes of rows.
            bad.append(error.with_traceback(None))
        else:
            numbers[number.number] = number
    if not numbers and not bad:
        bad.append(BadPhone("phone_unreadable", text=text))
    return tuple(numbers.values()), bad


def split_phones(text) -> list[PhoneNumber]:
    """The readable numbers in `text`, in order; [] where there is none."""
    return list(read_phones(text)[0])


def parse_phone(text) -> PhoneNumber:
    """The one number in `text`. Raises BadPhone for none, for several, and for one that cannot be dialled."""
    numbers, bad = read_phones(text)
    if bad:
        raise bad[0]
    if len(numbers) != 1:
        raise BadPhone("phone_unreadable", suggestion=" / ".join(n.number for n in numbers), text=str(text))
    return numbers[0]
