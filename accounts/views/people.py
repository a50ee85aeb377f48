"""People: list with search, new, edit, password, deactivate and reactivate."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import NewPersonForm, PasswordForm, PersonForm
from accounts.models import User
from accounts.services import (
    Refused,
    create_account,
    deactivate_account,
    reactivate_account,
    set_password,
    update_account,
)
from audit.meanwhile import told
from common.meanwhile import ChangedMeanwhile

PAGE = 50


@require_GET
@permission_required("accounts.view_user", raise_exception=True)
def person_list(request):
    search = request.GET.get("q", "").strip()
    inactive = request.GET.get("state") == "inactive"
    people = User.objects.visible_to(request.user).filter(is_active=not inactive).matching(search)
    page = Paginator(
        people.select_related("store", "team").order_by("store__code", "team__name", "full_name", "pk"), PAGE
    ).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "search": search, "inactive": inactive})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@permission_required("accounts.add_user", raise_exception=True)
def person_new(request):
    form = NewPersonForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        person = create_account(**form.changes(), password=form.cleaned_data["password"], by=request.user)
        messages.success(
            request,
            _("%(person)s can log in now as %(username)s.") % {"person": person, "username": person.username},
        )
        return redirect("accounts:people")
    return render(request, "accounts/person_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("accounts.change_user", raise_exception=True)
def person_edit(request, pk):
    person = get_object_or_404(User.objects.visible_to(request.user).select_related("store", "team"), pk=pk)
    form = PersonForm(request.POST or None, instance=person, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            update_account(person, form.changes(), by=request.user, seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:people")
    return render(request, "accounts/person_form.html", {"form": form, "person": person}, status=told(form))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@permission_required("accounts.change_user", raise_exception=True)
def person_password(request, pk):
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = PasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        set_password(person, form.cleaned_data["password"], by=request.user)
        messages.success(request, _("%(person)s has a new password.") % {"person": person})
        return redirect("accounts:person_edit", pk=person.pk)
    return render(request, "accounts/person_password.html", {"form": form, "person": person})


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def person_deactivate(request, pk):
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    held = import_string(settings.HOLDINGS_OF)(person)
    if held and person != request.user and "anyway" not in request.POST:
        hand_over = settings.HAND_OVER_PAGE[0] if request.user.has_perm(settings.HAND_OVER_PAGE[1]) else ""
        context = {"person": person, "held": held, "hand_over": hand_over}
        return render(request, "accounts/person_leaves.html", context, status=409)
    try:
        deactivate_account(person, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        import_string(settings.AFTER_DEACTIVATION)(person, by=request.user, now=timezone.now())
        messages.success(request, _("%(person)s cannot log in any more.") % {"person": person})
    return redirect("accounts:person_edit", pk=person.pk)


@require_POST
@permission_required("accounts.change_user", raise_exception=True)
def person_reactivate(request, pk):
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    reactivate_account(person, by=request.user)
    messages.success(request, _("%(person)s can log in again.") % {"person": person})
    return redirect("accounts:person_edit", pk=person.pk)
