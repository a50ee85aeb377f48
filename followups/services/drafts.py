"""What was typed on a card and is not saved yet. One draft per card and person; it outlives the lease and the browser."""

from django.db import transaction

from followups.models import Draft, LeftCard
from followups.services.claims import holding


@transaction.atomic
def save_draft(card, user, data: dict, now) -> Draft:
    """Keep `data` ({form field name: [values]}) as the draft of `user` on `card`, over an earlier one."""
    draft, _created = Draft.objects.update_or_create(card=card, user=user, defaults={"data": data, "updated_at": now})
    return draft


@transaction.atomic
def autosave_draft(card, *, token, by, data: dict, now) -> Draft:
    """`save_draft` for the page that holds the card. Raises LeaseLost: a late request of a page whose card was saved or lost
    meanwhile leaves no draft behind.
    """
    return save_draft(holding(card, token=token, by=by), by, data, now)


def discard_draft(card, user) -> bool:
    """Throw the draft away, and take the card off the tray. False where there was no draft."""
    LeftCard.objects.filter(card=card, user=user).delete()
    deleted, _rows = Draft.objects.filter(card=card, user=user).delete()
    return bool(deleted)
