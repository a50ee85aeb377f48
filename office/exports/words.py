"""Filters in words, as they stand on top of a sheet."""

import datetime as dt

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def filter_words(form, *, leave_out=()) -> list[tuple[str, str]]:
    """(label, words) of what is chosen in a bound form or in the form of a filter set; a garbled value narrows nothing and is not named."""
    form.is_valid()
    chosen = getattr(form, "cleaned_data", {})
    found = []
    for name, field in form.fields.items():
        value = chosen.get(name)
        if name not in leave_out and value not in (None, "", [], ()):
            found.append((capfirst(str(field.label or name)), _word(field, value)))
    return found


def _word(field, value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value)
    return str(dict(_flat(getattr(field, "choices", ()))).get(value, value))


def _flat(choices):
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield key, label


def sentence(filters) -> str:
    """`Stage: owner; Cars: with a car`, or that there are none."""
    pair = pgettext("a filter and what is chosen", "%(label)s: %(words)s")
    told = [pair % {"label": label, "words": words} for label, words in filters]
    return pgettext("between filters", "; ").join(told) if told else _("none, the whole list")
