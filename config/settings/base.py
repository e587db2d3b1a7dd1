"""Settings of the portal. Everything that differs between machines comes from the environment.

With no DATABASE_URL the portal is embedded: SQLite and files under PORTAL_DATA, no broker. With one
it is in production form: PostgreSQL, Redis, Celery. All variables are listed in the README.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from core import logs

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def secret(name: str, default: str = "") -> str:
    """Read a setting from NAME, or from the file that NAME_FILE names (container secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


PORTAL_DATA = Path(os.environ.get("PORTAL_DATA", BASE_DIR / "var")).resolve()
DATABASE_URL = secret("DATABASE_URL")
REDIS_URL = secret("REDIS_URL")
EMBEDDED = not DATABASE_URL
DEMO = False
# Only the demo, the replay on an empty embedded database and the tests may hold or move the clock.
CLOCK_MAY_MOVE = EMBEDDED
DEBUG = False


def own_secret_key() -> str:
    """An embedded portal makes its key at the first start and keeps it beside its database."""
    if not EMBEDDED:
        raise ImproperlyConfigured("SECRET_KEY (or SECRET_KEY_FILE) must be set with DATABASE_URL")
    path = PORTAL_DATA / "secret-key"
    if not path.exists():
        PORTAL_DATA.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = secret("SECRET_KEY") or own_secret_key()
# Keys of field encryption and of the audit chain: "id:base64,id:base64", the first one writes.
# Empty: derived from SECRET_KEY, which is enough for one machine but cannot be rotated alone.
FIELD_KEYS = secret("FIELD_KEYS")
AUDIT_KEY = secret("AUDIT_KEY")
# Key of the hashes by which encrypted values are found; changing it means hashing them anew.
INDEX_KEY = secret("INDEX_KEY")
CRYPTO_PROFILE = os.environ.get("CRYPTO_PROFILE", "international")  # or "sm" for SM3/SM4

# The machine itself may always ask for its health, whatever names the portal has outside.
ALLOWED_HOSTS = [*os.environ.get("ALLOWED_HOSTS", "localhost").split(","), "127.0.0.1"]
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "treebeard",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "config",
    "core",
    "accounts",
    "grids",
    "complaints",
    "campaign",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.TextGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.middleware.TextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionMiddleware",
    "core.strangers.StrangersMiddleware",
    "core.policy.SignInMiddleware",
    "core.policy.PolicyMiddleware",
    "core.middleware.PlainTextMiddleware",
    "accounts.middleware.DutiesBeforeWorkMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.logs.RequestLog",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "core.middleware.PlaceMiddleware",
    "core.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "core.context.shell",
            ],
        },
    }
]

SQLITE_OPTIONS = {
    # Without all of these four writers lose a third of their transactions to "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # A page asks some thirty questions; each is read and planned once, not each time.
    "cached_statements": 1000,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
}
if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": PORTAL_DATA / "portal.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
        }
    }
else:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60)}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            # One REDIS_URL for both users: Celery spells a socket redis+socket://, the cache unix://
            "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        }
    }

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PortalBackend",
    "accounts.backends.DelegationBackend",
]
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = flag("HTTPS", SITE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# How many proxies of our own stand before the portal, each appending to X-Forwarded-For and the
# innermost setting X-Forwarded-Proto. The nginx of docker-compose.yml counts as one, whatever
# stands before it: it sorts out itself whom to believe (config/deploy/nginx.conf).
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
# Machines ask from inside, where there is no TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", PORTAL_DATA / "static"))
MEDIA_ROOT = PORTAL_DATA / "files"
# Embedded, whitenoise serves straight from the sources: no collectstatic before the first start.
WHITENOISE_USE_FINDERS = EMBEDDED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Path of clamd's Unix socket, or host:port; empty: uploads are kept unscanned and say so.
CLAMD_SOCKET = os.environ.get("CLAMD_SOCKET", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# A page of a grid: 70 rows (50 and 20 new ones) of 100 columns at most, and what goes with them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# One tick; what is due stands in tables, so a missed tick loses nothing.
# Ticks that pile up while no worker runs expire: one is as good as all of them.
TICK_SECONDS = float(os.environ.get("TICK_SECONDS", "30"))
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "core.tasks.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},
    }
}
CELERY_BEAT_SCHEDULE_FILENAME = str(PORTAL_DATA / "celerybeat-schedule")

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = secret("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "portal@localhost")
# With no mail server letters are written as .eml files, one each, where an operator can read them.
EMAIL_BACKEND = "core.mail.SmtpBackend" if EMAIL_HOST else "core.mail.FolderBackend"
EMAIL_FILE_PATH = PORTAL_DATA / "mail"
# Whoever knows whether the relay took a message: a dotted path to fn(message_id) -> bool | None.
MAIL_LEDGER = os.environ.get("MAIL_LEDGER", "")
OUTBOX: dict[str, Any] = {
    # Longer than the longest single attempt; after that another worker takes the letter over.
    "lease_seconds": {"mail": 300, "notice": 60, "job": 1200, "webhook": 120},
    # What is left of the lease of a process that is known to be dead.
    "grace_seconds": {"mail": 10, "notice": 0, "job": 0, "webhook": 0},
    # Attempts before a letter is parked where a person sees it: what leaves us, about two days.
    "attempts": {"mail": 16, "notice": 5, "job": 4, "webhook": 16},
    "backoff_seconds": 30,
    "backoff_limit_seconds": 4 * 3600,
    "backoff_jitter": 0.25,
    # Kinds (and what lies under them) that are sent again when nobody knows whether they arrived.
    "repeat_when_unknown": ["reminder", "escalation"],
    "tick_seconds": 30,
}
# Calls to the systems of companies: by https and to public addresses only, beside the networks that
# are listed here (a dedicated line to a hotline's machine room, for example).
WEBHOOKS: dict[str, Any] = {
    "https_only": flag("WEBHOOK_HTTPS_ONLY", True),
    "networks": os.environ.get("WEBHOOK_NETWORKS", "").replace(",", " ").split(),
    # Each wait on the line, and the whole call.
    "wait_seconds": 10,
    "call_seconds": 30,
    # So long the former secret signs as well after a new one was made.
    "overlap_hours": 72,
}
# Without a token /metrics answers only this machine itself.
METRICS_TOKEN = secret("METRICS_TOKEN")
# /readyz says no when no background process was seen for so long, or the disk is this full.
HEARTBEAT_LIMIT_SECONDS = 120
DISK_RESERVE_MB = int(os.environ.get("DISK_RESERVE_MB", "500"))
# The heads of the audit chains, outside the database; better still on another machine's volume.
AUDIT_ANCHOR = Path(os.environ.get("AUDIT_ANCHOR", PORTAL_DATA / "audit-anchor.log"))

# Staff roles must sign in with a second factor; the demo switches it off and says so.
SECOND_FACTOR_FOR_STAFF = flag("SECOND_FACTOR_FOR_STAFF", True)
SIGN_IN_LIMIT = int(os.environ.get("SIGN_IN_LIMIT", "5"))
SIGN_IN_WINDOW_MINUTES = int(os.environ.get("SIGN_IN_WINDOW_MINUTES", "30"))
# Whole offices share one address, so it may fail more often than one account.
SIGN_IN_ADDRESS_LIMIT = int(os.environ.get("SIGN_IN_ADDRESS_LIMIT", "100"))
PASSWORD_PROFILE = os.environ.get("PASSWORD_PROFILE", "mlps")  # or "asvs"
# Off only in the demo, whose clock may jump over months.
PASSWORDS_EXPIRE = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.ProfileValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# allauth: sign-in by user name; accounts are made by invitation; our own counting of guesses is
# exact under concurrency, so allauth's cache-based one is off.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Addresses come from the administrator who invites; allauth verifies none.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# One step of 30 s to either side, for phones whose clock is a little off.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "居民用电服务监管平台"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.ActivateForm",
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

DJANGO_STRUCTLOG_CELERY_ENABLED = True
# Pages whose requests are logged without who made them: who reports a leak, or reads what they
# reported, is told to nobody who reads the logs (S2-6.1.3).
LOG_WITHOUT_PERSON = ["/leaks/"]
LOGGING = logs.configuration(PORTAL_DATA if EMBEDDED else None)
logs.configure()

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.ClientAuthentication"],
    "EXCEPTION_HANDLER": "core.api.problems.handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
API = {
    # How long a request with an Idempotency-Key is taken to be in work; longer than any request.
    "lease_seconds": int(os.environ.get("API_LEASE_SECONDS", "60")),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "居民用电服务监管平台",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "95598、12398 等系统与平台交换诉求的接口。",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # The description is the same for everybody, whatever language a browser asks for.
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "SourceEnum": "complaints.workflow.Source",
        "CaseStateEnum": "complaints.workflow.State",
        "ClockStateEnum": "complaints.workflow.ClockState",
        "IssueReportStateEnum": "complaints.models.HotIssueReport.State",
        "OutageKindEnum": "reporting.models.OutageNotice.Kind",
        "ReturnStateEnum": "reporting.workflow.returns.State",
        "ReconciliationStateEnum": "complaints.models.Reconciliation.State",
    },
}
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
