"""Passwords guessed by many clients at once: how many were really compared."""

from __future__ import annotations

import time
from typing import Any

from django.test import RequestFactory

from tests.bench._portal import prepared

ACCOUNTS, GUESSES, CLIENTS, LIMIT = 10, 64, 32, 5


def run() -> dict[str, Any]:
    from django.contrib.auth import authenticate

    from accounts.models import User
    from tests.accounts.test_lockout import storm
    from tests.factories.accounts import person

    prepared()
    seen: list[str] = []
    real = User.check_password

    def check(self: User, raw: str) -> bool:
        seen.append(self.username)
        return real(self, raw)

    names = [f"target{number}" for number in range(ACCOUNTS)]
    for name in names:
        person("被猜者", username=name)
    User.check_password = check  # type: ignore[method-assign]
    wrong, started = 0, time.perf_counter()
    try:
        for place, name in enumerate(names):
            seen.clear()
            storm([f"guess-{n}" for n in range(GUESSES)], _guess(authenticate, place, name))
            wrong += len(seen) != LIMIT
    finally:
        User.check_password = real  # type: ignore[method-assign]
    seconds = time.perf_counter() - started
    return {
        "accounts": ACCOUNTS,
        "guesses for each, by 32 clients": GUESSES,
        "accounts with other than five compared": wrong,
        "guesses per second": round(ACCOUNTS * GUESSES / seconds, 1),
    }


def _guess(authenticate: Any, place: int, name: str) -> Any:
    def guess(password: str) -> Any:
        # Each account from an address of its own: the limit by address is another one.
        request = RequestFactory().post("/accounts/login/", REMOTE_ADDR=f"192.0.2.{place}")
        return authenticate(request, username=name, password=password)

    return guess
