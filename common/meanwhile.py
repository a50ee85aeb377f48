"""Two people edit one record: nothing that either typed is lost, and nobody overwrites what she has not seen.

A form remembers, signed, what its page showed. When it comes back, a field that only the other one changed keeps the other's value; a field
that both changed is asked about (`clashes`); a field that only she changed is saved. This is the only mechanism for it.
"""

import copy
import datetime as dt
from dataclasses import dataclass

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

THEIRS, MINE = "theirs", "mine"
SALT = "common.meanwhile"


class ChangedMeanwhile(Exception):  # noqa: N818 - a past participle says what happened
    """Somebody else changed the very fields that this save would overwrite. `stored` is {field: value now in the database}."""

    def __init__(self, stored: dict):
        super().__init__(", ".join(stored))
        self.stored = stored


def refuse_overwriting(record, values: dict, seen: dict | None):
    """For services, under the lock of `record`: raises ChangedMeanwhile where another value has been stored since.

    `seen` is {field: value the editor was shown}. Somebody who typed the very value that is stored by now is in nobody's way.
    """
    stored = {
        field: getattr(record, field)
        for field, value in values.items()
        if field in (seen or {}) and getattr(record, field) not in (seen[field], value)
    }
    if stored:
        raise ChangedMeanwhile(stored)


@dataclass
class Clash:
    """One field that both changed, in words: what it was when the page was opened, what the other saved, what was typed here.

    `change`: who saved it and when, an audit line, where it is known (audit.meanwhile).
    """

    name: str
    label: str
    was: str
    stored: str
    typed: str
    is_asked_again: bool = False
    change: object = None


class MeanwhileMixin:
    """Base of every form over a record that others may edit meanwhile. Templates include partials/_meanwhile.html within the form.

    Of a ModelForm `opened_on` is the record as the database has it now; the form works on a copy, so that typed values never stand in
    the record that a page shows. Other forms name their fields in `watched` and give the stored values as initial ones.
    """

    opened_on = None
    secret = ()  # fields whose value must not stand in the page: a fingerprint of it does

    def __init__(self, *args, instance=None, **kwargs):
        if instance is not None:
            self.opened_on = instance
            kwargs["instance"] = copy.copy(instance)
        super().__init__(*args, **kwargs)
        self._clashes, self._asked, self._now, self.merged, self.touched = [], {}, None, [], set()

    # --- What a form may say differently ------------------------------------------------------------------------------
    def watched(self) -> list[str]:
        if self.opened_on is None:
            return []
        return [name for name in self._meta.fields if name in self.fields and not self.fields[name].disabled]

    def written(self, name):
        """(record, column) of a field: where its history is looked up."""
        return self.opened_on, name

    def stored_value(self, name):
        """As the database has it now."""
        return self.get_initial_for_field(self.fields[name], name)

    def word(self, name, value) -> str:
        """A value of the field as the page shows it."""
        field = self.fields[name]
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ModelChoiceField):
            found = field.queryset.filter(pk=value).first() if str(value or "").isdigit() else None
            return field.label_from_instance(found) if found else ""
        choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
        value = field.prepare_value(value)
        return choices.get(str(value), "" if value is None else str(value))

    # --- For views and services -----------------------------------------------------------------------------------------
    @property
    def clashes(self) -> list[Clash]:
        self._prepare()
        return self._clashes

    def is_valid(self):
        return super().is_valid() and not self.clashes

    def full_clean(self):
        self._prepare()
        super().full_clean()

    def seen(self) -> dict:
        """{field: value} on which this save goes, for services.refuse_overwriting."""
        return {name: getattr(self.opened_on, name) for name in self.watched()}

    def collide(self, stored: dict) -> None:
        """Somebody saved between the look and the save (ChangedMeanwhile.stored)."""
        for name, value in stored.items():
            if name in self.watched():
                was, self._now[name] = self._now[name], self._plain(name, value)
                self._clash(name, was)

    @property
    def shown_token(self) -> str:
        """What the page shows, signed."""
        self._prepare()
        if not self._now:
            return ""
        asked = {clash.name: self._asked[clash.name] for clash in self._clashes}
        return signing.dumps({"of": self._of(), "shown": self._now, "asked": asked}, salt=SALT, compress=True)

    # --- Within -----------------------------------------------------------------------------------------------------------
    def _of(self):
        return sorted(
            f"{record._meta.label}:{record.pk}" for record in {self.written(name)[0] for name in self.watched()}
        )

    def _prepare(self):
        """Once, when all fields are there: compare what the page showed, what is stored, and what was typed."""
        if self._now is not None:
            return
        self._now = {name: self._plain(name, self.stored_value(name)) for name in self.watched()}
        if not self.is_bound or not self._now:
            return
        self.data = self.data.copy()
        memory = self._memory()
        for name, shown in memory["shown"].items():
            if name not in self._now:
                continue
            choice = self.data.get(f"choice-{name}")
            if name in memory["asked"] and choice == THEIRS:
                self._put(name, shown)
            if name in memory["asked"] and choice not in (THEIRS, MINE):
                self._clash(name, memory["asked"][name], again=True)
            elif shown != self._now[name]:
                self._merge(name, shown)
        self.touched = {name for name in self._now if self._is_typed(name, self._now[name])}

    def _merge(self, name, shown):
        if not self._is_typed(name, shown):
            self._put(name, self._now[name])
            self.merged.append(str(self.fields[name].label))
        elif self._is_typed(name, self._now[name]):
            self._clash(name, shown)

    def _memory(self) -> dict:
        """What came back; a page that carries none, or another record's, was opened on what is stored."""
        try:
            memory = signing.loads(self.data.get("shown", ""), salt=SALT)
        except signing.BadSignature:
            memory = {}
        return memory if memory.get("of") == self._of() else {"shown": {}, "asked": {}}

    def _clash(self, name, was, *, again=False):
        typed = self._raw(name)
        words = [self._told(name, value) for value in (was, self._now[name])]
        mine = self.word(name, self._python(name, typed))
        self._asked[name] = was
        self._clashes = [clash for clash in self._clashes if clash.name != name]
        self._clashes.append(Clash(name, str(self.fields[name].label), *words, mine, is_asked_again=again))

    def _told(self, name, plain):
        return "" if name in self.secret else self.word(name, self._python(name, plain))

    def _raw(self, name):
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _is_typed(self, name, plain) -> bool:
        if name in self.secret:
            return self._plain(name, self._raw(name)) != plain
        return self.fields[name].has_changed(self._python(name, plain), self._raw(name))

    def _plain(self, name, value):
        """As JSON knows it."""
        value = self.fields[name].prepare_value(value)
        if isinstance(value, Model):
            value = value.pk
        elif isinstance(value, (dt.date, dt.time)):
            value = value.isoformat()
        value = "" if value is None else value
        return _fingerprint(value) if name in self.secret else value

    def _python(self, name, plain):
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return plain
        try:
            return field.to_python(plain)
        except ValidationError:
            return plain

    def _put(self, name, plain):
        """As if this had been typed."""
        key, value = self.add_prefix(name), self.fields[name].prepare_value(self._python(name, plain))
        if name in self.secret:
            value = self.stored_value(name)
        if isinstance(self.fields[name].widget, forms.CheckboxInput):
            self.data.pop(key, None)
            if value:
                self.data[key] = "on"
        else:
            self.data[key] = "" if value is None else str(value)


def _fingerprint(value) -> str:
    return signing.Signer(salt=SALT).signature(str(value))
