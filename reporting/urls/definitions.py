"""Doors of changes of definitions."""

from django.urls import path

from reporting.views import catalogues, definitions

urlpatterns = [
    path("definitions/", definitions.changes, name="definition_changes"),
    path("definitions/catalogues/", catalogues.catalogues, name="catalogues"),
    path("definitions/catalogues/<slug:subject>/new/", catalogues.revise, name="catalogue_new"),
    path(
        "definitions/catalogues/<slug:subject>/<slug:code>/",
        catalogues.revise,
        name="catalogue_revise",
    ),
    path("definitions/<int:pk>/", definitions.change, name="definition_change"),
    path("definitions/<int:pk>/adopt/", definitions.adopt, name="definition_adopt"),
    path("definitions/<int:pk>/send-back/", definitions.send_back, name="definition_send_back"),
    path("definitions/<int:pk>/withdraw/", definitions.withdraw, name="definition_withdraw"),
]
