"""The steps of a case: door, row, form, service, answer."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from complaints import forms, services
from complaints.permissions import may_reopen
from complaints.views.page import case_of, take_step

CHANGE = permission_required("complaints.change_complaint", raise_exception=True)
CLOSE = permission_required("complaints.close_complaint", raise_exception=True)
ASKS = permission_required("complaints.recontact_complaint", raise_exception=True)


def _by(request):
    return {"by": request.user, "now": timezone.now()}


def _doing(request, service):
    """The deed of a step whose form has just what its service takes."""
    return lambda complaint, data: service(complaint, **data, **_by(request))


@require_POST
@CHANGE
def note(request, pk):
    def deed(complaint, data):
        services.reply(complaint, data["text"], kind=data["kind"], uploads=data["uploads"], **_by(request))

    return take_step(request, pk, forms.NoteForm, deed, _("The note was added."))


@require_POST
@CHANGE
def take_over(request, pk):
    return take_step(
        request, pk, forms.TakeoverForm, _doing(request, services.take_over), _("You handle this complaint now.")
    )


@require_POST
@permission_required("complaints.assign_complaint", raise_exception=True)
def assign(request, pk):
    def deed(complaint, data):
        services.assign(complaint, data.pop("to"), **data, **_by(request))

    return take_step(request, pk, forms.AssignForm, deed, _("Assigned, and told to the person."))


@require_POST
@CHANGE
def wait(request, pk):
    return take_step(request, pk, forms.WaitForm, _doing(request, services.wait), _("The clock stands still."))


@require_POST
@CHANGE
def resume(request, pk):
    return take_step(request, pk, forms.ResumeForm, _doing(request, services.resume), _("The clock runs again."))


@require_POST
@permission_required("complaints.extend_complaint", raise_exception=True)
def extend(request, pk):
    return take_step(request, pk, forms.ExtendForm, _doing(request, services.extend), _("The deadline was extended."))


@require_POST
@CHANGE
def solve(request, pk):
    return take_step(request, pk, forms.SolveForm, _doing(request, services.solve), _("Marked as solved."))


@require_POST
@ASKS
def asked(request, pk):
    """The customer was asked again, in person or on a call of one's own."""
    done = _("What the customer says is written down.")
    return take_step(request, pk, forms.AskedForm, _doing(request, services.record_recontact), done)


@require_POST
@CLOSE
def close(request, pk):
    return take_step(request, pk, forms.CloseForm, _doing(request, services.close), _("The complaint is closed."))


@require_POST
@CLOSE
def reject(request, pk):
    return take_step(request, pk, forms.RejectForm, _doing(request, services.reject), _("The complaint is rejected."))


@require_POST
@permission_required("complaints.force_close_complaint", raise_exception=True)
def force(request, pk):
    done = _("The complaint is closed by force.")
    return take_step(request, pk, forms.ForceForm, _doing(request, services.force_close), done)


@require_POST
@CHANGE
def reopen(request, pk):
    if not may_reopen(request.user, case_of(request, pk)):
        raise PermissionDenied
    done = _("The complaint is in handling again.")
    return take_step(request, pk, forms.ReopenForm, _doing(request, services.reopen), done)


@require_POST
@CHANGE
def appeal(request, pk):
    return take_step(request, pk, forms.AppealForm, _doing(request, services.appeal), _("The appeal is noted."))


@require_POST
@CLOSE
def grant(request, pk):
    done = _("The complaint is in handling again.")
    return take_step(request, pk, forms.DecideForm, _doing(request, services.grant_appeal), done)


@require_POST
@CLOSE
def dismiss(request, pk):
    done = _("The end stands as it was.")
    return take_step(request, pk, forms.DecideForm, _doing(request, services.dismiss_appeal), done)
