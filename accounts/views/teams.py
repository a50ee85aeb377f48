"""Teams: list, new, edit."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import TeamForm
from accounts.models import Team
from accounts.services import create_team, update_team
from audit.meanwhile import told
from common.meanwhile import ChangedMeanwhile


@require_GET
@permission_required("accounts.view_team", raise_exception=True)
def team_list(request):
    teams = (
        Team.objects.visible_to(request.user)
        .select_related("store")
        .annotate(people_count=Count("people", filter=Q(people__is_active=True)))
        .order_by("store__code", "-is_active", "name")
    )
    return render(request, "accounts/teams.html", {"teams": teams})


@require_http_methods(["GET", "POST"])
@permission_required("accounts.add_team", raise_exception=True)
def team_new(request):
    form = TeamForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        team = create_team(**form.changes(), by=request.user)
        messages.success(request, _("Team %(team)s is added.") % {"team": team})
        return redirect("accounts:teams")
    return render(request, "accounts/team_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@permission_required("accounts.change_team", raise_exception=True)
def team_edit(request, pk):
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    form = TeamForm(request.POST or None, instance=team, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            update_team(team, form.changes(), by=request.user, seen=form.seen())
        except ChangedMeanwhile as error:
            form.collide(error.stored)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:teams")
    return render(request, "accounts/team_form.html", {"form": form, "team": team}, status=told(form))
