"""What the people are told when a manager moves cards: who gets some, who loses some, whose card was taken back."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from followups.choices import MoveDeed
from office import services as office
from office.choices import Severity

GIVEN, GONE, TAKEN_BACK = "cards_given", "cards_gone", "card_taken_back"


def tell_moved(move) -> None:
    """Each person who got cards, or from whom some were taken, is told once, with how many and why."""
    if move.deed not in (MoveDeed.ASSIGN, MoveDeed.RETURN):
        return
    given, gone = Counter(), Counter()
    for person, before in move.lines.values_list("person_id", "before").iterator(2000):
        given[person] += 1
        owners = {before["assigned_to_id"], *(pin[0] for pin in before["pins"].values())}
        for owner in owners - {person, None}:
            gone[owner] += 1
    for code, counts in ((GIVEN, given), (GONE, gone)):
        for person in User.objects.filter(pk__in=[pk for pk in counts if pk], is_active=True):
            if person.pk != move.by_id:
                _tell(move, person, code, {"count": counts[person.pk]}, url_name="followups:queue")


def tell_taken_back(move, card, person) -> None:
    if person.pk != move.by_id:
        _tell(move, person, TAKEN_BACK, {"customer": card.customer.name}, severity=Severity.WARNING)


def settle(move) -> None:
    """The move is undone: its notices press nobody any more."""
    for code in (GIVEN, GONE):
        office.resolve(store=move.store, key=_key(move, code))


def _key(move, code):
    return f"{code}-{move.pk}"


def _tell(move, person, code, params, *, severity=Severity.INFO, url_name="followups:queue"):
    params = {**params, "by": move.by.full_name, "note": move.note}
    office.notify_person(
        person,
        store=move.store,
        code=code,
        key=_key(move, code),
        params=params,
        severity=severity,
        url_name=url_name,
    )


def _given(params):
    words = ngettext(
        "%(by)s has reserved %(count)s card for you: %(note)s",
        "%(by)s has reserved %(count)s cards for you: %(note)s",
        params["count"],
    )
    return words % (params | {"count": f"{params['count']:,}"})


def _gone(params):
    words = ngettext(
        "%(by)s has given %(count)s of your cards to others: %(note)s",
        "%(by)s has given %(count)s of your cards to others: %(note)s",
        params["count"],
    )
    return words % (params | {"count": f"{params['count']:,}"})


def _taken_back(params):
    return _("%(by)s has taken back the card of %(customer)s: %(note)s What you typed is kept as your draft.") % params


NOTICE_WORDS = {GIVEN: _given, GONE: _gone, TAKEN_BACK: _taken_back}
