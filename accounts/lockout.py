"""Counting guesses exactly: a guess is reserved *before* the secret is compared.

Counting failures after the comparison lets parallel guesses pass the limit. Here one conditional
UPDATE, committed by itself, takes a place in the window; whoever gets none is refused without any
comparison. So at any concurrency at most the limit of secrets is evaluated for a key and window,
on PostgreSQL and SQLite alike. A right secret gives its own place back and no other one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from accounts import names
from accounts.models import SignInAttempt


def account_key(username: str) -> str:
    """The key of an account, the same for known and unknown names."""
    return _key("account", names.normalised(username))


def address_key(address: str) -> str:
    """The key of a client address; its limit is higher, because offices share one."""
    return _key("address", _place(address))


def factor_key(user_id: int) -> str:
    """The key of a person's second factor: one-time codes and recovery codes together."""
    return _key("factor", str(user_id))


def token_key(address: str) -> str:
    """The key of an address that tries or asks for password links."""
    return _key("token", _place(address))


def visitor_key(address: str) -> str:
    """The key of an address that asks public pages for work."""
    return _key("visitor", _place(address))


def submission_key(address: str) -> str:
    """The key of an address that sends in complaints without an account."""
    return _key("submission", _place(address))


def tracking_key(address: str) -> str:
    """The key of an address that tries numbers and codes of complaints."""
    return _key("tracking", _place(address))


def tracked_key(number: str, address: str = "") -> str:
    """The key of a complaint's number that codes are tried for, known or not, from an address;
    without one, from anywhere."""
    place = f"|{_place(address)}" if address else ""
    return _key("tracked", names.normalised(number) + place)


def _place(address: str) -> str:
    """What stands for an address: of IPv6 the network of 64 bits, because whoever has one address
    in it may take any other; anything that is no address stands for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), 64), strict=False))


def reserve(key: str, *, now: datetime, limit: int | None = None) -> bool:
    """Take one place in the key's window; False when none is left. Call before comparing."""
    limit = settings.SIGN_IN_LIMIT if limit is None else limit
    if _take(key, limit, now=now):
        return True
    # No row yet, or its window is over, or the limit is reached: see to a fresh row, try again.
    fresh = SignInAttempt(key=key, window_from=now, used=0)
    SignInAttempt.objects.bulk_create([fresh], ignore_conflicts=True)
    over = SignInAttempt.objects.filter(key=key, window_from__lte=now - _window())
    over.update(window_from=now, used=0)
    return _take(key, limit, now=now)


def release(key: str) -> None:
    """Give a reserved place back: the secret was right."""
    SignInAttempt.objects.filter(key=key, used__gt=0).update(used=F("used") - 1)


def clear(*keys: str) -> int:
    """Forget all guesses of some keys (unlocking by an administrator)."""
    return SignInAttempt.objects.filter(key__in=keys).update(used=0)


def forget_over(*, now: datetime) -> int:
    """Delete what was counted in windows long over, so that strangers cannot fill the table."""
    over = SignInAttempt.objects.filter(window_from__lt=now - _window() - timedelta(days=1))
    return over.delete()[0]


def is_locked(key: str, *, now: datetime, limit: int | None = None) -> bool:
    """Whether no place is left in the present window."""
    limit = settings.SIGN_IN_LIMIT if limit is None else limit
    current = SignInAttempt.objects.filter(key=key, window_from__gt=now - _window())
    return current.filter(used__gte=limit).exists()


def _take(key: str, limit: int, *, now: datetime) -> bool:
    current = SignInAttempt.objects.filter(key=key, window_from__gt=now - _window())
    return bool(current.filter(used__lt=limit).update(used=F("used") + 1))


def _window() -> timedelta:
    return timedelta(minutes=settings.SIGN_IN_WINDOW_MINUTES)


def _key(kind: str, value: str) -> str:
    return f"{kind}:{salted_hmac('accounts.lockout', f'{kind}:{value}').hexdigest()}"
