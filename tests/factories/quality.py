"""Calls that can be drawn, and checks drawn by the service that draws the real ones."""

import datetime as dt

from quality.services.drawing import draw_day
from tests.factories.followups import make_card
from tests.followups.desk import call, done


def make_reached(store, person, *, at, key="1", answered_by="owner", **fields):
    """A call of `person` at the moment `at` that reached the customer and answered the questionnaire."""
    card = make_card(store, today=store.day_of(at), now=at, **fields)
    item = card.customer.due_items.get()
    return call(card.customer, "done", by=person, now=at, topics=[done(item, overall=key)], answered_by=answered_by)


def make_check(store, person, *, now, **fields):
    """A check of a call of yesterday, drawn this morning."""
    made = make_reached(store, person, at=now - dt.timedelta(days=1), **fields)
    draw_day(store, store.day_of(made.at), now=now)
    return made.spot_check
