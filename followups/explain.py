"""Why a topic is in the queue now, and why one no longer is: a sentence for the specialist. Pure: `today` is an argument."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.choices import GoneReason
from followups import wording
from followups.choices import CloseReason, ItemState

# Of rules whose anchor is a day that comes: how long is left. Of those whose anchor follows a last visit: how long she has been away.
COMING = {"first_service", "periodic_service", "renewal", "warranty_end", "inspection"}
AWAY_MONTHS = {"thin_ice": 9, "churn_12": 12}  # what customers.services.care adds to the day of the last visit
GREETED = {"birthday", "birthday_call", "anniversary", "anniversary_call"}


def age(rule: str, anchor_on: dt.date | None, today: dt.date) -> str:
    """Where the topic stands today: `第3天`, `还有12天`, `已10个月没来`; "" where its rule counts from no day."""
    if anchor_on is None or rule in GREETED:
        return ""
    if rule in COMING:
        return _left((anchor_on - today).days)
    if rule in AWAY_MONTHS:
        months = AWAY_MONTHS[rule] + _months(anchor_on, today)
        return ngettext("away for %(n)d month", "away for %(n)d months", months) % {"n": months}
    return wording.nth_day(anchor_on, today)


def _left(days: int) -> str:
    if days > 0:
        return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    if days == 0:
        return _("it is today")
    return ngettext("%(n)d day past", "%(n)d days past", -days) % {"n": -days}


def _months(since: dt.date, today: dt.date) -> int:
    return max((today.year - since.year) * 12 + today.month - since.month - (today.day < since.day), 0)


def months_between(since: dt.date | None, today: dt.date) -> int | None:
    """Whole months gone by; None without a day."""
    return None if since is None else _months(since, today)


# --- Why it is closed -------------------------------------------------------------------------------------------------
def closed_because(item, today: dt.date) -> str:
    """One sentence of why a closed item is closed; "" for one that is open. Reads state, reason and its parameters alone."""
    return because(item.reason, item.reason_params, today) if item.reason else ""


def because(reason: str, params: dict | None, today: dt.date) -> str:
    """The sentence of a choices.CloseReason with its parameters; an unknown code reads as it stands."""
    params = params or {}
    words = _SENTENCES.get(reason)
    if words is not None:
        return words(params, today)
    return str(CloseReason(reason).label) if reason in CloseReason.values else reason


def _said_day(params, today, name="day") -> str:
    """`3月5日`, with the year where it is not this one; "" where the parameter is missing or no day."""
    with suppress(TypeError, ValueError):
        return wording.day_and_year(dt.date.fromisoformat(params.get(name)), today)
    return ""


def _came(params, today):
    words = {"day": _said_day(params, today), "order": params.get("order", "")}
    if words["day"] and words["order"]:
        return _("The car came to the workshop on %(day)s (order %(order)s); no call is needed any more.") % words
    if words["day"]:
        return _("The car came to the workshop on %(day)s; no call is needed any more.") % words
    return _("The car has come to the workshop; no call is needed any more.")


def _on_day(with_day, without) -> Callable:
    """Two wordings, one that names the day of the parameters."""

    def words(params, today):
        day = _said_day(params, today)
        return with_day() % {"day": day} if day else without()

    return words


def _gone(params, today):
    words = {
        GoneReason.SOLD: _("The car was sold or given away; nobody is called about it any more."),
        GoneReason.SCRAPPED: _("The car was scrapped; nobody is called about it any more."),
        GoneReason.MOVED: _("The car has moved away; nobody is called about it any more."),
    }
    return words.get(params.get("why"), _("The car is no longer hers; nobody is called about it any more."))


def _failures(params, today):
    number = len(set(params.get("bands") or "")) or 3
    return ngettext("No answer in %(n)d time band.", "No answer in %(n)d different time bands.", number) % {"n": number}


def _enough(params, today):
    number = params.get("contacts") or 3
    return ngettext(
        "She was spoken to %(n)d time about it; that is enough.",
        "She was spoken to %(n)d times about it; that is enough.",
        number,
    ) % {"n": number}


_SENTENCES: dict[str, Callable] = {
    CloseReason.CALLED: lambda params, today: _("Settled on the phone."),
    CloseReason.THREE_FAILURES: _failures,
    CloseReason.DECEASED: lambda params, today: _("She has died; nobody is to contact her any more."),
    CloseReason.FLEET: lambda params, today: _("It is the car of a fleet or a taxi; its owner is not reminded."),
    CloseReason.NO_NUMBER: lambda params, today: _("No number is left that reaches her."),
    CloseReason.FACT_VOID: lambda params, today: _("The record behind it was taken back."),
    CloseReason.FACT_MOVED: lambda params, today: _("The date was corrected, and by the right one it is too late."),
    CloseReason.FACT_CHANGED: lambda params, today: _("By the present records there is nothing to call about."),
    CloseReason.RULE_OFF: lambda params, today: _("The store has switched this rule off."),
    CloseReason.CAR_GONE: _gone,
    CloseReason.CAME: _came,
    CloseReason.RENEWED: _on_day(
        lambda: _("The insurance was renewed on %(day)s; no call is needed any more."),
        lambda: _("The insurance has been renewed; no call is needed any more."),
    ),
    CloseReason.RANG_US: _on_day(
        lambda: _("She rang us about it herself on %(day)s."), lambda: _("She rang us about it herself.")
    ),
    CloseReason.IN_PERSON: _on_day(
        lambda: _("Settled with her at the store on %(day)s."), lambda: _("Settled with her at the store.")
    ),
    CloseReason.HEARD: _on_day(lambda: _("She was reached again on %(day)s."), lambda: _("She was reached again.")),
    CloseReason.OTHER_TOPIC: lambda params, today: _("She does not want to be contacted about this."),
    CloseReason.SENT: _on_day(lambda: _("The message was sent on %(day)s."), lambda: _("The message was sent.")),
    CloseReason.LET_GO: lambda params, today: _("The manager decided to let it go."),
    CloseReason.LATER_STEP: lambda params, today: _("The next reminder has taken its place."),
    CloseReason.REFUSED: lambda params, today: _("She did not want this call."),
    CloseReason.DO_NOT_CALL: lambda params, today: _("She wants no calls."),
    CloseReason.WINDOW_PASSED: lambda params, today: _("Its time passed before anybody called."),
    CloseReason.ENOUGH: _enough,
}


def tone_of(state: str) -> str:
    """How loud a state is: the tones of the `tag` component."""
    return {
        ItemState.DONE: "good",
        ItemState.EXPIRED: "bad",
        ItemState.UNREACHABLE: "warn",
        ItemState.DECLINED: "warn",
    }.get(state, "")
