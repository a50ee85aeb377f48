"""The daily callback report: on screen, on paper (the same page), and as .xlsx."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audit.choices import AccessKind
from audit.services import record_accesses, record_export
from reports.forms import CallbackForm
from reports.reading.callback import callback_report
from reports.views.doors import own_store
from reports.wording import moving_words, report_title
from reports.workbooks import callback_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERMISSION = "reports.view_callback_report"
OWN = "reports.view_own_callbacks"


@require_safe
@permission_required(OWN, raise_exception=True)
def callback(request):
    """?day=…&period=day|week|month&person=…, all of them optional. Who may not read the store's report reads her own calls."""
    store, now = own_store(request), timezone.localtime()
    only = None if request.user.has_perm(PERMISSION) else request.user
    form = CallbackForm(request.GET, store=store, today=store.day_of(now), only=only)
    report = callback_report(store, now=now, **form.chosen)
    context = {"form": form, "report": report, "title": report_title(report), "moving": moving_words()}
    return render(request, "reports/callback.html", context)


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def callback_export(request):
    """The same numbers to take home; leaves a line for the sheet, and one for each customer named in it."""
    store, now = own_store(request), timezone.localtime()
    chosen = CallbackForm(request.POST, store=store, today=store.day_of(now)).chosen
    report = callback_report(store, now=now, **chosen)
    params = {"sheet": "callback_report", "day": f"{report.scope.end}", "period": report.period, "full": False}
    params["person"] = report.person.pk if report.person else None
    record_export("accounts.store", store.pk, store_id=store.pk, by=request.user, params=params)
    ids = sorted(report.customer_ids)
    how = {"store_id": store.pk, "by": request.user, "kind": AccessKind.EXPORT, "params": params}
    record_accesses("customers.customer", ids, **how)
    response = HttpResponse(callback_workbook(report), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="callbacks-{store.code}-{report.scope.end:%Y%m%d}.xlsx"'
    return response
