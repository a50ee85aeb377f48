"""Notices in words. The floors above say what their codes mean; settings.NOTICE_WORDINGS lists their registries."""

import functools
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string


@functools.cache
def _words() -> dict[str, Callable[[dict], str]]:
    return {code: wording for dotted in settings.NOTICE_WORDINGS for code, wording in import_string(dotted).items()}


def word(code, params) -> str:
    """The sentence for a code, in the reader's language. A code nobody words any more is shown as it is."""
    wording = _words().get(code)
    return wording(params) if wording else code
