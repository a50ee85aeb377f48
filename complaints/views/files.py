"""Files of a case: added, handed out."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from complaints import forms, services
from complaints.models import Complaint, ComplaintFile
from complaints.views.page import take_step
from office.attachments import serve


@require_POST
@permission_required("complaints.change_complaint", raise_exception=True)
def add(request, pk):
    def deed(complaint, data):
        services.add_files(complaint, data["uploads"], kind=data["kind"], by=request.user, now=timezone.now())

    return take_step(request, pk, forms.FilesForm, deed, _("The files were added."))


@require_GET
@permission_required("complaints.view_complaint", raise_exception=True)
def file(request, pk):
    """The file itself: a picture may be shown (?show=1), everything else is saved. Leaves an access line."""
    seen = ComplaintFile.objects.filter(complaint__in=Complaint.objects.visible_to(request.user))
    row = get_object_or_404(seen.select_related("attachment", "complaint"), pk=pk)
    shows = request.GET.get("show") == "1"
    return serve(row.attachment, by=request.user, customer_id=row.complaint.customer_id, inline=shows)
