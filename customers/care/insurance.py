"""Which policy of a car says when its insurance is to be renewed, and whom the call will meet (DOMAIN 2.5)."""

import datetime as dt
from typing import NamedTuple

# Where the commercial cover ended so long before the compulsory one that it was not renewed with it, the compulsory one leads.
GIVEN_UP = 300
NEW_CAR = 90  # days between the hand-over and the start of a new car's first policy
SERVICED_MONTHS = 24
_COMPULSORY, _COMMERCIAL, _UNNAMED = "compulsory", "commercial", "unnamed"
FIRST, REPEAT, SERVICED, NOBODYS = "first", "repeat", "serviced", ""


class Term(NamedTuple):
    """A policy as stored."""

    id: int
    cover: str
    starts_on: dt.date
    ends_on: dt.date
    kind: str
    is_ours: bool | None
    was_sold_here: bool  # a day of sale or an agent of ours stands on it


def leading(terms) -> Term | None:
    """Of the policies of a car the one that leads: the newest commercial cover (or one that no list named), else the newest compulsory one."""
    commercial = max((term for term in terms if term.cover in (_COMMERCIAL, _UNNAMED)), key=_newest, default=None)
    compulsory = max((term for term in terms if term.cover == _COMPULSORY), key=_newest, default=None)
    if commercial is None or compulsory is None:
        return commercial or compulsory
    return compulsory if (compulsory.ends_on - commercial.ends_on).days > GIVEN_UP else commercial


def _newest(term):
    return term.ends_on, term.cover == _COMMERCIAL, term.id


def group_of(term, terms, *, delivered_on, last_visit_on) -> str:
    """Whom the renewal call meets; "" for one who is neither insured nor serviced here. How long it has lapsed the turn of the call says."""
    is_first_term = not any(other.ends_on < term.starts_on for other in terms)
    if is_first_term and (
        term.kind == "new" or (delivered_on is not None and abs((term.starts_on - delivered_on).days) <= NEW_CAR)
    ):
        return FIRST
    is_ours = term.is_ours
    if is_ours is None:
        is_ours = term.was_sold_here or term.kind in ("renewal", "first", "repeat")
    if is_ours:
        return REPEAT
    if last_visit_on is not None and (term.ends_on - last_visit_on).days <= SERVICED_MONTHS * 31:
        return SERVICED
    return NOBODYS
