"""Who may come in, beyond the right."""

from django.core.exceptions import PermissionDenied


def own_store(request):
    """The person's store. Somebody without one has no report to read."""
    if request.user.store is None:
        raise PermissionDenied
    return request.user.store
