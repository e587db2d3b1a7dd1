"""System checks: settings with which the portal would not work or not be safe."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def somebody_holds_the_certificate(app_configs: Any = None, **kwargs: Any) -> list[Warning]:
    """Over TLS, a proxy that is not declared is not believed, and every page leads to itself."""
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        text = "HTTPS is on but TRUSTED_PROXIES is 0: right only if gunicorn itself holds the key"
        return [Warning(text, id="core.W001")]
    return []
