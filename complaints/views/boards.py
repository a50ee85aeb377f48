"""The pages of those who answer for cases."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from complaints.reading.boards import department_board, own_board, whole_board


def _board(request, board, title):
    now = timezone.now()
    return render(request, "complaints/board.html", {"board": board(request.user, now), "title": title, "now": now})


@require_GET
@permission_required("complaints.handle_own_cases", raise_exception=True)
def mine(request):
    return _board(request, own_board, _("My cases"))


@require_GET
@permission_required("complaints.oversee_department", raise_exception=True)
def department(request):
    return _board(request, department_board, _("My department"))


@require_GET
@permission_required("complaints.oversee_complaints", raise_exception=True)
def glance(request):
    return _board(request, whole_board, _("All cases at a glance"))
