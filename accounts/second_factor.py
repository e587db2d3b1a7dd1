"""Secrets of the second factor at rest: TOTP secrets, and seeds or codes of recovery.

allauth keeps them in one JSON column; the adapter encrypts each by ``core.crypto``, and the change
of keys reaches them here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from core import crypto

CONTEXT = "mfa.authenticator.data"
# Members of the column that hold one secret, and the one that holds a list of them.
SINGLE, LISTS = ("secret", "seed"), ("migrated_codes",)


def rewritten(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The same data with every secret in it changed."""
    found = {name: change(data[name]) for name in SINGLE if data.get(name)}
    for name in LISTS:
        if data.get(name):
            found[name] = [change(code) for code in data[name]]
    return {**data, **found}


def rotate() -> crypto.Rotated:
    """Write every secret under today's key; how many people's that were. May be run again."""
    from allauth.mfa.models import Authenticator

    written = unreadable = 0
    for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            # Locked and read anew: a recovery code may be used up at this moment.
            row = Authenticator.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            if row is None:
                continue
            try:
                data = rewritten(row.data, lambda value: crypto.rotated(value, context=CONTEXT))
            except crypto.Unreadable:
                unreadable += 1  # nobody can sign in with it; the administrator takes it off
                continue
            if data != row.data:
                row.data = data
                row.save(update_fields=["data"])
                written += 1
    return crypto.Rotated(written, unreadable)
