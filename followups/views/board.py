"""The live board of the manager, the rows behind its numbers, and a specialist's own day."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Team
from followups.reading.board import NUMBERS, TEAM, NoSuchPerson, board_of, moment_of, opened, person_of
from followups.reading.my_day import my_day as day_of
from followups.views.decisions import own_store
from office.waiting import waiting_for


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def board(request):
    waiting = waiting_for(request.user, timezone.localtime())
    return render(request, "followups/board.html", _board(request) | {"waiting": waiting})


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def board_live(request):
    """The board again, asked for by the page itself: no click for the idle limit."""
    return render(request, "followups/_board.html", _board(request))


def _board(request):
    store, team = own_store(request), request.GET.get("team", "")
    teams = list(Team.objects.visible_to(request.user).filter(store=store, is_active=True))
    chosen = next((each for each in teams if str(each.pk) == team), None)
    page = board_of(store, timezone.localtime(), team=chosen.pk if chosen else None)
    return {"board": page, "teams": teams, "team": chosen, "numbers": NUMBERS}


@require_safe
@permission_required("followups.manage_queue", raise_exception=True)
def board_rows(request, what):
    store, now = own_store(request), timezone.localtime()
    if what not in NUMBERS:
        raise Http404
    try:
        person, name = person_of(request.GET, store)
    except NoSuchPerson:
        raise Http404 from None
    rows, following, count = opened(what, moment_of(store, now), person, after=request.GET.get("after", ""))
    context = {"what": what, "label": NUMBERS[what].label, "person": name, "is_team": person == TEAM}
    return render(request, "followups/board_rows.html", {**context, "rows": rows, "next": following, "count": count})


@require_safe
@permission_required("followups.work_queue", raise_exception=True)
def my_day(request):
    own_store(request)
    now = timezone.localtime()
    return render(request, "followups/my_day.html", {"day": day_of(request.user, now), "now": now})
