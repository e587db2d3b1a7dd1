"""Settings of the test suite: the embedded database, or DATABASE_URL when the runner sets one."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("PORTAL_DATA", tempfile.mkdtemp(prefix="portal-test-"))

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import (  # noqa: E402
    CACHES,
    DATABASES,
    EMBEDDED,
    LOGGING,
    MIDDLEWARE,
    PORTAL_DATA,
    TEMPLATES,
)

if EMBEDDED:
    # A file, not :memory:, so that threads and child processes of a test see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(PORTAL_DATA) / "test.sqlite3")}
if os.environ.get("PREPARED"):
    # The runner migrated a database for all legs just before (tests/prepared.py).
    DATABASES["default"].setdefault("TEST", {})["MIGRATE"] = False
    if not EMBEDDED:
        DATABASES["default"]["TEST"]["TEMPLATE"] = "prepared"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECOND_FACTOR_FOR_STAFF = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES["default"]["KEY_FUNCTION"] = "tests.eras.key"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True


TEMPLATES[0]["OPTIONS"]["debug"] = True
CLOCK_MAY_MOVE = True
FAILPOINTS = True
# Two records of each request cost a twentieth of the suite; tests of the log ask for them.
LOGGING["loggers"] = {**LOGGING.get("loggers", {}), "django_structlog": {"level": "WARNING"}}
# Last, so that only what views do counts: a page that is looked at must not write.
MIDDLEWARE += ["core.middleware.ReadOnlyGetMiddleware"]
