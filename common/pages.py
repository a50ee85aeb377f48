"""Which addresses are pages: a form may be answered at an address that only takes the form."""

import inspect
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve


def nearest_page(address) -> str:
    """The address itself where a link may open it, else the nearest one above that can be opened; "" where none is."""
    parts = urlsplit(address)
    if _opens(parts.path):
        return address
    path = parts.path.rstrip("/")
    while "/" in path:
        path = path[: path.rindex("/")]
        if path and _opens(f"{path}/"):
            return f"{path}/"
    return ""


def _opens(path):
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    if hasattr(view, "view_class"):
        return "get" in view.view_class.http_method_names
    while inspect.isfunction(view):
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")  # of django's require_http_methods
        if methods is not None:
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True
