"""Template words shared by all pages: icons, masked phones, days that read well."""

import functools
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext

from common.masking import masked

register = template.Library()


@functools.cache
def _svg(name: str) -> str:
    path = finders.find(f"bootstrap-icons/{name}.svg") or finders.find(f"js-lib-bootstrap-icons/{name}.svg")
    if path is None:
        raise template.TemplateSyntaxError(f"No icon named {name!r} in the installed icon package.")
    return Path(path).read_text(encoding="utf-8").replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


@register.simple_tag
def icon(name: str, label: str = ""):
    """The named Bootstrap icon as inline SVG: no font, CSP-clean; `label` is read out where the icon stands alone."""
    if label:
        return format_html('{}<span class="visually-hidden">{}</span>', mark_safe(_svg(name)), label)  # noqa: S308
    return mark_safe(_svg(name))  # noqa: S308


register.filter(masked)


@register.filter
def round_size(size: int) -> str:
    """`50 MB`, where filesizeformat says 50.0 MB."""
    return filesizeformat(size).replace(".0", "")


@register.filter
def thousands(number) -> str:
    """`200,000`, in both languages; what is no whole number stays as it is."""
    return f"{number:,}" if isinstance(number, int) else number


@register.filter
def listed(names) -> str:
    """`VIN, plate`, in Chinese `车架号、车牌号`."""
    return pgettext("between the names of a list", ", ").join(map(str, names))


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The page's query string with some parameters changed (None removes one); for sort and page links."""
    parameters = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            parameters.pop(key, None)
        else:
            parameters[key] = value
    encoded = parameters.urlencode()
    return f"?{encoded}" if encoded else "?"
