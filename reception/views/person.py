"""One customer at the desk: the page, what she confirms, what is settled with her."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.choices import Source
from customers.models import Contact, Customer, Phone
from customers.services import ChangedMeanwhile, update_customer, verify_phone
from followups.services.inbound import CAME_IN, CannotTakeBack, settle_in_person, undo_inbound
from followups.wording import why_not_taken_back
from reception.forms import ArriveForm, DecideForm, ExpectForm, NoteForm, SettleForm, WorkForm
from reception.reading.person import cars_for, person_page
from reception.views.board import RECEIVE


def customer_or_404(request, customer_id):
    rows = Customer.objects.visible_to(request.user).alive().select_related("store")
    return get_object_or_404(rows, pk=customer_id)


def render_person(request, customer, status=200, **bound):
    """The whole page; `bound` are forms that were refused, in the place of the empty ones of their kind."""
    now = timezone.localtime()
    page = person_page(customer, request.user, now)
    cars, me = cars_for(customer), request.user.full_name
    begin = "purpose" if page.here is None and not bound else ""
    forms = {
        "arrive": ArriveForm(cars=cars, begin=begin),
        "expect": ExpectForm(cars=cars, initial={"told_by": customer.contact_person or customer.name}),
        "settle": SettleForm(items=page.topics),
        "note": NoteForm(initial={"sat_with": me}, store_id=customer.store_id),
        "work": WorkForm(cars=cars, initial={"asked_by": me}),
        "decide": DecideForm(initial={"decided_by": customer.contact_person or customer.name}),
    }
    panels = [
        reverse(name, args=[customer.pk]) for name, right in settings.ARRIVAL_PANELS if request.user.has_perm(right)
    ]
    context = {"page": page, "customer": customer, "forms": forms | bound, "panels": panels, "refused": list(bound)}
    return render(request, "reception/person.html", context, status=status)


def tell(form, fault):
    """A service's faults at the form's fields; those of no field above it."""
    for name, errors in fault.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def back_to(customer_id, anchor=""):
    return redirect(reverse("reception:person", args=[customer_id]) + anchor)


@require_GET
@permission_required(RECEIVE, raise_exception=True)
def person(request, customer_id):
    return render_person(request, customer_or_404(request, customer_id))


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def settle(request, customer_id):
    customer, now = customer_or_404(request, customer_id), timezone.localtime()
    form = SettleForm(request.POST, items=person_page(customer, request.user, now).topics)
    if form.is_valid():
        try:
            told = {"topics": form.topics(), "note": form.cleaned_data["note"], "answers": form.answers()}
            settle_in_person(customer, **told, by=request.user, now=now)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Written down; nobody rings about it again."))
            return back_to(customer.pk, "#settle")
    return render_person(request, customer, 422, settle=form)


@require_POST
@permission_required(RECEIVE, raise_exception=True)
def unsettle(request, pk):
    rows = Contact.objects.visible_to(request.user).filter(origin=CAME_IN.origin).select_related("customer__store")
    contact = get_object_or_404(rows, pk=pk)
    try:
        undo_inbound(contact, by=request.user, now=timezone.now())
    except CannotTakeBack as refusal:
        messages.warning(request, why_not_taken_back(refusal))
    else:
        messages.success(request, _("Taken back; what it had settled is open again."))
    return back_to(contact.customer_id, "#settle")


@require_POST
@permission_required([RECEIVE, "customers.change_customer"], raise_exception=True)
def confirm(request, customer_id):
    """She says that a value is right: `what` is "phone:<id>" or "address"; `shown` is the address she was shown."""
    customer, now = customer_or_404(request, customer_id), timezone.now()
    what, _colon, pk = request.POST.get("what", "").partition(":")
    how = {"by": request.user, "source": Source.FORM, "now": now}
    try:
        if what == "phone":
            phones = Phone.objects.alive().filter(customer=customer)
            verify_phone(get_object_or_404(phones, pk=pk if pk.isdecimal() else None), **how)
        else:
            shown = request.POST.get("shown", "")
            update_customer(customer, {"address": shown}, verified=True, seen={"address": shown}, **how)
    except ChangedMeanwhile:
        messages.warning(request, _("Somebody has changed this meanwhile. Please look again."))
    else:
        messages.success(request, _("Confirmed."))
    return back_to(customer.pk, "#checks")
