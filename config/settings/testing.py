"""Settings of the test suite: the embedded database, or DATABASE_URL when the runner sets one."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("PORTAL_DATA", tempfile.mkdtemp(prefix="portal-test-"))

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import (  # noqa: E402
    DATABASES,
    EMBEDDED,
    MIDDLEWARE,
    PORTAL_DATA,
    TEMPLATES,
)

if EMBEDDED:
    # A file, not :memory:, so that threads and child processes of a test see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(PORTAL_DATA) / "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECOND_FACTOR_FOR_STAFF = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True


TEMPLATES[0]["OPTIONS"]["debug"] = True
CLOCK_MAY_MOVE = True
FAILPOINTS = True
# Last, so that only what views do counts: a page that is looked at must not write.
MIDDLEWARE += ["core.middleware.ReadOnlyGetMiddleware"]
