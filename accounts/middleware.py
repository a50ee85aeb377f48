"""Small courtesies of the door: the reader's language, the store's time zone, the idle clock, a login that leads back."""

import datetime as dt
import time
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation

from accounts.models import User


class LanguageMiddleware:
    """The person's own language, else the browser's cookie, else Chinese.

    What the browser prefers (Accept-Language) is not asked: a dealership's computers are often set up in English,
    and the people in front of them are not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = dict(settings.LANGUAGES)
        wishes = (getattr(request.user, "language", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
        language = next((wish for wish in wishes if wish in known), settings.LANGUAGE_CODE)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class DoorMiddleware(LoginRequiredMiddleware):
    """Sends strangers to the login page, from where they come back to the *page* they were on.

    A fragment's request cannot be answered with a redirect (the login form would land inside a table): it becomes
    HX-Redirect. A POST cannot be repeated by a link: the page that held the form is what they come back to.

    And what a person saw is not kept: on a shared computer the browser's back button shows nothing after logout.
    """

    def process_response(self, request, response):
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response

    def handle_no_permission(self, request, view_func):
        page = self._page(request)
        login = resolve_url(self.get_login_url(view_func))
        target = f"{login}?{urlencode({'next': page}, safe='/')}" if page else login
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return redirect(target)

    @staticmethod
    def _page(request):
        if request.htmx:
            return request.htmx.current_url_abs_path or ""
        if request.method in {"GET", "HEAD"}:
            return request.get_full_path()
        origin = urlsplit(request.headers.get("Referer", ""))
        if origin.netloc != request.get_host():
            return ""
        return f"{origin.path}?{origin.query}" if origin.query else origin.path


class IdleMiddleware:
    """The session ends `SESSION_COOKIE_AGE` seconds after the last click, give or take STEP.

    Stamped at most once in STEP, so that a click does not cost a write. Requests that a page makes by itself
    (settings.BACKGROUND_URL_NAMES) are no clicks: an unattended desk must not stay logged in.
    """

    STEP = 60  # seconds
    NOTED = dt.timedelta(minutes=5)  # the person's own stamp, from which her next login counts how long she was away

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.user.is_authenticated and request.resolver_match.view_name not in settings.BACKGROUND_URL_NAMES:
            now = int(time.time())
            if now - request.session.get("seen", 0) >= self.STEP:
                request.session["seen"] = now
                moment = timezone.now()
                if request.user.seen_at is None or moment - request.user.seen_at >= self.NOTED:
                    User.objects.filter(pk=request.user.pk).update(seen_at=moment)


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
