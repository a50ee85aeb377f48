"""Predicates that depend on the row; pure."""

UNDO_OFFERED_MINUTES = 5  # the default of DeskDial.undo_minutes


def holds(user, card) -> bool:
    """The card is leased to this person. A lease that ran out and that nobody took still counts: her work is not lost."""
    return card.lease_token is not None and card.lease_by_id == user.pk


def is_held(card, now) -> bool:
    """Somebody works on the card: nobody else can take it."""
    return card.lease_by_id is not None and card.lease_until is not None and card.lease_until > now


def holds_with(user, card, token) -> bool:
    """The page that sent `token` is the one that holds the card."""
    return holds(user, card) and card.lease_token == token


def may_undo(user, call, now) -> bool:
    """Whether to offer it: her own call of some minutes ago that saved a card. services.undo has the last word."""
    fresh = (now - call.at).total_seconds() < 60 * UNDO_OFFERED_MINUTES
    return call.by_id == user.pk and fresh and call.undone_at is None and bool(call.undo_data.get("saves"))
