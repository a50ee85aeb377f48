"""One's own account, and the two pages that only lead on: home and settings."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.views import LoginView
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.absences import absences_to_come
from accounts.forms import MeForm, OwnPasswordForm
from accounts.models import User
from accounts.navigation import entries_for, settings_pages_for
from accounts.services import set_password, update_account
from audit.meanwhile import told
from common.pages import nearest_page

AWAY = dt.timedelta(minutes=30)  # a shorter gap is a change of the browser, not an absence


class Login(LoginView):
    """Django's, which keeps for the first page since when the person was away (office.views.away)."""

    def form_valid(self, form):
        since = form.get_user().seen_at
        response = super().form_valid(form)
        if since is not None and timezone.now() - since >= AWAY:
            self.request.session["away_since"] = since.isoformat()
        return response


@require_GET
def home(request):
    """The first page of the navigation that this person may open."""
    entries = entries_for(request.user)
    if entries:
        return redirect(entries[0]["url"])
    return render(request, "accounts/home.html")


def locked_out(request, response, credentials):
    """Instead of the login's answer, from the failure that reached the limit until the lock opens (django-axes)."""
    return render(request, "accounts/locked_out.html", {"minutes": settings.LOGIN_LOCKOUT_MINUTES}, status=429)


@login_not_required
@require_POST
def language(request):
    """Remember the language: in the browser for the login page, and with the person from then on."""
    chosen = request.POST.get("language")
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = nearest_page(target)
    else:
        target = ""
    target = target or resolve_url("accounts:home" if request.user.is_authenticated else "accounts:login")
    response = redirect(target)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            update_account(request.user, {"language": chosen}, by=request.user)
        _remember(response, chosen)
    return response


@require_http_methods(["GET", "POST"])
def me(request):
    person = User.objects.select_related("store", "team").get(pk=request.user.pk)
    form = MeForm(request.POST or None, instance=person, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        update_account(request.user, form.changes() | {"language": form.cleaned_data["language"]}, by=request.user)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        response = redirect("accounts:me")
        _remember(response, form.cleaned_data["language"])
        return response
    away = absences_to_come(person, timezone.localdate())
    return render(request, "accounts/me.html", {"form": form, "person": person, "absences": away}, status=told(form))


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request):
    """Change one's own password: this session stays, the person's other sessions end."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = set_password(request.user, form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, person)
        messages.success(request, _("The password is changed. Other devices have to log in again."))
        return redirect("accounts:me")
    return render(request, "accounts/password.html", {"form": form})


@require_GET
@permission_required("accounts.view_settings", raise_exception=True)
def settings_page(request):
    return render(request, "accounts/settings.html", {"pages": settings_pages_for(request.user)})


def _remember(response, chosen):
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
