"""How what identifies a person or a car is shown to who need not read it in full (PIPL; DOMAIN 2.12). Pages and sheets mask alike."""

import re

# Mobile numbers as people write them, landlines with their area code, and resident ids, inside any text.
_PERSONAL = re.compile(
    r"(?<!\d)(?:(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\(?0\d{2,3}\)?[ -]?\d{7,8}|\d{17}[\dXx])(?!\d)"
)
_NARROW = str.maketrans("０１２３４５６７８９－＋", "0123456789-+")
_VIN = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9]*\d)[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
DISTRICT = 6  # characters of an address that name no more than a district


def masked(number: str) -> str:
    """138****0000: the default way a number is shown."""
    if not number:
        return ""
    if len(number) < 8:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def masked_plate(plate: str) -> str:
    """沪A***K1: where it is registered, and enough to know it again beside the car."""
    return plate if len(plate) < 5 else f"{plate[:2]}{'*' * (len(plate) - 4)}{plate[-2:]}"


def masked_address(address: str) -> str:
    """The district; how long the rest is tells nothing either."""
    return f"{address[:DISTRICT]}****" if len(address) > DISTRICT else "****" if address else ""


def sheltered(text) -> str:
    """The text with the phone numbers and resident ids in it masked (PIPL; the row number tells which cell is meant)."""
    return _PERSONAL.sub(_hidden, str(text).translate(_NARROW))


def sheltered_words(text) -> str:
    """What people have written, with numbers, resident ids and VINs in it masked; names and opinions stay readable."""
    return _VIN.sub(lambda found: masked(found[0]), sheltered(text))


def _hidden(found):
    number = re.sub(r"\W", "", found[0])
    return masked(number.removeprefix("86") if len(number) == 13 else number)
