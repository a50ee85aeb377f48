"""What base.html needs on every page."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.navigation import entries_for


def navigation(request):
    """`navigation`: the entries the reader may open, each a dict (label, url, icon, is_here); `find_url`: where "/" leads."""
    here = request.resolver_match.namespace if request.resolver_match else ""
    user = getattr(request, "user", AnonymousUser())
    name, right = settings.FIND_PAGE
    return {
        "navigation": [{**entry, "is_here": here in entry["spaces"]} for entry in entries_for(user)],
        "find_url": reverse(name) if user.has_perm(right) else "",
    }
