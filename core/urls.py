"""Doors of the common mechanisms: notices, search, help, language, jobs, health, gallery."""

from django.urls import path

from core import health
from core.views import jobs, shell

app_name = "core"

urlpatterns = [
    path("notices/", shell.notices, name="notices"),
    path("notices/read/", shell.read_notices, name="read_notices"),
    path("notices/<int:pk>/", shell.open_notice, name="open_notice"),
    path("search/", shell.search, name="search"),
    path("help/", shell.help_index, name="help"),
    path("help/<slug:page>/", shell.help_page, name="help_page"),
    path("language/", shell.set_language, name="set_language"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="cancel_job"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("gallery/", shell.gallery, name="gallery"),
]
