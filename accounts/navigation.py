"""The entries of settings.NAVIGATION and settings.SETTINGS_PAGES that a person may open."""

from django.conf import settings
from django.urls import reverse


def entries_for(user):
    """Dicts (label, url, icon, spaces) of the main navigation, in the order of the settings; nothing for strangers."""
    return [
        {"label": label, "url": url, "icon": icon, "spaces": spaces}
        for label, url, icon, spaces in _open_to(user, settings.NAVIGATION)
    ]


def settings_pages_for(user):
    """Dicts (label, url, icon, text) for the settings page."""
    return [
        {"label": label, "url": url, "icon": icon, "text": text}
        for label, url, icon, text in _open_to(user, settings.SETTINGS_PAGES)
    ]


def _open_to(user, rows):
    for label, url_name, permission, icon, more in rows:
        if user.is_authenticated and (permission is None or user.has_perm(permission)):
            yield label, reverse(url_name), icon, more
