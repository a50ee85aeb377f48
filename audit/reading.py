"""History lines in the reader's language: field labels, choices, dates and related rows worded. Reads only.

Values were stored as JSON; what they mean is asked from the model of today. A field that a model names in
`masked_fields` (phone numbers) is shown masked; one in `open_choices` ({field: choices}, other values allowed) is worded as
far as it can be; a field that no longer exists shows its stored name and value.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.choices import Deed, Source
from audit.models import Change
from common.masking import masked

EMPTY = "–"
_DEEDS = dict(Deed.choices)
_SOURCES = dict(Source.choices)


@dataclass(frozen=True)
class FieldLine:
    """One field of one change: old → new, both worded; `EMPTY` for nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One change: who, when, from where, on what kind of record, what that record is called today ("" if it is gone), its
    fields, and the labels of the fields confirmed."""

    at: dt.datetime
    who: str
    source: str
    batch_id: int | None
    deed: str
    record: str
    subject: str
    fields: list[FieldLine]
    verified: list[str]
    change: Change


def _model(label):
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model, name):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _related_names(changes) -> dict:
    """{(model, id): str(row)} of every related row that the changes mention; one query per related model."""
    wanted = defaultdict(set)
    for change in changes:
        model = _model(change.model)
        for name, pair in change.changes.items():
            field = _field(model, name)
            if isinstance(field, models.ForeignKey):
                wanted[field.related_model].update(value for value in pair if value is not None)
    return {
        (model, pk): str(row)
        for model, ids in wanted.items()
        for pk, row in model._base_manager.in_bulk([value for value in ids if isinstance(value, int)]).items()
    }


def _subjects(changes) -> dict:
    """{(model label, id): what the changed record is called today}; one query per kind of record."""
    wanted = defaultdict(set)
    for change in changes:
        wanted[change.model].add(change.object_id)
    names = {}
    for label, ids in wanted.items():
        model = _model(label)
        for pk, row in (model._base_manager.in_bulk(ids) if model else {}).items():
            names[label, pk] = masked(str(row)) if getattr(model, "name_is_masked", False) else str(row)
    return names


def _temporal(field, value):
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return date_format(timezone.localtime(moment), "Y-m-d H:i") if moment else str(value)
    day = parse_date(str(value)[:10])
    return day.isoformat() if day else str(value)


def word_value(model, name, value) -> str:
    """One stored value of a field in words; a related record is shown by its number."""
    return _word(model, _field(model, name), value, {})


def _word(model, field, value, related) -> str:
    if value is None or value in ("", [], {}):
        return EMPTY
    if field is None:
        return str(value)
    if field.name in getattr(model, "masked_fields", ()):
        return masked(str(value))
    if isinstance(field, models.ForeignKey):
        return related.get((field.related_model, value), f"#{value}")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = field.flatchoices or getattr(model, "open_choices", {}).get(field.name)
    if choices:
        return str(dict(choices).get(value, value))
    if isinstance(field, models.DateField):
        return _temporal(field, value)
    if isinstance(field, models.IntegerField):
        return f"{value:,}"
    if isinstance(field, models.DecimalField):
        return f"{Decimal(str(value)):,}"
    return str(value)


def field_label(model, name) -> str:
    """What a field is called; the stored name where the model has it no longer."""
    field = _field(model, name)
    return capfirst(str(field.verbose_name)) if field else name


def _field_line(model, name, pair, related):
    old, new = (_word(model, _field(model, name), value, related) for value in pair)
    return FieldLine(field_label(model, name), old, new)


def _in_order(model, change):
    """The changed fields in the order of the model: PostgreSQL keeps the keys of a JSON object in its own."""
    known = {field.name: place for place, field in enumerate(model._meta.fields)} if model else {}
    return sorted(
        change.changes.items(), key=lambda item: (known.get(item[0].removesuffix("_id"), len(known)), item[0])
    )


def read_changes(changes) -> list[Line]:
    """`changes` (any iterable of Change) as lines, in their order; as many queries as there are kinds of records in them."""
    changes = list(changes)
    related, subjects = _related_names(changes), _subjects(changes)
    lines = []
    for change in changes:
        model = _model(change.model)
        lines.append(
            Line(
                at=change.at,
                who=change.actor_name or _("System"),
                source=str(_SOURCES.get(change.source, change.source)),
                batch_id=change.batch_id,
                deed=str(_DEEDS.get(change.deed, _DEEDS[Deed.EDIT])),
                record=capfirst(str(model._meta.verbose_name)) if model else change.model,
                subject=subjects.get((change.model, change.object_id), ""),
                fields=[_field_line(model, name, pair, related) for name, pair in _in_order(model, change)],
                verified=[field_label(model, name) for name in change.params.get("verified", [])],
                change=change,
            )
        )
    return lines
