"""Where a request comes from, for the lock-out after failed logins (settings.AXES_CLIENT_IP_CALLABLE)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address


def client_address(request) -> str | None:
    """The peer's address; behind a proxy (BEHIND_PROXY) the one that the proxy itself appended to X-Forwarded-For.

    Earlier entries of that header come from the client and prove nothing.
    """
    if settings.BEHIND_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        try:
            validate_ipv46_address(forwarded)
        except ValidationError:
            pass
        else:
            return forwarded
    return request.META.get("REMOTE_ADDR") or None
