"""Somebody else saved first: what the form says then."""

from dataclasses import dataclass

from audit.models import Change


@dataclass(frozen=True)
class Clash:
    """One field: what stands there now, since when and by whom (None if unknown), and what was typed."""

    label: str
    stored: str
    typed: str
    change: Change | None


def conflict_of(form, record, error):
    """(the form reopened on what is stored now, the clashes). Nothing typed is lost; saving again overwrites knowingly."""
    changes = list(Change.objects.of_record(record).newest_first()[:20])
    clashes = [
        Clash(
            label=form.fields[name].label,
            stored=form.word(name, value),
            typed=form.word(name, form.cleaned_data[name]),
            change=next((change for change in changes if name in change.changes), None),
        )
        for name, value in error.stored.items()
    ]
    return form.reopened(error.stored), clashes
