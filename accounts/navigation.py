"""The entries of settings.NAVIGATION and settings.SETTINGS_PAGES that a person may open."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse


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
        if not user.is_authenticated or (permission is not None and not user.has_perm(permission)):
            continue
        try:
            url = reverse(url_name)
        except NoReverseMatch:  # while the house is being built; goes before the first release
            continue
        yield label, url, icon, more
