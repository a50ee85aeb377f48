"""Paging by key and capped counts: a list costs the same on its first and on its thousandth page."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q

SEPARATOR = "~"


@dataclass(frozen=True)
class KeysetPage:
    """`rows` of this page, and the token of the next one ("" on the last)."""

    rows: list
    next: str


def keyset_page(queryset, order, *, after="", size=50) -> KeysetPage:
    """The `size` rows that follow `after`, the token of an earlier page ("" or nonsense: the first page).

    `order` names plain columns, all ascending ("due_on", "id") or all descending ("-id",), the last one unique and none
    of them null. Rows are ordered by it.
    """
    falling = order[0].startswith("-")
    names = [name.lstrip("-") for name in order]
    values = _values(queryset.model, names, after)
    if values:
        queryset = queryset.filter(_beyond(names, values, "lt" if falling else "gt"))
    rows = list(queryset.order_by(*order)[: size + 1])
    if len(rows) <= size:
        return KeysetPage(rows, "")
    rows = rows[:size]
    fields = [queryset.model._meta.get_field(name) for name in names]
    return KeysetPage(rows, SEPARATOR.join(field.value_to_string(rows[-1]) for field in fields))


def _values(model, names, token):
    words = token.split(SEPARATOR) if token else []
    if len(words) != len(names):
        return None
    try:
        values = [model._meta.get_field(name).to_python(word) for name, word in zip(names, words, strict=True)]
    except ValidationError:
        return None
    naive = [value for value in values if isinstance(value, dt.datetime) and value.tzinfo is None]
    return None if naive else values


def _beyond(names, values, word):
    """(a, b) > (x, y), with a >= x beside it so that the index on the first column bounds the scan."""
    beyond, equal = Q(), {}
    for name, value in zip(names, values, strict=True):
        beyond |= Q(**equal, **{f"{name}__{word}": value})
        equal[name] = value
    return Q(**{f"{names[0]}__{word}e": values[0]}) & beyond


def capped_count(queryset, limit=1000) -> str:
    """How many rows as text, "1,000+" beyond `limit`: nobody reads the difference, and counting it costs."""
    count = queryset.order_by()[: limit + 1].count()
    return f"{limit:,}+" if count > limit else f"{count:,}"
