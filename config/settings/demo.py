"""The demo: embedded, a clock that can be moved, no second factor. Never for real use."""

from config.settings.base import *  # noqa: F403
from config.settings.base import EMBEDDED, WEBHOOKS, ImproperlyConfigured

if not EMBEDDED:
    raise ImproperlyConfigured("The demo runs on the embedded database only; unset DATABASE_URL.")

DEMO = True
SECOND_FACTOR_FOR_STAFF = False
PASSWORDS_EXPIRE = False
PASSWORD_HASHERS = ["config.hashers.DemoHasher"]
# The example client stands on the same machine.
WEBHOOKS |= {"https_only": False, "networks": ["127.0.0.0/8", "::1/128"]}
