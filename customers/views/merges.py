"""Two files of one person: side by side, merged, and taken apart again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.meanwhile import ChangedMeanwhile
from common.paging import keyset_page
from customers.choices import DuplicateState
from customers.duplicates import picked_pair
from customers.forms.merging import MergeForm
from customers.merging import PAGE, side_by_side
from customers.models import Customer, DuplicatePair, Merge
from customers.search import find
from customers.services.errors import MergeRefused
from customers.services.merging import merge_customers
from customers.services.unmerging import undo_merge
from customers.wording import merge_refused, remnant_words

SHOWN = 30  # found files to choose from
LONGEST_QUERY = 80


def _own_pairs(user):
    pairs = DuplicatePair.objects.visible_to(user).exclude(state=DuplicateState.DIFFERENT)
    return pairs.select_related("first", "second")


@require_http_methods(["GET", "POST"])
@permission_required("customers.merge_customer", raise_exception=True)
def duplicate_merge(request, pk):
    return _merge(request, get_object_or_404(_own_pairs(request.user), pk=pk))


@require_safe
@permission_required("customers.merge_customer", raise_exception=True)
def merge_with(request, pk):
    """The other file is searched for: not every pair is found by what two files share."""
    person = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk, is_void=False)
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = find(request.user, text, limit=SHOWN) if text else None
    if found:
        found.hits = [hit for hit in found.hits if hit.customer.store_id == person.store_id and hit.customer != person]
    return render(request, "customers/merge_with.html", {"customer": person, "text": text, "found": found})


@require_http_methods(["GET", "POST"])
@permission_required("customers.merge_customer", raise_exception=True)
def merge_picked(request, pk, other):
    """Two files that a person put side by side; the pair is written down only with the merge."""
    people = Customer.objects.visible_to(request.user)
    first, second = (get_object_or_404(people, pk=each) for each in sorted((pk, other)))
    if first == second or first.store_id != second.store_id:
        raise Http404
    return _merge(request, picked_pair(first, second), back=redirect("customers:merge_with", pk=pk).url)


def _merge(request, pair, back=""):
    gone = next((person for person in (pair.first, pair.second) if person.is_void), None)
    if gone is not None:  # somebody was quicker: her address leads on
        messages.info(request, _("This pair has been merged already."))
        return redirect("customers:detail", pk=gone.pk)
    form, problem = MergeForm(request.POST or None, page=side_by_side(pair)), ""
    if request.method == "POST" and form.is_valid():
        kept, gone = form.kept_and_gone(pair)
        told = {"by": request.user, "now": timezone.now(), "seen": form.cleaned_data["seen"]}
        told["pair"] = pair if pair.pk else None
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
    context = {"pair": pair, "page": form.page, "form": form, "problem": problem, "back": back}
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
