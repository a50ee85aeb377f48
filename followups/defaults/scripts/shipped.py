"""What a shipped script is; a leaf."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    rule: str
    questionnaire: str  # code of a cvp questionnaire; "" asks nothing
    zh: str
    en: str
