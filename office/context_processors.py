"""The bell and the banner of base.html."""

from django.utils.functional import SimpleLazyObject

from office.counting import bell_of
from office.watch.alarms import alarms_for


def bell(request):
    """`bell`: what office.counting.bell_of says. Asked only by pages that show the frame."""
    return {"bell": SimpleLazyObject(lambda: _bell(request))}


def _bell(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"count": 0, "text": "", "urgent": False}
    return bell_of(request)


def alarms(request):
    """`alarms`: what is late, for managers. Asked only by pages that show the frame."""
    user = getattr(request, "user", None)
    return {"alarms": SimpleLazyObject(lambda: alarms_for(user) if user is not None else [])}
