"""Every door of the portal. Each app brings its own; none is open unless it says so."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.urls import include, path
from django.utils.module_loading import module_has_submodule

from config import access_views, audit_views, calendar_views, desk, outbox_views
from core.download import download
from core.routing import by_first_word

# In the order of the layers. An app without urls.py has no pages (yet).
APPS = ("core", "accounts", "grids", "complaints", "campaign", "reporting")


def brought() -> Iterator[Any]:
    """The modules of doors that the apps bring."""
    for app in APPS:
        if module_has_submodule(import_module(app), "urls"):
            yield import_module(f"{app}.urls")


urlpatterns = [
    path("", desk.desk, name="desk"),
    path("workdays/", calendar_views.this_year, name="workdays"),
    path("workdays/<int:year>/", calendar_views.year_page, name="workdays_year"),
    path("workdays/<int:year>/new/", calendar_views.new_version, name="workdays_new"),
    path(
        "workdays/<int:year>/versions/<int:number>/",
        calendar_views.version_page,
        name="workdays_version",
    ),
    path("outbox/", outbox_views.letters, name="outbox"),
    path("outbox/<int:pk>/", outbox_views.letter, name="outbox_letter"),
    path("outbox/<int:pk>/text/", outbox_views.read_letter, name="outbox_read"),
    *(
        path(f"outbox/<int:pk>/{move}/", outbox_views.decide, {"move": move}, name=f"outbox_{move}")
        for move in ("release", "settle", "drop")
    ),
    path("audit/", audit_views.trail, name="audit"),
    path("audit/export/", audit_views.export, name="audit_export"),
    path("audit/verify/", audit_views.prove, name="audit_verify"),
    path("audit/personal/", access_views.log, name="access_log"),
    path("audit/personal/export/", access_views.export, name="access_export"),
    path("audit/personal/archive/", access_views.archive, name="access_archive"),
    path("accounts/", include("accounts.sign_in_urls")),
    path("files/<uuid:uuid>/", download, name="file"),
    *(path("", include((by_first_word(app.urlpatterns), app.app_name))) for app in brought()),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"
