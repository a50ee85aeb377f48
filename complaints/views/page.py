"""The page of one case, and the one way in which its small forms are answered."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from complaints import forms, services
from complaints.lists import rows_of
from complaints.permissions import deeds_for
from complaints.reading.case import case_page
from complaints.wording import refusal

# deed -> its form on the page
FORMS = {
    "takeover": forms.TakeoverForm,
    "assign": forms.AssignForm,
    "note": forms.NoteForm,
    "files": forms.FilesForm,
    "wait": forms.WaitForm,
    "resume": forms.ResumeForm,
    "extend": forms.ExtendForm,
    "solve": forms.SolveForm,
    "asked": forms.AskedForm,
    "close": forms.CloseForm,
    "reopen": forms.ReopenForm,
    "reject": forms.RejectForm,
    "force": forms.ForceForm,
    "appeal": forms.AppealForm,
    "decide": forms.DecideForm,
    "emergency": forms.EmergencyForm,
    "callout": forms.CalloutForm,
    "arrival": forms.ArrivalForm,
}
WORDS = ("text", "resolution", "reason", "note", "unasked", "done")  # what somebody may have typed for long


MORE = ("repair_order", "recontacted_by", "store")  # of what the page names beside the list


def case_of(request, pk):
    """The case behind this reader's doors, else 404."""
    return get_object_or_404(rows_of(request.user).select_related(*MORE), pk=pk)


def case_answer(request, complaint, refused=None, status=200):
    """The page; `refused` takes the place of the empty form of its kind."""
    deeds = deeds_for(request.user, complaint)
    bound = {code: form(complaint=complaint, user=request.user) for code, form in FORMS.items() if code in deeds}
    if refused is not None:
        bound[refused.code()] = refused
    context = case_page(complaint, timezone.now()) | {"deeds": deeds, "forms": bound}
    return render(request, "complaints/detail.html", context, status=status)


def take_step(request, pk, form_class, deed, done):
    """Check the form, do the deed (complaint, cleaned data), say so; a refusal is told on the page as it now stands."""
    complaint = case_of(request, pk)
    form = form_class(request.POST, request.FILES, complaint=complaint, user=request.user)
    if not form.is_valid():
        return case_answer(request, complaint, form, status=422)
    try:
        deed(complaint, form.cleaned_data)
    except ValidationError as fault:
        tell_faults(form, fault)
        return case_answer(request, complaint, form, status=422)
    except services.NotAllowed as refused:
        messages.error(request, refusal(refused))
        fresh = case_of(request, pk)
        return case_answer(request, fresh, _rescued(form, fresh, request.user), status=409)
    messages.success(request, done)
    is_seen = rows_of(request.user).filter(pk=pk).exists()  # who gives it to another department sees it no more
    return redirect("complaints:detail", pk) if is_seen else redirect("complaints:list")


def tell_faults(form, fault):
    by_field = fault.message_dict if hasattr(fault, "error_dict") else {None: fault.messages}
    for field, sentences in by_field.items():
        form.add_error(field if field in form.fields else None, sentences)


def _rescued(form, complaint, user):
    """What was typed in a step that came too late, as a note ready to be added."""
    typed = next((form.cleaned_data[name] for name in WORDS if form.cleaned_data.get(name)), "")
    return forms.NoteForm(complaint=complaint, user=user, initial={"text": typed, "seen": complaint.stamp})
