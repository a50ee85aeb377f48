"""What was tried in vain: the proof that a topic was called on different days, in different bands, at every number."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from common.bands import band_of
from common.masking import masked
from followups import wording
from followups.choices import Band, ItemState, Level
from followups.models import CallOutcome
from followups.services.dials import desk_of

SHOWN = 8  # of one topic, the last ones


@dataclass(frozen=True)
class Tried:
    """`3月16日 上午 138****5678 无人接听`: one number dialled; `number` is masked, "" where there was none."""

    call_id: int
    day: str
    clock: str
    band: str
    number: str
    outcome: str


def tried_in_vain(item_ids, store, now: dt.datetime, bands=None) -> dict[int, list[Tried]]:
    """{item: the numbers dialled that reached nobody, newest first}; undone calls left out. One query whatever the items (and
    one for the store's bands where they are not given). `now` in the store's zone."""
    if not item_ids:
        return {}
    bands = bands or desk_of(store).bands
    rows = CallOutcome.objects.filter(item__in=item_ids, call__undone_at__isnull=True)
    rows = rows.exclude(call__level=Level.REACHED).select_related("call__outcome").order_by("-call__at", "-call_id")
    found = defaultdict(list)
    for row in rows:
        if len(found[row.item_id]) < SHOWN:
            found[row.item_id].append(_tried(row.call, now, bands))
    return dict(found)


def tried_on_card(items, store, now: dt.datetime, bands) -> list[Tried]:
    """Of all the open topics of a card together; no query where nothing was tried."""
    found = tried_in_vain([item.pk for item in items if item.attempts], store, now, bands)
    calls = {tried.call_id: tried for rows in found.values() for tried in rows}
    return [calls[pk] for pk in sorted(calls, reverse=True)]


def given_up(items) -> list[int]:
    """The ids of those that nobody was reached about."""
    return [item.pk for item in items if item.state == ItemState.UNREACHABLE]


def _tried(call, now, bands) -> Tried:
    at = call.at.astimezone(now.tzinfo)
    band = band_of(at, now.tzinfo, bands)
    return Tried(
        call.pk,
        wording.day_and_year(at.date(), now.date()),
        f"{at:%H:%M}",
        str(Band(band).label) if band in Band.values else "",
        masked(call.number) if call.number else "",
        call.outcome.label,
    )
