"""What a spreadsheet cell says, as clean text: full-width forms, invisible characters, placeholders, formula errors."""

import re
import unicodedata

# Written by DMS exports and by people where there is nothing to say (DOMAIN §3.2).
PLACEHOLDERS = frozenset(
    [
        "null",
        "(null)",
        "none",
        "nil",
        "nan",
        "n/a",
        "na",
        "-",
        "--",
        "---",
        "—",
        "——",
        "―",
        "/",
        "//",
        "///",
        "\\",
        "\\n",
        ".",
        "..",
        "?",
        "??",
        "*",
        "**",
        "***",
        "无",
        "暂无",
        "空",
        "未填",
        "未知",
        "未录入",
        "不详",
    ]
)
LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
FORMULA_ERRORS = frozenset(
    [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
    ]
)
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")
_BLANK_IN_CHINESE = re.compile(r"(?<=[\u2e80-\u9fff\uf900-\ufaff·])\s+(?=[\u2e80-\u9fff\uf900-\ufaff·])")


class DigitsLost(ValueError):
    """A long number was stored as a floating-point number: its last digits are gone from the file, never to be guessed."""


def text_of(value) -> str:
    """The cell as a person would read it: `1.0` is "1", TRUE is "TRUE", a date is ISO; no invisible characters."""
    if value.__class__ is str:
        return _INVISIBLE.sub("", value).strip() if not (value.isascii() and value.isprintable()) else value.strip()
    if value is None:
        return ""
    if value is True or value is False:
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(value)
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ") if hasattr(value, "date") else value.isoformat()
    return str(value)


def plain(value) -> str:
    """`text_of` with full-width forms narrowed (NFKC) and runs of blanks made one."""
    text = text_of(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).strip()
    return _BLANKS.sub(" ", text)


def compact(value) -> str:
    """`plain` without any blank: for numbers, plates, codes."""
    text = text_of(value)
    if text.isascii():
        return _BLANKS.sub("", text)
    # Twice: what stands beside each other without the blanks may be one character (O and a spacing macron).
    return unicodedata.normalize("NFKC", _BLANKS.sub("", unicodedata.normalize("NFKC", text)))


def name_of(value) -> str:
    """A name: blanks that pad Chinese characters go (王　五 is 王五), those between Latin words stay."""
    text = plain(value)
    return _BLANK_IN_CHINESE.sub("", text) if " " in text and not text.isascii() else text


def code_of(value) -> str:
    """An identifier (order number, customer number). Raises DigitsLost where Excel has rounded it."""
    if isinstance(value, float) and (not value.is_integer() or abs(value) >= 1e15):
        raise DigitsLost(repr(value))
    text = compact(value)
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", text):
        raise DigitsLost(text)
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def is_placeholder(text: str) -> bool:
    return text.lower() in PLACEHOLDERS


def is_masked(text: str) -> bool:
    """Hidden by the exporting system: 138****0000, 王**, LVS**********1234."""
    return "**" in text or (text.endswith("*") and len(text) > 1)
