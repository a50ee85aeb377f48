"""One customer: the page, its timeline, the history of every field."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit.choices import Source
from audit.models import Change
from audit.reading import read_changes
from common.paging import keyset_page
from customers.answers import known_hour
from customers.models import Customer
from customers.reading import cars_of, days_since, former_cars, verified_at
from customers.services.segments import dial_of
from customers.standing import merged_ids, merges_of, standing_id
from customers.timeline import GROUPS, timeline
from customers.wording import answering, birthday_words, segment_reason

HISTORY_PAGE = 50
SOURCES = dict(Source.choices)


def customer_or_404(request, pk):
    rows = Customer.objects.visible_to(request.user).alive().select_related("store")
    return get_object_or_404(rows, pk=pk)


def _wired(user, entries, pk):
    """Of (URL name, permission, …) declared by the roof, those that the reader may open, with the URL in front."""
    for url_name, permission, *rest in entries:
        if user.has_perm(permission):
            yield reverse(url_name, args=[pk]), *rest


def render_detail(request, customer, *, revealed=None):
    """The whole page; `revealed` is the id of a phone whose number is shown in full."""
    today, zone = timezone.localdate(), customer.store.zone
    phones = list(customer.phones.all())
    living = [phone for phone in phones if not phone.is_void]
    for phone in phones:
        phone.verified_days = days_since(phone.verified_at, today, zone)
        phone.source_label = SOURCES.get(phone.source, phone.source)
    group = request.GET.get("group", "")
    context = {
        "customer": customer,
        "phones": living,
        "retired": [phone for phone in phones if phone.is_void],
        "revealed": revealed,
        "verified_days": days_since(verified_at(customer, living), today, zone),
        "birthday": birthday_words(customer.birthday, customer.birthday_is_lunar),
        "answering": answering(known_hour(customer)),
        "segment_reason": segment_reason(customer, dial_of(customer.store)),
        "merges": merges_of(customer),
        "cars": cars_of(customer, today=today),
        "former_cars": former_cars(customer),
        "page": timeline(customer, request.user, group=group, before=request.GET.get("before", "")),
        "groups": GROUPS,
        "group": group if group in GROUPS else "",
        "panels": [url for (url,) in _wired(request.user, settings.CUSTOMER_PANELS, customer.pk)],
        "quiet_url": next((url for (url,) in _wired(request.user, settings.CUSTOMER_QUIET_PAGES, customer.pk)), ""),
        "actions": list(_wired(request.user, settings.CUSTOMER_ACTIONS, customer.pk)),
    }
    return render(request, "customers/detail.html", context)


@require_GET
@permission_required("customers.view_customer", raise_exception=True)
def detail(request, pk):
    gone = Customer.objects.visible_to(request.user).filter(pk=pk, is_void=True, merged_into__isnull=False).first()
    if gone is not None:
        messages.info(request, _("The file of %(name)s is part of this one.") % {"name": gone.name})
        return redirect("customers:detail", pk=standing_id(gone.pk))
    return render_detail(request, customer_or_404(request, pk))


@require_GET
@permission_required("customers.view_customer", raise_exception=True)
def timeline_page(request, pk):
    """The fragment: the whole timeline when a group is chosen, only the earlier events when `before` is given."""
    customer = customer_or_404(request, pk)
    group, before = request.GET.get("group", ""), request.GET.get("before", "")
    context = {
        "customer": customer,
        "page": timeline(customer, request.user, group=group, before=before),
        "groups": GROUPS,
        "group": group if group in GROUPS else "",
    }
    return render(request, f"customers/_timeline{'_page' if before else ''}.html", context)


@require_GET
@permission_required("customers.view_customer", raise_exception=True)
def history(request, pk):
    customer = customer_or_404(request, pk)
    changes = Change.objects.visible_to(request.user).of_customers([customer.pk, *merged_ids(customer)])
    page = keyset_page(changes, ("-at", "-id"), after=request.GET.get("after", ""), size=HISTORY_PAGE)
    context = {"customer": customer, "lines": read_changes(page.rows), "next": page.next}
    return render(request, "customers/history.html", context)
