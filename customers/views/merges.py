"""Two files of one person: side by side, merged, and taken apart again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.meanwhile import ChangedMeanwhile
from common.paging import keyset_page
from customers.choices import DuplicateState
from customers.forms.merging import MergeForm
from customers.merging import PAGE, side_by_side
from customers.models import DuplicatePair, Merge
from customers.services.errors import MergeRefused
from customers.services.merging import merge_customers
from customers.services.unmerging import undo_merge
from customers.wording import merge_refused, remnant_words


def _own_pairs(user):
    pairs = DuplicatePair.objects.visible_to(user).exclude(state=DuplicateState.DIFFERENT)
    return pairs.select_related("first", "second")


@require_http_methods(["GET", "POST"])
@permission_required("customers.merge_customer", raise_exception=True)
def duplicate_merge(request, pk):
    pair = get_object_or_404(_own_pairs(request.user), pk=pk)
    gone = next((person for person in (pair.first, pair.second) if person.is_void), None)
    if gone is not None:  # somebody was quicker: her address leads on
        messages.info(request, _("This pair has been merged already."))
        return redirect("customers:detail", pk=gone.pk)
    form, problem = MergeForm(request.POST or None, page=side_by_side(pair)), ""
    if request.method == "POST" and form.is_valid():
        kept, gone = form.kept_and_gone(pair)
        told = {"by": request.user, "now": timezone.now(), "seen": form.cleaned_data["seen"], "pair": pair}
        try:
            merge_customers(kept, gone, choices=form.choices(), **told)
        except MergeRefused as error:
            problem = merge_refused(error)
        except ChangedMeanwhile:
            problem = _(
                "One of the two files was changed while this page was open. Nothing has been merged; look again."
            )
            form = form.reopened(side_by_side(pair))
        else:
            messages.success(request, _("%(gone)s is part of this file now.") % {"gone": gone.name})
            return redirect("customers:detail", pk=kept.pk)
    context = {"pair": pair, "page": form.page, "form": form, "problem": problem}
    return render(request, "customers/merge.html", context, status=409 if problem else 200)


@require_safe
@permission_required("customers.merge_customer", raise_exception=True)
def merge_list(request):
    merges = Merge.objects.visible_to(request.user).select_related("kept", "gone", "by", "undone_by")
    page = keyset_page(merges, ("-id",), after=request.GET.get("after", ""), size=PAGE)
    for merge in page.rows:
        merge.left = remnant_words(merge)
    return render(request, "customers/merges.html", {"merges": page.rows, "next": page.next})


@require_POST
@permission_required("customers.merge_customer", raise_exception=True)
def merge_undo(request, pk):
    merge = get_object_or_404(Merge.objects.visible_to(request.user).select_related("kept", "gone"), pk=pk)
    try:
        undo_merge(merge, by=request.user, now=timezone.now())
    except MergeRefused as error:
        messages.error(request, merge_refused(error))
    else:
        words = {"gone": merge.gone.name, "kept": merge.kept.name}
        messages.success(request, _("%(gone)s and %(kept)s have files of their own again.") % words)
        for line in remnant_words(merge):
            messages.warning(request, line)
    return redirect("customers:merges")
