"""The care list: messages to be sent, marked as sent, taken home for an SMS platform."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.workbooks import workbook
from followups import wording
from followups.forms import FestivalForm, SendForm
from followups.reading.care_list import COLUMNS, TABS, care_page, chosen, export_rows, items_of
from followups.rules import BY_CODE
from followups.services.care_list import decline_messages, make_festival_list, mark_sent, record_export
from followups.views.decisions import own_store

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@permission_required("followups.work_queue", raise_exception=True)
def care_list(request):
    own_store(request)
    now = timezone.localtime()
    tab, kind = chosen(request.GET)
    page = care_page(request.user, now, tab=tab, kind=kind, after=request.GET.get("after", ""))
    context = {"page": page, "tabs": TABS.items(), "tab": tab, "kind": kind, "now": now}
    return render(request, "followups/care_list.html", context)


@require_POST
@permission_required("followups.work_queue", raise_exception=True)
def care_send(request):
    store, now, form = own_store(request), timezone.localtime(), SendForm(request.POST)
    try:
        form.full_clean()
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        _write(store, form.cleaned_data, request, now)
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    where = {name: request.POST.get(name, "") for name in ("tab", "kind")}
    return redirect(f"{reverse('followups:care_list')}?{urlencode(where)}")


def _write(store, values, request, now):
    items = items_of(store, values["tab"], now.date()).filter(created_at__lte=values["as_of"])
    items = items.filter(rule=values["kind"]) if values["kind"] else items
    items = items if values["whole"] else items.filter(pk__in=values["item"])
    how = {"store": store, "by": request.user, "now": now}
    if values["deed"] == "drop":
        result = wording.dropped(decline_messages(items, note=values["note"], **how))
    else:
        result = wording.sent(mark_sent(items, channel=values["channel"], **how))
    for level, text in result:
        messages.add_message(request, level, text)


@require_POST
@permission_required(["followups.work_queue", "customers.reveal_phone"], raise_exception=True)
def care_export(request):
    store, now = own_store(request), timezone.localtime()
    kind = request.POST.get("kind") if request.POST.get("kind") in BY_CODE else ""
    items, lines = export_rows(request.user, now, kind=kind)
    if not lines:
        messages.info(request, _("There is nobody to send a text message to."))
        return redirect("followups:care_list")
    record_export(items, store=store, by=request.user)
    content = workbook(_("Care list"), [_(name) for name in COLUMNS], lines, made_at=now)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="care-{store.code}-{now:%Y%m%d-%H%M}.xlsx"'
    return response


@require_POST
@permission_required("followups.manage_queue", raise_exception=True)
def care_festival(request):
    store, form = own_store(request), FestivalForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Choose a festival."))
        code, year = form.cleaned_data["festival"]
        made = make_festival_list(store, code, year=year, by=request.user, now=timezone.now())
        messages.success(request, wording.festival_made(code, made))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    return redirect(f"{reverse('followups:care_list')}?tab=later")
