"""Exports as the pages ask for them."""

import uuid

from django.http import QueryDict

from office.exports.asking import ask_export
from office.exports.lists import Asked, all_lists


def make_export(code, person, *, now, query="", full=False, reason="", form_key=None):
    """The job of an export that `person` asks for."""
    asked = Asked(person, QueryDict(query), now.astimezone(person.store.zone))
    wish = {"is_full": full, "reason": reason, "form_key": form_key or uuid.uuid4().hex}
    return ask_export(all_lists()[code], asked, **wish)
