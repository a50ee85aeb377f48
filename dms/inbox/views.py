"""The page of the watched folder: what lies there, what became of it, and “try again”."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dms.errors import WrongState
from dms.inbox.pages import inbox_page
from dms.inbox.reading import IN_FAILED, put_back
from dms.inbox.report import report_lines
from dms.models import InboxFile


def own_file(request, pk):
    """A settled file of the reader's own store, or 404."""
    files = InboxFile.objects.visible_to(request.user).filter(settled_at__isnull=False)
    return get_object_or_404(files.select_related("store", "batch"), pk=pk)


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def inbox(request):
    if request.user.store is None:
        raise PermissionDenied
    return render(request, "dms/inbox.html", {"page": inbox_page(request.user.store)})


@require_safe
@permission_required("dms.view_batch", raise_exception=True)
def report(request, pk):
    file = own_file(request, pk)
    page = {"file": file, "lines": report_lines(file), "may_try_again": file.state in IN_FAILED}
    return render(request, "dms/inbox_report.html", page)


@require_POST
@permission_required("dms.add_batch", raise_exception=True)
def retry(request, pk):
    file = own_file(request, pk)
    try:
        put_back(file, by=request.user)
    except WrongState:
        messages.error(request, _("This file has been dealt with meanwhile."))
    except FileNotFoundError:
        messages.error(request, _("The file is no longer in the folder for failed files."))
    else:
        messages.success(
            request,
            _("%(file)s is read again within two minutes.") % {"file": file.name},
        )
    return redirect("dms:inbox")
