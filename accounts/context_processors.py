"""What base.html needs on every page."""

from django.contrib.auth.models import AnonymousUser

from accounts.navigation import entries_for


def navigation(request):
    """`navigation`: the entries the reader may open, each a dict (label, url, icon, is_here).

    An entry is lit on the pages of its namespaces; one that names this very page (as namespace:name) takes the light from the others.
    """
    match = request.resolver_match
    entries = entries_for(getattr(request, "user", AnonymousUser()))
    pages = {match.view_name} if match else set()
    if not any(pages & set(entry["spaces"]) for entry in entries):
        pages = {match.namespace} if match else set()
    return {"navigation": [{**entry, "is_here": bool(pages & set(entry["spaces"]))} for entry in entries]}
