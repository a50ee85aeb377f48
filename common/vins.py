"""Vehicle identification numbers: 17 of A-H J-N P R-Z 0-9 (GB 16735; check digit as in 49 CFR 565, DOMAIN §5)."""

import re
from operator import mul

from common.cells import compact, is_masked

_VALID = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)
_JUNK = re.compile(r"[\s\-.'\"`_]")
_VALUES = {ord(c): str(v) for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_LOOKALIKES = str.maketrans("OIQ", "010")


class BadVin(ValueError):
    """`code`: vin_masked, vin_length, vin_letter; `suggestion` is a VIN that may have been meant, or ""."""

    def __init__(self, code, suggestion="", length=0):
        super().__init__(code)
        self.code = code
        self.suggestion = suggestion
        self.length = length


def is_vin(text: str) -> bool:
    """Seventeen of the allowed characters, as they should be written."""
    return _VALID.fullmatch(text) is not None


def clean_vin(value) -> str:
    """The VIN in upper case without blanks; "" for an empty cell. Raises BadVin. The check digit is not judged here."""
    if value.__class__ is str and _VALID.fullmatch(value):
        return value
    text = _JUNK.sub("", compact(value).upper())
    if not text or _VALID.fullmatch(text):
        return text
    if is_masked(text) or "*" in text:
        raise BadVin("vin_masked", length=len(text))
    meant = text.translate(_LOOKALIKES)
    suggestion = meant if meant != text and _VALID.fullmatch(meant) else ""
    raise BadVin("vin_length" if len(text) != 17 else "vin_letter", suggestion, len(text))


class _Sums(dict):
    """Weighted sums of the parts of a VIN from place `start` on; the cars of a store share most of them."""

    def __init__(self, start):
        super().__init__()
        self.start = start

    def __missing__(self, part):
        if len(self) > 100_000:
            self.clear()
        digits = map(int, part.translate(_VALUES))
        self[part] = total = sum(map(mul, digits, _WEIGHTS[self.start :]))
        return total


_HEAD, _MIDDLE, _TAIL = _Sums(0), _Sums(11), _Sums(14)


def check_digit(vin: str) -> str:
    """The character that position 9 should have."""
    rest = (_HEAD[vin[:11]] + _MIDDLE[vin[11:14]] + _TAIL[vin[14:]]) % 11
    return "X" if rest == 10 else str(rest)


def has_good_check_digit(vin: str) -> bool:
    """Mandatory for cars made in China; imported European cars may carry any character there: warn, never refuse."""
    return vin[8] == check_digit(vin)
