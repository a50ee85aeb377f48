"""Why a service is due when it is: code and parameters of CarePlan.why as one sentence of the reader's language."""

import datetime as dt

from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.birthdays import lunar_name
from customers.choices import OutwardSheet
from customers.models import Customer

SHEET_LABELS = dict(OutwardSheet.choices)  # of sheets in access lines


def segment_reason(customer, dial) -> str:
    """`近12个月进厂5次（A 4次起，B 2次起，C 1次起）`; "" where she has no car."""
    if not customer.segment:
        return ""
    words = {"visits": customer.visits_lately, "months": dial.months}
    words |= {"a": dial.segment_a, "b": dial.segment_b, "c": dial.segment_c}
    return _("%(visits)s visits in %(months)s months (A from %(a)s, B from %(b)s, C from %(c)s)") % words


def merge_refused(error) -> str:
    """Why two files cannot be merged, or not taken apart, just now (services.errors.MergeRefused)."""
    words = {
        "merged": _("%(name)s was merged into %(into)s already (%(person)s)."),
        "void": _("The file of %(name)s is not there any more."),
        "undone": _("This merge was taken back already (%(person)s)."),
        "later": _("%(name)s was merged into %(into)s after it; take that back first."),
        "twice": _(
            "Both files have an entry of the kind “%(what)s” of which one person can have but one. Take one of them back first, then merge."
        ),
        "held": _("%(person)s has the call card of %(name)s in hand just now. Try again in a few minutes."),
        "held_by_you": _("You have the call card of %(name)s in hand. Give it back first, then merge."),
    }
    return words[error.code] % error.params


def remnant_words(merge) -> list[str]:
    """What an undo had to leave with the kept file (Merge.remnants), a sentence each."""
    return [_remnant(code, number, merge.kept.name) for code, number in sorted(merge.remnants.items())]


def _remnant(code, number, name):
    words = {"name": name, "number": number}
    if code.startswith("field:"):
        label = Customer._meta.get_field(code.removeprefix("field:")).verbose_name
        return _("%(field)s of %(name)s was changed since and stays as it is.") % (words | {"field": label})
    if code == "phones":
        return _("%(number)s telephone numbers were changed since and stay as they are.") % words
    is_new = code.startswith("since:")
    label, _dot, column = code.removeprefix("since:").rpartition(".")
    model = apps.get_model(label)
    words["what"] = f"{model._meta.verbose_name} ({model._meta.get_field(column).verbose_name})"
    if is_new:
        return _("%(what)s: %(number)s came after the merge and stay with %(name)s.") % words
    return _("%(what)s: %(number)s were changed or worked on since and stay as they are.") % words


def answering(learned) -> str:
    """`多在18点左右接听（最近4次中3次）`; "" where nothing was learned (customers.answers)."""
    if learned is None:
        return ""
    words = {"hour": learned.hour, "hits": learned.hits, "answers": learned.answers}
    return _("mostly answers around %(hour)d:00 (%(hits)d of the last %(answers)d times)") % words


def service_reason(plan, *, today: dt.date) -> str:
    """`按最近4次进厂，平均每天42公里，预计3月18日前后到10,000公里。` "" where nothing is due."""
    why, due = plan.why, plan.first_service_on or plan.service_on
    if due is None or not why:
        return ""
    if why["code"] == "dms":
        return _("The DMS gives this day.")
    if why["code"] == "months":
        words = {"months": why["months"], "since": short_day(dt.date.fromisoformat(why["since"]), today)}
        if why.get("first"):
            return _("Delivered on %(since)s; %(months)s months after that the first service is due.") % words
        return _("Last service on %(since)s; the next is due %(months)s months after that.") % words
    words = {"day": short_day(due, today), "km": f"{why['km']:,}"}
    if "reached" in why:
        return _("With %(reached)s km it is past %(km)s km, where the service was due.") % (
            words | {"reached": f"{why['reached']:,}"}
        )
    return _("%(basis)s, so it reaches %(km)s km about %(day)s.") % (words | {"basis": pace_words(why)})


def pace_words(why) -> str:
    """Whose kilometres a day the prediction goes by."""
    pace = {"pace": why["km_a_day"]}
    if why["pace"] == "own":
        return ngettext(
            "By its last visit it runs %(pace)s km a day",
            "By its last %(n)s visits it runs %(pace)s km a day",
            why.get("n", 1),
        ) % (pace | {"n": why.get("n", 1)})
    if why["pace"] == "told":
        return _("By the DMS it runs %(pace)s km a day") % pace
    if why["pace"] == "model":
        return _("Cars of this model run %(pace)s km a day on average") % pace
    return _("Cars of this store run %(pace)s km a day on average") % pace


def birthday_words(number, is_lunar) -> str:
    """`10月7日`, `农历八月十五`; "" for none."""
    if not number:
        return ""
    if is_lunar:
        return _("lunar %(day)s") % {"day": lunar_name(number)}
    return date_format(dt.date(2024, number // 100, number % 100), pgettext("a day of this year", "F j"))


def short_day(day, today) -> str:
    """`3月18日`; with its year where that is not the present one."""
    if day.year == today.year:
        return date_format(day, pgettext("a day of this year", "F j"))
    return date_format(day, pgettext("a day of another year", "F j, Y"))
