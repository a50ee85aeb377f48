"""What base.html needs on every page."""

from django.contrib.auth.models import AnonymousUser

from accounts.navigation import entries_for


def navigation(request):
    """`navigation`: the entries the reader may open, each a dict (label, url, icon, is_here)."""
    here = request.resolver_match.namespace if request.resolver_match else ""
    entries = entries_for(getattr(request, "user", AnonymousUser()))
    return {"navigation": [{**entry, "is_here": here in entry["spaces"]} for entry in entries]}
