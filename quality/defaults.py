"""What every store starts with. Called once by accounts.services.create_store; safe to repeat."""

from quality.models import QualityDial


def seed_store(store):
    QualityDial.objects.get_or_create(store=store)
