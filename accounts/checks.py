"""System checks: settings under which sign-in would not be safe."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from accounts import passwords


@register()
def sign_in_is_safe(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """The rules that no installation may switch off."""
    errors = []
    middleware = list(settings.MIDDLEWARE)
    for wanted in (
        "core.policy.PolicyMiddleware",
        "accounts.middleware.SessionMiddleware",
        "accounts.middleware.DutiesBeforeWorkMiddleware",
    ):
        if wanted not in middleware:
            errors.append(Error(f"{wanted} is missing from MIDDLEWARE", id="accounts.E001"))
    if settings.AUTHENTICATION_BACKENDS[0] != "accounts.backends.PortalBackend":
        errors.append(Error("PortalBackend must come first", id="accounts.E002"))
    if settings.SIGN_IN_LIMIT < 1 or settings.SIGN_IN_WINDOW_MINUTES < 1:
        errors.append(Error("SIGN_IN_LIMIT and _WINDOW_MINUTES must be ≥ 1", id="accounts.E003"))
    passwords.profile()
    return errors
