"""The complaint record sheet (附件5 顾客抱怨处理记录表), as it is printed, signed and filed."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from complaints.reading.lessons import lesson_of
from complaints.views.lessons import complaint_or_404


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def sheet(request, pk):
    """Numbers stay masked: the sheet lies on desks and in folders."""
    complaint = complaint_or_404(request, pk)
    context = {
        "complaint": complaint,
        "lesson": lesson_of(complaint),
        "notes": complaint.notes.select_related("by"),
        "phone": complaint.customer.phones.alive().first(),
        "now": timezone.now(),
    }
    return render(request, "complaints/sheet.html", context)
