"""Amounts of money and whole numbers with their units, as cells write them."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from common.cells import compact, is_placeholder

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999.99")
_CURRENCY = re.compile(r"^(?:RMB|CNY|人民币)?[¥￥]?|元整?$|[¥￥]$", re.IGNORECASE)
_UNIT = re.compile(r"(?:公里|千米|里|KMS?|K\.?M\.?)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{1,2})?", re.ASCII)


class BadNumber(ValueError):
    """`code`: money_unreadable, money_out_of_range, number_unreadable, number_negative, number_out_of_range."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code
        self.suggestion = ""


def _decimal(text, code):
    factor = 1
    if text.endswith("万"):
        text, factor = text[:-1], 10000
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if not _NUMBER.fullmatch(text):
        raise BadNumber(code)
    try:
        number = Decimal(text.replace(",", "")) * factor
    except InvalidOperation as error:
        raise BadNumber(code) from error
    if not number.is_finite():
        raise BadNumber(code)
    return number


def parse_money(value) -> Decimal | None:
    """An amount in yuan with two places (¥1,234.50, 1234.5元, 1.2万, (12.00) is negative); None for blank. Raises BadNumber."""
    if value.__class__ is float and -1e9 < value < 1e9:
        return Decimal(repr(value)).quantize(CENT, ROUND_HALF_UP)
    text = compact(value)
    if not text or is_placeholder(text):
        return None
    amount = _decimal(_CURRENCY.sub("", text), "money_unreadable")
    if abs(amount) > LARGEST:
        raise BadNumber("money_out_of_range")
    return amount.quantize(CENT, ROUND_HALF_UP)


def parse_whole(value, *, largest: int) -> int | None:
    """A whole number, not negative (12,345 公里, 1.2万公里, 12345.6 is rounded); None for blank. Raises BadNumber."""
    text = compact(value)
    if not text or is_placeholder(text):
        return None
    number = _decimal(_UNIT.sub("", text), "number_unreadable")
    if number < 0:
        raise BadNumber("number_negative")
    if number > largest:
        raise BadNumber("number_out_of_range")
    return int(number.to_integral_value(ROUND_HALF_UP))
