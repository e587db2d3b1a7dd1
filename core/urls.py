"""Doors of the common mechanisms: notices, search, help, language, jobs, health, gallery."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from core import health, policy
from core.views import jobs, shell
from core.views.api_docs import api_docs
from core.views.worker import worker

app_name = "core"

urlpatterns = [
    path("notices/", shell.notices, name="notices"),
    path("notices/read/", shell.read_notices, name="read_notices"),
    path("notices/<int:pk>/", shell.open_notice, name="open_notice"),
    path("search/", shell.search, name="search"),
    path("help/", shell.help_index, name="help"),
    path("help/<slug:page>/", shell.help_page, name="help_page"),
    path("language/", shell.set_language, name="set_language"),
    path("session/", shell.session, name="session"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="cancel_job"),
    path("worker.js", worker, name="worker"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("gallery/", shell.gallery, name="gallery"),
    # What the API looks like is no secret; whoever connects to it reads it before having a token.
    path("api/schema/", policy.public(SpectacularAPIView.as_view()), name="api_schema"),
    path("api/docs/", api_docs, name="api_docs"),
]
