"""/healthz for machines, the health page for people."""

from django.contrib.auth.decorators import login_not_required, permission_required
from django.db import DatabaseError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Store
from common.health import GOOD, Look, worst
from office.watch.alarms import PERMISSION
from office.watch.checks import ask, probe


@login_not_required
@never_cache
@require_safe
def healthz(request):
    """200 where database and broker are there, else 503. Public: no name, no number. `?full` for those who may see the health page."""
    there = probe()
    status = 200 if all(there.values()) else 503
    told = {"status": "ok" if status == 200 else "down"}
    told["checks"] = {code: "ok" if is_there else "down" for code, is_there in there.items()}
    if "full" not in request.GET or not there.get("database", True):
        return JsonResponse(told, status=status)
    try:
        if not request.user.has_perm(PERMISSION):
            return JsonResponse({"status": "forbidden"}, status=403)
    except DatabaseError:
        return JsonResponse(told | {"status": "down"}, status=503)
    answers = ask(_look(request.user))
    return JsonResponse({"status": worst(_all(answers)), "checks": _told(answers)}, status=status)


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def health(request):
    answers = ask(_look(request.user))
    bad = [answer for answer in answers if answer.tone != GOOD]
    return render(request, "office/health.html", {"answers": answers, "bad": bad, "tone": worst(_all(answers))})


def _look(user):
    return Look(timezone.now(), tuple(Store.objects.visible_to(user).active()))


def _all(answers):
    return [finding for answer in answers for finding in answer.findings]


def _told(answers):
    """Lasting codes and plain values; sentences are for people."""
    return {
        answer.check.code: {
            "state": answer.tone,
            "findings": [
                {"state": finding.tone, **({"store": finding.store.code} if finding.store else {}), **finding.facts}
                for finding in answer.findings
            ],
        }
        for answer in answers
    }
