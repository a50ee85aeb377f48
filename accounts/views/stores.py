"""Stores: list, new, edit."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import StoreForm
from accounts.models import Store
from accounts.services import Refused, create_store, update_store
from audit.meanwhile import told
from common.meanwhile import ChangedMeanwhile


@require_GET
@permission_required("accounts.view_store", raise_exception=True)
def store_list(request):
    stores = Store.objects.visible_to(request.user).annotate(
        people_count=Count("people", filter=Q(people__is_active=True))
    )
    return render(request, "accounts/stores.html", {"stores": stores})


@require_http_methods(["GET", "POST"])
@permission_required("accounts.add_store", raise_exception=True)
def store_new(request):
    form = StoreForm(request.POST or None, initial={"live_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        store = create_store(**form.changes(), by=request.user)
        messages.success(request, _("%(store)s is set up with all its defaults.") % {"store": store})
        return redirect("accounts:stores")
    return render(request, "accounts/store_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("accounts.change_store", raise_exception=True)
def store_edit(request, pk):
    store = get_object_or_404(Store.objects.visible_to(request.user), pk=pk)
    form = StoreForm(request.POST or None, instance=store)
    if request.method == "POST" and form.is_valid():
        try:
            update_store(store, form.changes(), by=request.user, seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        except Refused as refused:
            form.add_error("is_active", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:stores")
    return render(request, "accounts/store_form.html", {"form": form, "store": store}, status=told(form))
