"""What base.html needs on every page."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.navigation import entries_for


def navigation(request):
    """`navigation`: the entries the reader may open, each a dict (label, url, icon, is_here); `find_url`: where "/" leads."""
    user = getattr(request, "user", AnonymousUser())
    entries = entries_for(user)
    here = _here(request.resolver_match, entries)
    name, right = settings.FIND_PAGE
    return {
        "navigation": [{**entry, "is_here": here in entry["spaces"]} for entry in entries],
        "find_url": reverse(name) if user.has_perm(right) else "",
    }


def _here(match, entries) -> str:
    """The space of the page: its own name where an entry claims it, else its app's."""
    if match is None:
        return ""
    name = match.view_name
    return name if any(name in entry["spaces"] for entry in entries) else match.namespace
