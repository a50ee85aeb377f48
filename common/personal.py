"""Which rows follow a person, a car, or what happened to them, as declarations.

Every app declares its own in a file `personal.py` that settings.PERSONAL lists: for undo of an import today, and for whoever
merges, exports or erases a customer. Models are named as text ("customers.Customer"), so no arrow runs up. Pure reading.
"""

import functools
from dataclasses import dataclass, field
from enum import Enum

from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise as LazyText
from django.utils.module_loading import import_string


class Tie(Enum):
    """How a row hangs on the record that it points at."""

    WORK = "work"  # somebody did something with it: an import cannot be taken back from under it
    FACT = "fact"  # a record of its own, which needs the other one as long as it is not void
    PART = "part"  # belongs to the other one as a whole, and goes with it
    DERIVED = "derived"  # computed from the others, and computed again when they have gone
    TRACE = "trace"  # a ledger that keeps the number of the record, whatever becomes of it


@dataclass(frozen=True)
class Follow:
    """Rows of `model` name a record of `to` in their column `field` (a foreign key, or its plain number).

    where: only these rows (of WORK: only they keep a record).
    reason: of WORK and FACT, why the record was kept when an import was undone; one sentence.
    """

    model: str
    field: str
    to: str
    tie: Tie
    reason: str | LazyText = ""
    where: Q = field(default_factory=Q)

    @property
    def code(self) -> str:
        """Stable name of the tie, as it is stored."""
        return f"{self.model}.{self.field}"

    @property
    def source(self):
        """The model class that points."""
        return apps.get_model(self.model)

    def rows(self):
        return self.source._base_manager.filter(self.where)


@functools.cache
def all_follows() -> tuple[Follow, ...]:
    """Every declared tie, in the order of settings.PERSONAL."""
    return tuple(follow for module in settings.PERSONAL for follow in import_string(f"{module}.FOLLOWS"))


def follows_to(label: str, *ties: Tie) -> list[Follow]:
    """The ties of these kinds to a model ("customers.Vehicle")."""
    return [follow for follow in all_follows() if follow.to == label and follow.tie in ties]


def reason_of(code: str) -> str:
    """The sentence of a tie by its code; "" for an unknown one."""
    return next((str(follow.reason) for follow in all_follows() if follow.code == code), "")
