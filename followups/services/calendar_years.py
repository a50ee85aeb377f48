"""The managers are told of a year whose public holidays nobody has entered: when the list is out, and again when the year has begun."""

from django.utils.translation import gettext as _

from accounts.calendar import missing_years
from office import services as office
from office.choices import Severity
from office.models import Notice

NOTICE = "calendar_missing"


def remind(store, *, today) -> None:
    """Once a year that is missing while it is still to come, and once more when it runs; settled as soon as it is entered."""
    missing = missing_years(store, today)
    _settle(store, keep={_key(store, year, today) for year in missing})
    for year in missing:
        office.notify(
            store=store,
            permission="accounts.change_calendarday",
            code=NOTICE,
            key=_key(store, year, today),
            params={"year": year, "runs": year <= today.year},
            severity=Severity.URGENT if year <= today.year else Severity.WARNING,
            url_name="accounts:calendar_year",
            url_args=[year],
        )


def settle(store, *, today) -> None:
    """After a change of the calendar: what is entered now presses nobody any more."""
    _settle(store, keep={_key(store, year, today) for year in missing_years(store, today)})


def _settle(store, keep):
    told = Notice.objects.unresolved().filter(store=store, code=NOTICE).exclude(key__in=keep)
    for key in set(told.values_list("key", flat=True)):
        office.resolve(store=store, key=key)


def _key(store, year, today):
    return f"{NOTICE}-{store.pk}-{year}" + ("-runs" if year <= today.year else "")


def _words(params):
    if params["runs"]:
        sentence = _(
            "The public holidays of %(year)s are still not entered: customers are called on holidays, and not on make-up workdays."
        )
    else:
        sentence = _(
            "The public holidays of %(year)s are not entered yet. The State Council publishes them in November: import the list, or type the days."
        )
    return sentence % {"year": params["year"]}


NOTICE_WORDS = {NOTICE: _words}
