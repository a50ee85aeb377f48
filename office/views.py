"""The notices of the reader: everybody who is logged in has some."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from common.paging import keyset_page
from office import services
from office.away import away_page
from office.counting import bell_of, count_anew, forget_count
from office.models import Notice

PAGE_SIZE = 30
TABS = {"": _("All"), "unread": _("Unread")}


def own_notice(request, pk):
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)


@require_safe
def notices(request):
    """What is unread first, then the newest."""
    forget_count(request)
    show = request.GET.get("show", "") if request.GET.get("show") in TABS else ""
    rows = Notice.objects.visible_to(request.user).select_related("store")
    page = keyset_page(
        rows.unread() if show else rows, ("-is_unread", "-id"), after=request.GET.get("after", ""), size=PAGE_SIZE
    )
    return render(request, "office/notices.html", {"page": page, "show": show, "tabs": TABS.items()})


@require_safe
def badge(request):
    """The bell's number for an open tab (static/js/badge.js)."""
    return JsonResponse(bell_of(request))


@require_safe
def away(request):
    """Once, on the first page after a login: what happened since the person was here last."""
    since = parse_datetime(request.session.pop("away_since", ""))
    page = away_page(request.user, since, timezone.localtime()) if since else None
    return render(request, "office/_away.html", {"page": page})


@require_POST
def open_notice(request, pk):
    """Read it and go where it leads. A POST, since a link that is only looked ahead at must not count as read."""
    notice = own_notice(request, pk)
    services.mark_opened(notice)
    count_anew(request)
    return redirect(notice.url or "office:notices")


@require_POST
def read(request, pk):
    services.mark_read(own_notice(request, pk))
    count_anew(request)
    return redirect("office:notices")


@require_POST
def read_all(request):
    services.mark_all_read(request.user)
    count_anew(request)
    return redirect("office:notices")
