"""The control by which a list page offers its rows as a sheet."""

from django import template
from django.urls import reverse

from office.exports.lists import all_lists

register = template.Library()


@register.inclusion_tag("partials/export_link.html", takes_context=True)
def export_link(context, code, look="btn-outline-secondary", **path):
    """{% export_link "customers" %}: leads to the export of what this page shows, filters and all; nothing for who may not.

    `look`: a class of buttons, as those beside it have. `path` names what of the page's address stands in its path and not in its query.
    """
    request = context["request"]
    if not all_lists()[code].opens_to(request.user):
        return {}
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in path.items():
        query[name] = value
    encoded = query.urlencode()
    address = reverse("exports:new", args=[code])
    return {"address": f"{address}?{encoded}" if encoded else address, "look": look}
