"""What of a text would tell who the customer is: names, phone numbers, plates, VINs. Pure.

A warning for whoever writes, not a proof: a text without a finding may still give somebody away.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• -]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])", re.I
)
VIN = re.compile(r"(?<![A-Z0-9])(?=[A-Z0-9]*\d)[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", re.I)
# 王女士, 李先生: the way a customer is spoken of at the desk.
ADDRESSED = re.compile(r"[\u4e00-\u9fff](?:先生|女士|小姐|太太)")


@dataclass(frozen=True)
class Trace:
    what: LazyText
    text: str


def traces_in(*texts: str, names=()) -> list[Trace]:
    """What was found, each once, in the order of the kinds. `names` are those of the people of the case."""
    whole, found = "\n".join(texts), []
    for what, pattern in (
        (_("Phone number"), PHONE),
        (_("Plate"), PLATE),
        (_("VIN"), VIN),
        (_("Form of address"), ADDRESSED),
    ):
        found += [Trace(what, text) for text in dict.fromkeys(match.group() for match in pattern.finditer(whole))]
    found += [Trace(_("Name"), name) for name in dict.fromkeys(names) if len(name) > 1 and name in whole]
    return found
