"""Arrivals and added work for tests, made by the services that make the real ones."""

from decimal import Decimal

from reception import services


def make_expected(customer, *, day, by, now, **fields):
    return services.expect(customer, day=day, by=by, now=now, **fields)


def make_arrival(customer, *, by, now, **fields):
    """She is here."""
    return services.arrive(customer, by=by, now=now, **fields)


def make_note(arrival, *, by, now, **fields):
    return services.add_note(arrival, by=by, now=now, **{"sat_with": "方婷", "mood": "content", **fields})


def make_work(customer, *, by, now, **fields):
    fields = {
        "items": [("更换前刹车片", Decimal("680")), ("空气滤清器", Decimal("128.50"))],
        "asked_by": "吴刚",
        **fields,
    }
    return services.propose(customer, by=by, now=now, **fields)
