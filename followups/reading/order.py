"""Why a card stands where it stands, and why it may be called only from a moment on: the order of the queue in words.

Pure: it is told what the card and its open items say, and says it again in a sentence, so that nobody has to know what a rank is.
The order itself is made in services.cards (rank_of, and which moment a card is callable from).
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.bands import Bands, band_of
from common.insert_select import day_number
from followups import wording
from followups.choices import Band


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a card its moment follows from, beside its items."""

    callable_at: dt.datetime | None
    rules: list[str]  # of the open items, most urgent first
    rank: int = 0
    skipped_until: dt.datetime | None = None
    rested_until: dt.datetime | None = None
    preferred_hour: int | None = None
    learned_hour: int | None = None


def why_first(card: Standing, items, now: dt.datetime, *, beside_its_badge=False) -> str:
    """What the card's place goes by; "" for one without items. `items` have rule, due_on, due_at, callable_at; `now` in the store's zone.
    `beside_its_badge`: "" too where it says only what the badge of the first topic says already.
    """
    come = [item for item in items if item.due_at is not None and item.callable_at <= now]
    if come:
        at = min(item.due_at for item in come)
        words = _("the promised time %(moment)s has come") if at <= now else _("promised for %(moment)s")
        return words % {"moment": wording.moment(at, now)}
    top = _most_urgent(card, items)
    if top is None:
        return ""
    if top.due_at is not None:
        return _("promised for %(moment)s") % {"moment": wording.moment(top.due_at, now)}
    if beside_its_badge and top is items[0] and _days_behind(card, top) <= 0:
        return ""
    names = {"rule": wording.rule_label(top.rule), "n": abs((top.due_on - now.date()).days)}
    if top.due_on < now.date():
        words = ngettext("%(rule)s is %(n)d day overdue", "%(rule)s is %(n)d days overdue", names["n"])
    elif top.due_on == now.date():
        words = _("%(rule)s is due today; of one day the weightier topic comes first")
    else:
        words = ngettext("%(rule)s is due in %(n)d day", "%(rule)s is due in %(n)d days", names["n"])
    return _behind(card, top, words % names)


def _behind(card, top, words: str) -> str:
    """With how many days later its deadline counts, which the rank tells (services.cards.rank_of)."""
    days = _days_behind(card, top)
    if days <= 0:
        return words
    behind = ngettext("it may wait %(n)d day behind others", "it may wait %(n)d days behind others", days)
    return _("%(first)s, %(then)s") % {"first": words, "then": behind % {"n": days}}


def _days_behind(card, top) -> int:
    return card.rank // 100 - day_number(top.due_on)


def _most_urgent(card, items):
    """The item whose rank is the card's: of its first rule the one due first."""
    mine = [item for item in items if card.rules and item.rule == card.rules[0]]
    return min(mine or items, key=lambda item: (item.due_on, item.callable_at), default=None)


def why_later(card: Standing, items, now: dt.datetime, *, bands: Bands, budget: tuple[int, int] = (0, 0)) -> str:
    """Why the card may not be called before its moment; "" for one that may be called now. `bands` are the store's, `budget` is
    (contacts, days) of its contact budget; items have opens_on, attempts and bands_failed beside what `why_first` reads.
    """
    if card.callable_at is None or card.callable_at <= now or not items:
        return ""
    at = card.callable_at.astimezone(now.tzinfo)
    named = [
        item for item in items if item.callable_at == card.callable_at
    ]  # a promise goes past what holds the others back
    if named:
        return _why_item(min(named, key=lambda item: item.due_at is None), at, now, bands)
    held = max((until for until in (card.skipped_until, card.rested_until) if until and until <= at), default=None)
    if held != card.callable_at and at.hour in (card.preferred_hour, card.learned_hour):
        if at.hour == card.preferred_hour:
            return _("the customer wants to be called at %(hour)d o'clock") % {"hour": at.hour}
        return _("the customer has mostly answered at %(hour)d o'clock") % {"hour": at.hour}
    if held is not None:
        return _rest(budget) if held == card.rested_until else _("it was put aside until then")
    return _why_item(min(items, key=lambda item: item.callable_at), at, now, bands)


def _rest(budget):
    contacts, days = budget
    if not contacts:
        return _("the customer has been contacted often enough")
    words = ngettext(
        "contacted %(count)d time within %(days)d days already: that is enough",
        "contacted %(count)d times within %(days)d days already: that is enough",
        contacts,
    )
    return words % {"count": contacts, "days": days}


def _why_item(item, at, now, bands) -> str:
    if item.due_at is not None and item.due_at > now:
        return _("promised for %(moment)s") % {"moment": wording.moment(item.due_at, now)}
    if item.bands_failed:
        band = band_of(at, now.tzinfo, bands)
        words = {"band": Band(band).label if band in Band.values else wording.moment(at, now)}
        return _("no answer last time: now another band, %(band)s") % words
    if item.opens_on > now.date() and item.opens_on == at.date():
        return _("its window opens then")
    if at.date() > max(item.opens_on, now.date()):
        return _("the days before are days off")
    return _("call hours begin then")


def sentence(why: str) -> str:
    """`排在这里：维修3DC逾期2天`."""
    return _("Here because %(why)s") % {"why": why} if why else ""
