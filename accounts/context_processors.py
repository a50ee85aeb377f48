"""What base.html needs on every page."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def navigation(request):
    """`navigation`: the entries of settings.NAVIGATION that the reader may open, each a dict (label, url, icon, is_here)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    here = request.resolver_match.namespace if request.resolver_match else ""
    entries = []
    for label, url_name, permission, icon, spaces in settings.NAVIGATION:
        if permission is not None and not user.has_perm(permission):
            continue
        try:
            url = reverse(url_name)
        except NoReverseMatch:  # while the house is being built; goes before the first release
            continue
        entries.append({"label": label, "url": url, "icon": icon, "is_here": here in spaces})
    return {"navigation": entries}
