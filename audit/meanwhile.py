"""Who saved what, for the dialog about fields that two people changed (common.meanwhile); and what was typed for a record that is gone."""

from functools import wraps

from django.http import Http404
from django.shortcuts import render

from audit.models import Change

LOOKED_AT = 20  # lines of history of a record


def told(form) -> int:
    """Put to each clash of `form` who saved it and when; the status of the page: 409 where there is one, else 200."""
    lines = {}
    for clash in form.clashes:
        record, column = form.written(clash.name)
        if record not in lines:
            lines[record] = list(Change.objects.of_record(record).newest_first()[:LOOKED_AT])
        clash.change = next((change for change in lines[record] if column in change.changes), None)
    return 409 if form.clashes else 200


def rescues(model, form_class):
    """For views (request, pk): a form that is sent for a record of the own store which was removed meanwhile is answered with everything that
    was typed (410), not with an empty 404."""

    def decorate(view):
        @wraps(view)
        def guarded(request, pk):
            try:
                return view(request, pk)
            except Http404:
                removal = _removal(request.user, model, pk) if request.method == "POST" else None
                if removal is None:
                    raise
                context = {"typed": _typed(request.POST, form_class), "change": removal}
                return render(request, "partials/gone.html", context, status=410)

        return guarded

    return decorate


def _removal(user, model, pk):
    """The last line of history of a record that the reader may know of; None where there is none."""
    lines = Change.objects.filter(model=model._meta.label_lower, object_id=pk, store_id=user.store_id)
    return lines.newest_first().first() if user.store_id is not None else None


def _typed(post, form_class):
    """[(label, words)] of the fields of this form."""
    return [(field.label, post[name]) for name, field in form_class.base_fields.items() if post.get(name)]
