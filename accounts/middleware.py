"""Two small courtesies of the door: a login redirect that htmx can follow, and the store's own time zone."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils import timezone


class HtmxLoginMiddleware:
    """A redirect to the login page inside a swap becomes HX-Redirect, or the login form would land inside a table."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.htmx and response.status_code == 302 and not request.user.is_authenticated:
            target = urlsplit(request.htmx.current_url_abs_path or "/")
            login = response["Location"].split("?")[0]
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = f"{login}?next={target.path}"
            return answer
        return response


class StoreTimeMiddleware:
    """Pages show moments in the zone of the reader's store."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        store = getattr(request.user, "store", None)
        if store is None:
            return self.get_response(request)
        with timezone.override(store.zone):
            return self.get_response(request)
