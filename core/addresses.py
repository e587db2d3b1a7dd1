"""Where a request comes from, as far as somebody whom we trust says so."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"


def client_address(request: HttpRequest | None) -> str:
    """The client's address: what the outermost of our own proxies appended, never what is claimed.

    ``TRUSTED_PROXIES`` of ours stand before the portal and each appends one entry, so the entry so
    many places from the end counts. A request that came past them, or an entry that is no address,
    is known by its own connection.
    """
    if request is None:
        return NOWHERE
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(entries) >= proxies:
        try:
            return str(ip_address(entries[-proxies].strip()))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR") or NOWHERE
