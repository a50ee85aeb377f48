"""Words of the import pages: how a batch, a row error and a conflict are told to a person."""

import re

from django import template
from django.apps import apps
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.masking import masked, sheltered
from dms.choices import BatchState
from dms.sheets import all_sheets
from dms.undo import COUNTED, can_be_undone, numbers_of
from dms.wording import advice, after_failure, remnant_reason, word

register = template.Library()

_DIGITS = re.compile(r"\d{7,}")


register.filter(sheltered)


@register.filter
def shown_value(error) -> str:
    """What stood in the cell; of a telephone cell, whatever is wrong with it, any longer run of digits is masked."""
    if error.code.startswith("phone_"):
        return _DIGITS.sub(lambda found: masked(found[0]), sheltered(error.value))
    return sheltered(error.value)


@register.filter
def reason(error) -> str:
    return sheltered(word(error.code, error.params))


@register.filter
def suggested(error) -> str:
    """What may have been meant, or what to do about it."""
    return sheltered(error.suggestion) if error.suggestion else advice(error.code)


@register.filter
def problem(batch) -> str:
    """Why the batch as a whole could not go on, in the reader's language."""
    return word(batch.error_code, batch.error_params)


@register.filter
def what_to_do(batch) -> str:
    """What is in of an import that stopped, and how to go on."""
    return word(*after_failure(batch)[1])


@register.filter
def warning_text(warning) -> str:
    """What a reader of the whole file should know ({"code", "params"} of Batch.warnings)."""
    return sheltered(word(warning["code"], warning["params"]))


@register.filter
def worded(code, params) -> str:
    """A stored code with its parameters in words."""
    return sheltered(word(code, params))


@register.filter
def sheet_label(code) -> str:
    return next((str(sheet.label) for sheet in all_sheets() if sheet.code == code), code)


@register.filter
def encoding_label(encoding) -> str:
    """The encoding as people call it; whether there was a byte order mark is nobody's business."""
    return encoding.upper().removesuffix("-SIG")


@register.filter
def duration(batch) -> str:
    """How long the run took from its first claim to its end."""
    minutes, seconds = divmod(round((batch.finished_at - batch.started_at).total_seconds()), 60)
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
    return _("%(seconds)s s") % {"seconds": max(seconds, 1)}


@register.filter
def known_counts(batch) -> dict:
    """The numbers to show for a batch: of the run, else of the preview; {} before any."""
    if batch.state in (BatchState.CHECKING, BatchState.UPLOADED):
        return {}
    return batch.counts or batch.preview


@register.filter
def model_label(label) -> str:
    """A model's own name for `customers.vehicle`; the floors above are asked by name, never imported."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


@register.filter
def is_undoable(batch) -> bool:
    return can_be_undone(batch)


@register.filter
def undo_numbers(batch) -> dict:
    return numbers_of(batch)


@register.filter
def undo_records(batch) -> list:
    """[(model label, restored, retired, kept)] of what the undo has done so far."""
    labels = sorted({label for name in COUNTED for label in batch.undo.get(name, {})})
    return [(label, *(batch.undo.get(name, {}).get(label, 0) for name in COUNTED)) for label in labels]


@register.filter
def cell_label(remnant) -> str:
    """What the field of a remnant is called."""
    model = apps.get_model(remnant.model)
    return capfirst(str(model._meta.get_field(remnant.field).verbose_name))


@register.filter(name="remnant_reason")
def reason_of_remnant(remnant) -> str:
    return remnant_reason(remnant)


@register.filter
def remnant_day(remnant):
    """When that happened which keeps it; None where nobody wrote it down."""
    return parse_datetime(remnant.params["at"]) if remnant.params.get("at") else None
