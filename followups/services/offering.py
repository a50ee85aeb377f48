"""To whom a card is offered by itself: to whom a manager has reserved it for, first to whoever spoke with the customer last, and where
she has heard enough people, to these.

One wording for the statement that takes the next card and for the count of what is left. A colleague who is not there blocks
nothing: a preference, and a reservation, holds for who was at work today, the limit of callers while one of them was within a week. Present is who has
logged in (a session ends after an idle hour, so nobody's lasts over night) or has called, and is not entered as away.
"""

import datetime as dt
import json

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.calendar import WorkCalendar
from accounts.models import Absence, User
from common.bands import is_call_time
from followups.models import Call

ANY_RANK = 2_147_483_647
AWAY_DAYS = 7  # of all who may call a customer nobody was here: then everybody may
PARAMETERS = {
    "below": "integer",
    "today": "date",
    "midnight": "timestamptz",
    "week_ago": "timestamptz",
    "year_ago": "timestamptz",
}
PRESENT = """
    SELECT u.id FROM accounts_user u
    WHERE u.store_id = %(store)s AND u.is_active AND (u.last_login >= {since} OR EXISTS (
        SELECT 1 FROM followups_call k WHERE k.store_id = %(store)s AND k.by_id = u.id AND k.at >= {since}
    ))
    AND NOT EXISTS (
        SELECT 1 FROM accounts_absence a
        WHERE a.person_id = u.id AND NOT a.is_void AND a.first_on <= %(today)s AND (a.last_on IS NULL OR a.last_on >= %(today)s)
    )
"""
SPOKE_WITH_HER = """
    SELECT 1 FROM customers_contact s
    WHERE s.customer_id = {card}.customer_id AND s.channel = 'phone_out' AND s.connected AND NOT s.is_void AND s.at > %(year_ago)s
"""
# {card}: the table of cards, or its alias. All these conditions are NULL on most cards, and then ask nothing. A promise that has come
# (a rank below zero) waits for nobody.
OFFERED = f"""
    ({{card}}.kept_for_id IS NULL OR {{card}}.kept_for_id = %(user)s OR {{card}}.kept_until <= %(now)s
     OR {{card}}.kept_for_id NOT IN ({PRESENT.format(since="%(midnight)s")}))
    AND ({{card}}.assigned_to_id IS NULL OR {{card}}.assigned_to_id = %(user)s OR {{card}}.assigned_until <= %(now)s
     OR {{card}}.rank < 0 OR {{card}}.assigned_to_id NOT IN ({PRESENT.format(since="%(midnight)s")}))
    AND {{card}}.rank < %(below)s
    AND ({{card}}.callers_until IS NULL OR {{card}}.callers_until <= %(now)s OR {{card}}.rank < 0
     OR EXISTS ({SPOKE_WITH_HER} AND s.by_id = %(user)s)
     OR NOT EXISTS ({SPOKE_WITH_HER} AND s.by_id IN ({PRESENT.format(since="%(week_ago)s")})))
"""


def moments(store, now: dt.datetime) -> dict:
    """Values of PARAMETERS."""
    midnight = dt.datetime.combine(store.day_of(now), dt.time(), tzinfo=store.zone)
    values = {
        "midnight": midnight,
        "week_ago": midnight - dt.timedelta(days=AWAY_DAYS),
        "year_ago": now - dt.timedelta(days=365),
    }
    adapted = {name: connection.ops.adapt_datetimefield_value(value) for name, value in values.items()}
    # Outside call hours only promises that have come are offered: no other card has a rank below zero.
    adapted["today"] = connection.ops.adapt_datefield_value(store.day_of(now))
    return {**adapted, "below": 0 if _is_quiet(store, now) else ANY_RANK}


CALL_TIME = """
    SELECT d.bands, (
        SELECT c.is_work FROM accounts_calendarday c
        WHERE c.day = %s AND (c.store_id = d.store_id OR c.store_id IS NULL) ORDER BY c.store_id IS NULL LIMIT 1
    )
    FROM followups_deskdial d WHERE d.store_id = %s AND d.hours_hold
"""


def _is_quiet(store, now) -> bool:
    """services.moments.quiet_until as a yes or no. Every claim asks it: two years of the calendar as objects took longer than the
    claim itself.
    """
    day = store.day_of(now)
    with connection.cursor() as cursor:
        cursor.execute(CALL_TIME, [connection.ops.adapt_datefield_value(day), store.pk])
        row = cursor.fetchone()
    return row is not None and not is_call_time(
        now, store.zone, json.loads(row[0]), WorkCalendar.of_day(store, day, row[1])
    )


def callers_who_are_here(person_ids, store, now: dt.datetime) -> bool:
    """Whether one of these people works here and was here within a week: then the limit of callers stands."""
    midnight = dt.datetime.combine(store.day_of(now), dt.time(), tzinfo=store.zone)
    week_ago = midnight - dt.timedelta(days=AWAY_DAYS)
    called = Call.objects.filter(store=store, by=OuterRef("pk"), at__gte=week_ago)
    away = Absence.objects.filter(person=OuterRef("pk")).on(store.day_of(now))
    people = User.objects.filter(~Exists(away), pk__in=list(person_ids), store=store, is_active=True)
    return people.filter(Q(last_login__gte=week_ago) | Exists(called)).exists()
