"""What every store starts with on this floor. Called once by accounts.services.create_store; safe to repeat."""

from customers.care.planning import DEFAULT_INTERVAL
from customers.models import CareInterval, FileDial


def seed_store(store):
    """The service interval of all cars that have none of their own; segments and archive numbers."""
    CareInterval.objects.get_or_create(store=store, series="", model="", defaults=DEFAULT_INTERVAL._asdict())
    FileDial.objects.get_or_create(store=store)
