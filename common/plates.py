"""Number plates (GA 36; patterns of DOMAIN §5)."""

import re

from common.cells import compact, is_masked, is_placeholder

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-Z](?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    rf"|[A-HJK][A-HJ-NP-Z0-9]\d{{4}}|\d{{5}}[A-HJK])"
    rf"|使\d{{6}}|\d{{6}}使|[{_PROVINCES}][A-Z]?\d{{4,5}}[领使]"
)
_JUNK = re.compile(r"[\s·•・.\-_'\"`。・]")
_NOT_YET = ("临", "未上牌", "新车", "无牌", "待上", "未挂", "没上", "商品车", "无车牌")


class BadPlate(ValueError):
    """`code`: plate_masked, plate_unreadable; `suggestion` is a plate that may have been meant, or ""."""

    def __init__(self, code, suggestion=""):
        super().__init__(code)
        self.code = code
        self.suggestion = suggestion


def clean_plate(value) -> str:
    """The plate in upper case without blanks and dots; "" where the car has none yet. Raises BadPlate."""
    if value.__class__ is str and _PLATE.fullmatch(value):
        return value
    text = _JUNK.sub("", compact(value).upper())
    if _PLATE.fullmatch(text):
        return text
    if not text or is_placeholder(text) or any(word in text for word in _NOT_YET):
        return ""
    if is_masked(text) or "*" in text:
        raise BadPlate("plate_masked")
    # The letters O and I do not occur after the second place.
    meant = text[:2] + text[2:].replace("O", "0").replace("I", "1")
    raise BadPlate("plate_unreadable", meant if _PLATE.fullmatch(meant) else "")
