"""The bell of base.html."""

from django.utils.functional import SimpleLazyObject

from office.counting import unread_count

MOST = 99


def bell(request):
    """`bell`: {"count": unread notices up to MOST + 1, "text": as shown}. Asked only by pages that show the frame."""
    return {"bell": SimpleLazyObject(lambda: _bell(request))}


def _bell(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"count": 0, "text": ""}
    count = unread_count(request, most=MOST + 1)
    return {"count": count, "text": f"{MOST}+" if count > MOST else str(count)}
