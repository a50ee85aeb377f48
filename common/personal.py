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


class Joining(Enum):
    """What becomes of a row when its customer's file is merged into another one (customers.services.merging)."""

    MOVES = "moves"  # it names the kept customer from then on, and the other one again after an undo
    BY_APP = "by_app"  # the app that owns it joins the two files' rows itself: rows of both may be about the same thing
    STAYS = "stays"  # it goes on naming the file that is gone: a trace, or what two files had between them


@dataclass(frozen=True)
class Follow:
    """Rows of `model` name a record of `to` in their column `field` (a foreign key, or its plain number).

    where: only these rows (of WORK: only they keep a record).
    reason: of WORK and FACT, why the record was kept when an import was undone; one sentence.
    merge: of what names a customer, what a merge does with it; WORK and FACT move where nothing else is said.
    """

    model: str
    field: str
    to: str
    tie: Tie
    reason: str | LazyText = ""
    where: Q = field(default_factory=Q)
    merge: Joining | None = None

    @property
    def joining(self) -> Joining | None:
        """None where nobody has thought about it, which a test forbids."""
        return self.merge or (Joining.MOVES if self.tie in (Tie.WORK, Tie.FACT) else None)

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


def moving_to(label: str) -> list[Follow]:
    """What a merge moves from one record of this model to another."""
    return [follow for follow in all_follows() if follow.to == label and follow.joining is Joining.MOVES]


def reason_of(code: str) -> str:
    """The sentence of a tie by its code; "" for an unknown one."""
    return next((str(follow.reason) for follow in all_follows() if follow.code == code), "")
