"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"


def client_address(request: HttpRequest | None) -> str:
    """The client's address; behind our own proxy what that proxy appended, never what is claimed.

    Exactly one proxy is trusted (BEHIND_PROXY), so only the last entry of the header counts.
    """
    if request is None:
        return NOWHERE
    if settings.BEHIND_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        last = forwarded.rpartition(",")[2].strip()
        if last:
            return last
    return request.META.get("REMOTE_ADDR") or NOWHERE
