"""What base.html needs on every page."""

from django.contrib.auth.models import AnonymousUser

from accounts.navigation import entries_for


def navigation(request):
    """`navigation`: the entries the reader may open, each a dict (label, url, icon, is_here)."""
    entries = entries_for(getattr(request, "user", AnonymousUser()))
    here = _here(request.resolver_match, entries)
    return {"navigation": [{**entry, "is_here": here in entry["spaces"]} for entry in entries]}


def _here(match, entries) -> str:
    """The space of the page: its own name where an entry claims it, else its app's."""
    if match is None:
        return ""
    name = match.view_name
    return name if any(name in entry["spaces"] for entry in entries) else match.namespace
